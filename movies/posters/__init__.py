"""Posters: drawn for every movie, replaced by an uploaded picture or one from TMDB."""

from movies.posters.drawn.compose import draw, standalone
from movies.posters.drawn.neighbours import RecentPosters
from movies.posters.drawn.variants import variants_of

__all__ = ["RecentPosters", "draw", "standalone", "variants_of"]
