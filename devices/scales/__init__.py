"""Scales (智能出入库秤): what they say on a serial line, and when a weight may be believed.

port        bytes of a serial line or socket; the only file that knows pyserial
parser      bytes in, frames out: no I/O; one file for each family beside it
stable      frames in, one weighing for each load out
scale       the three joined; what a driver or `mealtrace-gateway scale` turns
"""
