"""The `mealtrace` command."""
