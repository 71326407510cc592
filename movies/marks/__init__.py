"""Watchlist, not interested and seen."""
