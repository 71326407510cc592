"""Drawn posters: every movie has one, none is fetched."""

from movies.posters.drawing import draw, standalone

__all__ = ["draw", "standalone"]
