"""Predictions on pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from movies import scales
from movies.models import Movie
from recommender.serving.cards import cards_for

register = template.Library()


@register.filter
def signed(share: float) -> str:
    """'+0.31', '−0.22', as the language writes numbers and on the reader's scale."""
    return scales.active().signed(share)


@register.inclusion_tag("movies/_cards.html", takes_context=True)
def cards_of(
    context: dict[str, Any],
    movies: Iterable[Movie],
    predicted: Any = None,
    because: Any = None,
    beside: Mapping[int, Any] | None = None,
) -> dict[str, Any]:
    user = context["request"].user
    cards = cards_for(user, movies, predicted or None, because or None, beside)
    return {**context.flatten(), "cards": cards}


@register.simple_tag(takes_context=True)
def predicted_stars(context: dict[str, Any], movies: Iterable[Movie]) -> Any:
    from recommender.serving.cards import shown_predictions

    return shown_predictions(context["request"].user, movies)
