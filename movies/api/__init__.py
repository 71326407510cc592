"""API of the catalogue, ratings and marks."""
