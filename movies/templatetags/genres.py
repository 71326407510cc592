"""Genres on pages, in the reader's language."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from movies import genres as genre_names
from movies.models import Genre, Movie

register = template.Library()


@register.filter
def genre_label(name: str) -> str:
    """For who has the name alone; what is no genre we know stays as it is."""
    return genre_names.genre_label(name)


@register.filter
def by_label(genres: Iterable[Genre]) -> list[Genre]:
    """In alphabetical order."""
    return genre_names.by_label(genres)


@register.simple_tag
def genre_links(movie: Movie) -> SafeString:
    """Its genres, each leading to the others of its kind."""
    browse = reverse("movies:browse")
    return SafeString(
        "".join(
            f'<a href="{browse}?genre={quote(genre.slug)}">{escape(genre.label)}</a>'
            for genre in genre_names.by_label(movie.genre_list)
        )
    )
