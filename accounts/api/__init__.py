"""API of the user's own account."""
