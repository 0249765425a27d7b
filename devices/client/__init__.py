"""The HTTP client of a MealTrace service."""
