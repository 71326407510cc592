"""API of the own account."""
