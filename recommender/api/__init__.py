"""API of recommendations, explanations and shelves."""
