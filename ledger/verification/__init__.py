"""A bundle and a policy in, a verdict out: one file per check."""
