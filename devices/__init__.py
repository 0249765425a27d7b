"""Evidence from the kitchen floor, and the HTTP client that posts it."""
