"""Genres in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django import template

from movies import genres as genre_names
from movies.models import Genre, Movie

register = template.Library()


@register.filter
def genre_label(name: str) -> str:
    """The translated name of a genre; unknown names stay as they are."""
    return genre_names.genre_label(name)


@register.filter
def by_label(genres: Iterable[Genre]) -> list[Genre]:
    """In alphabetical order of the translated names."""
    return genre_names.by_label(genres)


@register.inclusion_tag("movies/_genre_links.html")
def genre_links(movie: Movie) -> dict[str, Any]:
    """The movie's genres, each with a link to its other movies."""
    return {"movie": movie}
