"""Controls with which a person steers what is listed."""

from collections.abc import Sequence
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString

from accounts.models import Boldness
from movies.drawn import drawn_once
from movies.models import Movie
from recommender.movie_page.similar import Choice, similar_page

register = template.Library()


@register.simple_tag(takes_context=True)
def boldness_control(context: dict[str, Any]) -> SafeString:
    """The five stops from well known to off the beaten track, for whoever is logged in."""
    return drawn_once(
        "recommender/home/_boldness.html",
        {"csrf_token": str(context["csrf_token"])},
        stops=tuple(Boldness.choices),
        chosen=context["user"].boldness,
    )


@register.inclusion_tag("recommender/movie_page/_similar.html", takes_context=True)
def similar_section(context: dict[str, Any], movie: Movie) -> dict[str, Any]:
    """Similar movies and the ways to steer them, as the address of the page says."""
    return similar_page(context["request"], movie)


@register.simple_tag
def steering_links(steers: Sequence[Choice]) -> SafeString:
    """One link for each way to steer, or back."""
    return SafeString("\n".join(map(_steering_link, steers)))


def _steering_link(choice: Choice) -> str:
    page, current = escape(choice.page), ' aria-current="true"' if choice.on else ""
    return (
        f'<li><a class="steer" id="steer-{choice.key}" href="{page}"{current}'
        f' hx-get="{escape(choice.fragment)}" hx-target="#similar" hx-swap="outerHTML"'
        f' hx-push-url="{page}">{escape(str(choice.label))}</a></li>'
    )
