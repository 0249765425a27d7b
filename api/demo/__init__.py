"""One school day of the 2+2+2+1 model through the real service, then three attacks on it."""
