"""Stars on pages: how they are written, and the control that takes them."""

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies.models import Movie
from movies.stars import STEPS, to_stars

register = template.Library()


@register.filter
def halves(half_stars: int) -> str:
    """Half-stars as a critic writes them: 9 -> '4½'."""
    whole, half = divmod(half_stars, 2)
    return f"{whole or ''}{'½' if half else ''}"


@register.filter
def in_words(stars: float | None) -> str:
    """'half a star', '1 star', '3.5 stars'."""
    if stars is None:
        return ""
    if stars == 0.5:
        return _("half a star")
    number = number_format(stars, 0 if stars == int(stars) else 1)
    return ngettext("%(number)s star", "%(number)s stars", 1 if stars == 1 else 2) % {
        "number": number
    }


@register.filter
def of_half_stars(half_stars: int | None) -> float | None:
    return None if half_stars is None else to_stars(half_stars)


@register.inclusion_tag("movies/_rating.html", takes_context=True)
def rating_control(
    context: dict[str, Any], movie: Movie, half_stars: int | None = None, predicted: Any = None
) -> dict[str, Any]:
    """The half-star radio group of one movie.

    `predicted` says that a prediction stands beside it, which pulls the answer towards itself.
    """
    return {
        "movie": movie,
        "rated": half_stars is not None,
        "steps": [(f"{stars:.1f}", in_words(stars), 2 * stars == half_stars) for stars in STEPS],
        "prediction_shown": predicted is not None,
        "request": context["request"],
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("movies/_stars.html")
def star_inputs(movie: Movie, prefix: str = "answer") -> dict[str, Any]:
    """The half-star radio buttons alone, for a form that says what else happens."""
    steps = [(f"{stars:.1f}", in_words(stars), False) for stars in STEPS]
    return {"movie": movie, "prefix": prefix, "steps": steps}


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], page: int) -> str:
    """This address with another page number in it."""
    query = context["request"].GET.copy()
    query["page"] = page
    return "?" + query.urlencode()
