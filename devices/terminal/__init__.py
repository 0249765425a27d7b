"""The morning check (晨检): a terminal posts, and what it posts is on record before it is answered.

HTTP  →  receiver  →  dialect (one file per vendor)  →  Check  →  verdict  →  Observation
"""
