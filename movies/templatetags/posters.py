"""Posters: the uploaded picture of a movie, else one that is drawn."""

from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from movies.models import Movie
from movies.posters import draw
from movies.posters.files import LARGE, SMALL, file_url, is_from_tmdb

register = template.Library()

# Width of a poster on a wall, by which browsers choose between the two files.
SIZES = "(max-width: 44rem) 30vw, 12rem"


@register.simple_tag(takes_context=True)
def poster(context: dict[str, Any], movie: Movie) -> SafeString:
    """The uploaded poster, else a drawn one as inline SVG.

    The movie comes from `Movie.objects.with_genres()`, so that nothing is queried here.
    """
    if name := getattr(movie, "poster_file", ""):
        if is_from_tmdb(name) and "request" in context:
            context["request"].shows_tmdb = True
        return _picture(name)
    # The title is the only text in it that is not ours, and draw() escapes it.
    return SafeString(draw(movie.title, movie.year, movie.genre_names, movie.description))


def _picture(name: str) -> SafeString:
    context = {
        "small": file_url(name, SMALL),
        "small_width": SMALL,
        "large": file_url(name, LARGE),
        "large_width": LARGE,
        "height": SMALL * 3 // 2,
        "sizes": SIZES,
    }
    return render_to_string("movies/posters/_picture.html", context)


@register.inclusion_tag("movies/posters/_tmdb_notice.html", takes_context=True)
def tmdb_notice(context: dict[str, Any]) -> dict[str, Any]:
    """The notice that TMDB's terms ask for; in the footer, after all posters of the page.

    With a TMDB key it is on every page, because htmx may add posters later.
    """
    shows = getattr(context.get("request"), "shows_tmdb", False)
    return {"is_shown": bool(settings.TMDB_KEY) or shows}
