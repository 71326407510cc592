"""What a source says of movies, whatever format it was read from."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise


class Refused(Exception):
    """The upload cannot be imported, and nothing of it was; the text is for the user."""


class NotAFilm(Exception):
    """The line is about a series, an episode or a game."""


class NoRating(Exception):
    """The line is about a film but says nothing that could be imported."""


class Entry(NamedTuple):
    kind: str  # ImportedRow.Kind
    title: str = ""
    year: int | None = None
    imdb_id: str = ""
    tmdb_id: int | None = None
    movielens_id: int | None = None
    value: Decimal | None = None  # the rating, on the source's scale
    at: datetime | None = None
    list_name: str = ""
    details: dict[str, Any] = {}


class Line(NamedTuple):
    """A line of a file with what it says, or why it was left out."""

    file: str
    number: int
    entry: Entry | None
    left_out: str = ""  # a key of LEFT_OUT
    reason: str | Promise = ""


NOT_A_FILM, NO_RATING, UNREADABLE = "not_a_film", "no_rating", "unreadable"
LEFT_OUT = (NOT_A_FILM, NO_RATING, UNREADABLE)
