"""API of movies, ratings and marks."""
