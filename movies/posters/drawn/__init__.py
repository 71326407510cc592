"""Drawn posters: one flat SVG for every movie."""
