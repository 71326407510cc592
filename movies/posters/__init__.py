"""Posters: drawn for every movie, replaced by an uploaded picture or one from TMDB."""

from movies.posters.drawn.compose import draw, standalone

__all__ = ["draw", "standalone"]
