"""Refitting the model: when, on what, and which run serves."""
