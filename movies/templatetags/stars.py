"""How stars are written on pages, and the forms and links that pages of movies share."""

from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page

from cfsite.lib.web.pagination import PageLinks
from movies import scales
from movies.models import Movie
from movies.movie_page.histogram import Histogram
from movies.movie_page.share_image import Share
from movies.stars import STEPS, to_stars

register = template.Library()


@register.filter
def halves(half_stars: int) -> str:
    """Short form of a rating in half stars, on the user's scale: 9 -> '4½', '9' or '90'."""
    return scales.active().given(half_stars / 2)


@register.filter
def in_words(stars: float | None) -> str:
    """A rating in words: 'half a star', '1 star', '3.5 stars', '7 of 10'."""
    return "" if stars is None else scales.active().in_words(stars)


@register.filter
def on_scale(stars: float | None, more: int = 0) -> str:
    """A prediction or an average as a number on the user's scale: '3.9', '7.8', '78'."""
    return "" if stars is None else scales.active().number(stars, more)


@register.filter
def given(stars: float | None) -> str:
    """Short form of a rating in stars, on the user's scale: 4.5 -> '4½', '9' or '90'."""
    return "" if stars is None else scales.active().given(stars)


@register.filter
def more_stars(stars: float) -> str:
    """A difference on the user's scale: '+0.31', '−0.62', '+6.2'."""
    return scales.active().signed(stars)


@register.filter
def apart(stars: float) -> str:
    """An absolute difference in words: '0.7 stars', '14 points'."""
    return f"{scales.active().number(stars)} {scales.active().unit}"


@register.simple_tag
def points() -> str:
    """The unit of the user's scale: 'stars' or 'points'."""
    return scales.active().unit


@register.filter
def about(stars: float | None) -> str:
    """A prediction or an average in words: '3.9 stars', '78 of 100'."""
    return "" if stars is None else scales.active().about(stars)


@register.filter
def of_half_stars(half_stars: int | None) -> float | None:
    return None if half_stars is None else to_stars(half_stars)


@register.inclusion_tag("movies/_rating_control.html", takes_context=True)
def rating_control(
    context: dict[str, Any], movie: Movie, half_stars: int | None = None, predicted: Any = None
) -> dict[str, Any]:
    """The form that rates one movie; a link to log in for visitors.

    `predicted` is the prediction shown beside the form, if any. It is recorded that one was shown,
    because a visible number biases the answer.
    """
    return {
        "request": context["request"],
        "movie": movie,
        "half_stars": half_stars,
        "prediction_shown": predicted is not None,
    }


@register.simple_tag
def rating_steps() -> list[tuple[str, str, str]]:
    """(value, words, short form) of each rating from half a star to five stars."""
    scale = scales.active()
    return [(f"{stars:.1f}", scale.in_words(stars), scale.given(stars)) for stars in STEPS]


@register.inclusion_tag("movies/rating/_rate_here.html")
def rate_here() -> dict[str, str]:
    """The control that opens over a poster, once in a page."""
    return {"scale": scales.active().key}


@register.inclusion_tag("movies/_star_inputs.html")
def star_inputs(half_stars: int | None = None) -> dict[str, Any]:
    """The ten radio buttons alone, for any form that takes a rating."""
    return {"half_stars": half_stars, "scale": scales.active().key}


@register.inclusion_tag("movies/movie_page/_histogram.html")
def histogram_section(movie: Movie, histogram: Histogram | None) -> dict[str, Any]:
    """How the ratings of a movie spread; without a histogram, that too few people rated it.

    `movie` comes from `movies.cards`, with the reader's own rating.
    """
    return {"movie": movie, "histogram": histogram, "fewest": settings.MIN_PUBLIC_RATERS}


@register.inclusion_tag("movies/marks/_marks.html")
def marks_buttons(movie: Movie, marks: set[str], viewings: Any = ()) -> dict[str, Any]:
    """The buttons for the watchlist, "not interested" and "watched"; `marks` are the kinds set.

    A movie with viewings is watched without a mark, so it needs no button for that.
    """
    return {"movie": movie, "marks": marks, "is_in_diary": bool(viewings)}


@register.inclusion_tag("_pagination.html", takes_context=True)
def pages(context: dict[str, Any], page: Page, endless: bool = False) -> dict[str, Any]:
    """Links to the previous and the next page; an `endless` list loads the next ones by itself."""
    return {
        "links": PageLinks.of(page, context["request"].GET),
        "is_endless": endless,
        "is_member": context["request"].user.is_authenticated,
    }


@register.inclusion_tag("movies/movie_page/_share_tags.html")
def share_tags(share: Share) -> dict[str, Any]:
    """Open Graph tags and the like, which other sites read in the head of a movie's page."""
    return {"share": share}
