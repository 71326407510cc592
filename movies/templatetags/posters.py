"""`{% poster movie %}`: the poster of a movie."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from movies.models import Movie
from movies.posters import RecentPosters, draw, variants_of
from movies.posters.files import LARGE, SMALL, file_url, is_from_tmdb

register = template.Library()

# How wide a poster on a wall is; browsers choose the finer file where it pays.
SIZES = "(max-width: 44rem) 30vw, 12rem"


@register.simple_tag(takes_context=True)
def poster(context: dict[str, Any], movie: Movie) -> SafeString:
    """The uploaded poster, else the drawn one as inline SVG.

    Asks the database nothing if the genres are prefetched (`for_cards`).

    On one page no poster takes the motif of one that hangs close before it.
    """
    if name := getattr(movie, "poster_file", ""):
        if is_from_tmdb(name) and "request" in context:
            context["request"].shows_tmdb = True
        return _picture(name)
    genres = tuple(genre.name for genre in movie.genre_list)
    look = _wall_of(context).choose(variants_of(movie.title, movie.year, genres))
    # Built from constants and numbers; draw() escapes the title, the one foreign text in it.
    return SafeString(draw(movie.title, movie.year, genres, look))


def _picture(name: str) -> SafeString:
    """Decoration like the drawn one: title and year stand beside it as text."""
    small, large = file_url(name, SMALL), file_url(name, LARGE)
    return format_html(
        '<img class="poster" src="{}" srcset="{} {}w, {} {}w" sizes="{}" width="{}" height="{}"'
        ' alt="" loading="lazy" decoding="async">',
        *(small, small, SMALL, large, LARGE, SIZES, SMALL, SMALL * 3 // 2),
    )


def _wall_of(context: dict[str, Any]) -> RecentPosters:
    """The wall of this page; one for each poster where there is no page."""
    request = context.get("request")
    if request is None:
        return RecentPosters()
    wall = getattr(request, "poster_wall", None)
    if wall is None:
        wall = request.poster_wall = RecentPosters(request.headers.get("Wall", ""))
    return wall


@register.simple_tag(takes_context=True)
def last_hung(context: dict[str, Any]) -> str:
    """What hangs at the end of this page, for the request that goes on from there."""
    return _wall_of(context).motif_numbers


@register.inclusion_tag("movies/posters/_tmdb_notice.html", takes_context=True)
def tmdb_notice(context: dict[str, Any]) -> dict[str, Any]:
    """What TMDB asks of whoever shows its posters; for the foot of a page, after its posters.

    With a key on every page: more posters may come into it while it is read.
    """
    shows = getattr(context.get("request"), "shows_tmdb", False)
    return {"is_shown": bool(settings.TMDB_KEY) or shows}
