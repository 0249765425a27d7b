"""The database, the append transaction, sealed payloads and blobs."""
