"""Emulators that ship with the gateway: real lines, sockets and files for trying without hardware."""
