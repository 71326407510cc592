"""Public profiles of members."""
