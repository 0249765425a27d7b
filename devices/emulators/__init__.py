"""Devices to try everything with: real ones to whoever talks to them, on real lines and sockets."""
