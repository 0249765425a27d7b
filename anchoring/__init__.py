"""Anchors the log on an EVM chain: the only folder that speaks to a node."""
