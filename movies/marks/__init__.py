"""Watchlist, not interested and watched."""
