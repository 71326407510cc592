"""Workers and their broker."""
