"""The movie page."""
