"""One file per group of HTTP calls."""
