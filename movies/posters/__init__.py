"""Drawn posters: every movie has one, none is fetched."""

from movies.posters.drawing import draw, standalone
from movies.posters.looks import looks_of
from movies.posters.wall import Wall

__all__ = ["Wall", "draw", "looks_of", "standalone"]
