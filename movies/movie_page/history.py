"""What a user has said of one movie besides the rating: marks, viewings and earlier ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, DateField, IntegerField, Value, When
from django.db.models.functions import TruncDate

from movies.models import EarlierRating, Mark, Movie, Viewing
from movies.models.viewings import period_of
from movies.periods import Period

if TYPE_CHECKING:
    from accounts.models import User

MARK, VIEWING, EARLIER = range(3)


@dataclass(frozen=True)
class PastViewing:
    pk: int
    watched: Period | None
    is_rewatch: bool


@dataclass(frozen=True)
class PastRating:
    half_stars: int
    rated_on: date


@dataclass(frozen=True)
class MovieHistory:
    marks: frozenset[str] = frozenset()  # kinds
    viewings: Sequence[PastViewing] = ()  # the latest first, unknown dates last
    earlier: Sequence[PastRating] = ()  # the latest first


def history_of(movie: Movie, user: User | AnonymousUser) -> MovieHistory:
    """One query, because every movie page asks it."""
    if not user.is_authenticated:
        return MovieHistory()
    own = {"user": user, "movie": movie}
    no_date, no_number = Value(None, DateField()), Value(0)
    rewatch = Case(When(is_rewatch=True, then=1), default=0, output_field=IntegerField())
    rows = (
        Mark.objects.filter(**own)
        .values_list(Value(MARK), "pk", "kind", no_date, no_number)
        .union(
            Viewing.objects.filter(**own).values_list(
                Value(VIEWING), "pk", "precision", "watched_on", rewatch
            ),
            EarlierRating.objects.filter(**own).values_list(
                Value(EARLIER), "pk", Value(""), TruncDate("rated_at"), "half_stars"
            ),
            all=True,
        )
    )
    by_table: tuple[list, list, list] = ([], [], [])
    for table, pk, word, day, number in rows:
        by_table[table].append((day or date.min, pk, word, number))
    marks, viewings, earlier = by_table
    return MovieHistory(
        marks=frozenset(kind for _day, _pk, kind, _number in marks),
        viewings=[
            PastViewing(pk, None if day == date.min else period_of(day, precision), bool(rewatch))
            for day, pk, precision, rewatch in sorted(viewings, reverse=True)
        ],
        earlier=[
            PastRating(half_stars, day)
            for day, _pk, _word, half_stars in sorted(earlier, reverse=True)
        ],
    )
