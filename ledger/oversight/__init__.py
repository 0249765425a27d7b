"""Oversight: rules over the log, pure: records in; refusals of acts, and findings, out."""
