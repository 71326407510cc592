"""Controls with which a person steers what is listed."""

from typing import Any

from django import template

from accounts.models import Boldness

register = template.Library()


@register.inclusion_tag("recommender/_boldness.html", takes_context=True)
def boldness_control(context: dict[str, Any]) -> dict[str, Any]:
    """The five stops from well known to off the beaten track, for whoever is logged in."""
    return {
        "stops": Boldness.choices,
        "chosen": context["user"].boldness,
        "csrf_token": context["csrf_token"],
    }
