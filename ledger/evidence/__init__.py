"""What may be said about school meals: one file per family of record types."""
