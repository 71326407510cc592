"""Parts of My ratings and of the watchlist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string

from movies.models import Movie
from movies.my_ratings.calendar import RatingDays

register = template.Library()


@register.inclusion_tag("movies/my_ratings/_day_rows.html")
def day_rows(days: RatingDays) -> dict[str, Any]:
    """Table rows of the days with ratings, newest first."""
    return {"days": days.rated}


@register.simple_tag
def taking_off(movies: Iterable[Movie]) -> dict[int, str]:
    """What stands below each card of a watchlist: its runtime and a button to take it off."""
    return {
        movie.pk: render_to_string("movies/marks/_watchlist_card.html", {"movie": movie})
        for movie in movies
    }
