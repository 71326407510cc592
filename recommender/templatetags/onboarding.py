"""The way to the start page, for people who have not rated much yet."""

from typing import Any

from django import template

from movies.models import Rating
from recommender.onboarding.questions import ENOUGH

register = template.Library()


@register.inclusion_tag("recommender/home/_start_invitation.html", takes_context=True)
def start_invitation(context: dict[str, Any]) -> dict[str, Any]:
    """A line that leads there; nothing for visitors and for people with enough ratings."""
    if "is_new" in context:  # the page knows already
        return {"is_new": context["is_new"]}
    user = context["request"].user
    return {"is_new": user.is_authenticated and _rated(user) < ENOUGH}


def _rated(user: Any) -> int:
    return len(Rating.objects.of(user).values_list("pk")[:ENOUGH])
