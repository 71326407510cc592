"""A user's ratings of one year in review."""
