"""Running an audit: reading the log from a database or over HTTP, sharing the work, reporting."""
