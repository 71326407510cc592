"""`{% poster movie %}`: the poster of a movie."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from movies.models import Movie
from movies.posters import Wall, draw, looks_of

register = template.Library()


@register.simple_tag(takes_context=True)
def poster(context: dict[str, Any], movie: Movie) -> SafeString:
    """Inline SVG; asks the database nothing if the genres are prefetched (`for_cards`).

    On one page no poster takes the motif of one that hangs close before it.
    """
    genres = tuple(genre.name for genre in movie.genres.all())
    look = _wall_of(context).hang(looks_of(movie.title, movie.year, genres))
    # Built from constants and numbers; draw() escapes the title, the one foreign text in it.
    return SafeString(draw(movie.title, movie.year, genres, look))


def _wall_of(context: dict[str, Any]) -> Wall:
    """The wall of this page; one for each poster where there is no page."""
    request = context.get("request")
    if request is None:
        return Wall()
    wall = getattr(request, "poster_wall", None)
    if wall is None:
        wall = request.poster_wall = Wall()
    return wall
