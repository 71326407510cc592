"""Translations of genres.

The database keeps the names of the data set. Pages and the API translate the genres of MovieLens,
which the built-in catalogue shares; genres with other names are shown as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

from movies.titles import fold

if TYPE_CHECKING:
    from movies.models import Genre

LABELS: Mapping[str, Promise | str] = {
    "Action": pgettext_lazy("genre", "Action"),
    "Adventure": pgettext_lazy("genre", "Adventure"),
    "Animation": pgettext_lazy("genre", "Animation"),
    "Children": pgettext_lazy("genre", "Children"),
    "Comedy": pgettext_lazy("genre", "Comedy"),
    "Crime": pgettext_lazy("genre", "Crime"),
    "Documentary": pgettext_lazy("genre", "Documentary"),
    "Drama": pgettext_lazy("genre", "Drama"),
    "Fantasy": pgettext_lazy("genre", "Fantasy"),
    "Film-Noir": pgettext_lazy("genre", "Film-Noir"),
    "Horror": pgettext_lazy("genre", "Horror"),
    "IMAX": pgettext_lazy("genre", "IMAX"),
    "Musical": pgettext_lazy("genre", "Musical"),
    "Mystery": pgettext_lazy("genre", "Mystery"),
    "Romance": pgettext_lazy("genre", "Romance"),
    "Sci-Fi": pgettext_lazy("genre", "Sci-Fi"),
    "Thriller": pgettext_lazy("genre", "Thriller"),
    "War": pgettext_lazy("genre", "War"),
    "Western": pgettext_lazy("genre", "Western"),
}


def genre_label(name: str) -> str:
    """The name of a genre in the reader's language."""
    return str(LABELS.get(name, name))


def by_label(genres: Iterable[Genre]) -> list[Genre]:
    """In alphabetical order of their translated names, accents ignored."""
    return sorted(genres, key=lambda genre: alphabetical(genre.name))


def alphabetical(name: str) -> tuple[str, str]:
    """Sort key of a genre's name."""
    return _alphabetical(name, get_language())


@lru_cache(maxsize=1024)
def _alphabetical(name: str, _language: str | None) -> tuple[str, str]:
    label = genre_label(name)
    return fold(label), label
