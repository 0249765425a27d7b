"""What the fields of evidence mean, in English and Chinese: one file per family of types."""
