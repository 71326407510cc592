"""Drawn posters: every movie has one, none is fetched."""

from movies.posters.drawn.compose import draw, standalone
from movies.posters.drawn.neighbours import Wall
from movies.posters.drawn.variants import looks_of

__all__ = ["Wall", "draw", "looks_of", "standalone"]
