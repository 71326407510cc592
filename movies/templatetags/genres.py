"""Genres on pages, in the reader's language."""

from collections.abc import Iterable

from django import template

from movies import genre_names
from movies.models import Genre

register = template.Library()


@register.filter
def genre_label(name: str) -> str:
    """For who has the name alone; what is no genre we know stays as it is."""
    return genre_names.genre_label(name)


@register.filter
def by_label(genres: Iterable[Genre]) -> list[Genre]:
    """In alphabetical order."""
    return genre_names.by_label(genres)
