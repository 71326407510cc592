"""Refits: when they run, what they fit, and which run is active."""
