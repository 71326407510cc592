"""The box of the movie page about viewings and earlier ratings: finished strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from movies import scales
from movies.models import Movie
from movies.movie_page.history import MovieHistory
from movies.periods import Period
from movies.stars import to_stars

# All of them are on the page of the movie's diary.
MOST_VIEWINGS, MOST_EARLIER = 5, 3


@dataclass(frozen=True)
class ViewingLink:
    pk: int
    when: str
    is_rewatch: bool


@dataclass(frozen=True)
class EarlierLine:
    stars: str
    when: str


@dataclass(frozen=True)
class DiaryBox:
    """What the movie page says of a user's viewings and earlier ratings, with a form to add one."""

    movie: Movie
    viewings: Sequence[ViewingLink]
    n_more: int
    earlier: Sequence[EarlierLine]
    today: str


def diary_box(movie: Movie, history: MovieHistory) -> DiaryBox:
    shown = history.viewings[:MOST_VIEWINGS]
    return DiaryBox(
        movie=movie,
        viewings=[ViewingLink(one.pk, in_words(one.watched), one.is_rewatch) for one in shown],
        n_more=len(history.viewings) - len(shown),
        earlier=earlier_lines(history)[:MOST_EARLIER],
        today=today(),
    )


def earlier_lines(history: MovieHistory) -> list[EarlierLine]:
    """What the user gave the movie before, the last first."""
    words = scales.active().in_words
    return [
        EarlierLine(words(to_stars(one.half_stars)), date_format(one.rated_on))
        for one in history.earlier
    ]


def in_words(watched: Period | None) -> str:
    return watched.in_words if watched else _("date unknown")


def today() -> str:
    """For a date field."""
    return timezone.localdate().isoformat()
