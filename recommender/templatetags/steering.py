"""Controls with which a person steers what is listed."""

from typing import Any

from django import template

from accounts.models import Boldness
from movies.models import Movie
from recommender.similar_page import similar_page

register = template.Library()


@register.inclusion_tag("recommender/_boldness.html", takes_context=True)
def boldness_control(context: dict[str, Any]) -> dict[str, Any]:
    """The five stops from well known to off the beaten track, for whoever is logged in."""
    return {
        "stops": Boldness.choices,
        "chosen": context["user"].boldness,
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("recommender/_similar.html", takes_context=True)
def similar_section(context: dict[str, Any], movie: Movie) -> dict[str, Any]:
    """Similar movies and the ways to steer them, as the address of the page says."""
    return similar_page(context["request"], movie)
