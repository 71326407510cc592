"""Database triggers that keep counts and versions right."""
