"""Exact parts of predictions, and how sure they are."""
