"""The commands of `mealtrace-gateway`, one module each; `devices/gateway/main.py` imports one at a time."""
