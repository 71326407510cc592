"""Title search that forgives typing errors."""
