"""Database triggers that maintain counts and versions."""
