"""The HTTP service and the command line: joins all other folders."""
