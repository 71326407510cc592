"""The query string of the My ratings page, and the ratings it selects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import urlencode

import numpy as np
from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.models import Movie, Rating, RatingQuerySet
from movies.periods import Period
from movies.search.search import LONGEST_QUERY, words_of
from movies.stars import to_half_stars

if TYPE_CHECKING:
    from accounts.models import User

SURPRISE = "surprise"
ORDERS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "newest": (_("Newest first"), ("-rated_at", "-pk")),
    "oldest": (_("Oldest first"), ("rated_at", "pk")),
    "highest": (_("Highest rated"), ("-half_stars", "-rated_at", "-pk")),
    "lowest": (_("Lowest rated"), ("half_stars", "-rated_at", "-pk")),
    "title": (_("Title"), ("movie__title_key", "pk")),
    "latest": (_("Newest movies"), ("-movie__sort_year", "movie__title_key", "pk")),
    "earliest": (_("Oldest movies"), ("movie__sort_year", "movie__title_key", "pk")),
    # By distance from the expected stars, which the database cannot compute.
    SURPRISE: (_("Biggest surprises"), ("-rated_at", "-pk")),
}
_SLUG = re.compile(r"[-\w]{1,60}")


@dataclass(frozen=True)
class MyRatingsQuery:
    """Filters and an order; unknown values of the query string are ignored."""

    q: str = ""
    stars_from: float | None = None
    stars_to: float | None = None
    genre: str = ""  # slug
    decade: int | None = None
    rated: Period | None = None
    order: str = "newest"

    @classmethod
    def from_params(cls, query: Mapping[str, str]) -> MyRatingsQuery:
        order, decade = query.get("order", ""), query.get("decade", "")
        low, high = (_stars(query.get(name, "")) for name in ("stars_from", "stars_to"))
        if low and high and low > high:
            low, high = high, low
        return cls(
            q=query.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip(),
            stars_from=low,
            stars_to=high,
            genre=genre if _SLUG.fullmatch(genre := query.get("genre", "")) else "",
            decade=int(decade) if re.fullmatch(r"[12]\d\d0", decade, re.ASCII) else None,
            rated=Period.parse(query.get("rated", "")),
            order=order if order in ORDERS else "newest",
        )

    @property
    def query(self) -> str:
        """The query string for this, without the default order and the page."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        if self.order == "newest":
            del values["order"]
        given = {name: _text(value) for name, value in values.items() if value not in (None, "")}
        return urlencode(given, errors="replace")

    @property
    def is_filtered(self) -> bool:
        return self.replace(order="newest") != MyRatingsQuery()

    @property
    def from_value(self) -> str:
        """The value of the chosen option in the form."""
        return "" if self.stars_from is None else f"{self.stars_from:.1f}"

    @property
    def to_value(self) -> str:
        return "" if self.stars_to is None else f"{self.stars_to:.1f}"

    def replace(self, **changed: Any) -> MyRatingsQuery:
        """A copy with other choices."""
        return replace(self, **changed)

    def of(self, user: User) -> RatingQuerySet:
        """The user's matching ratings, unordered."""
        ratings = Rating.objects.of(user)
        if self.q and not words_of(self.q):
            return ratings.none()  # only punctuation
        for word in words_of(self.q):
            ratings = ratings.filter(movie__title_key__contains=word)
        if self.stars_from:
            ratings = ratings.filter(half_stars__gte=to_half_stars(self.stars_from))
        if self.stars_to:
            ratings = ratings.filter(half_stars__lte=to_half_stars(self.stars_to))
        if self.genre:
            ratings = ratings.filter(movie__genres__slug=self.genre)
        if self.decade is not None:
            ratings = ratings.filter(movie__year__gte=self.decade, movie__year__lt=self.decade + 10)
        if self.rated:
            start, end = self.rated.bounds()
            ratings = ratings.filter(rated_at__gte=start, rated_at__lt=end)
        return ratings

    @property
    def is_by_surprise(self) -> bool:
        return self.order == SURPRISE

    def in_order(
        self, user: User, expected: Mapping[int, float] | None
    ) -> QuerySet[Rating] | SurprisesFirst:
        """The user's matching ratings in order, with their movies; read page by page."""
        return self.sort(self.of(user), expected, with_movies)

    def sort(
        self,
        ratings: RatingQuerySet,
        expected: Mapping[int, float] | None,
        load: Callable[[QuerySet], QuerySet],
    ) -> QuerySet[Rating] | SurprisesFirst:
        """`ratings` in the chosen order; `load` adds what else is needed of each.

        expected: stars by movie id, for the order by surprise; None where nothing is known.
        """
        if self.is_by_surprise and expected is not None:
            return SurprisesFirst(ratings, expected, load)
        return load(ratings.order_by(*ORDERS[self.order][1]))


def with_movies(ratings: QuerySet[Rating]) -> QuerySet[Rating]:
    """Prefetch the movies with their genres, in one more query."""
    return ratings.prefetch_related(Prefetch("movie", Movie.everything.for_cards()))


class SurprisesFirst(Sequence[Rating]):
    """Ratings by distance from the expected stars, each with the attribute `expected`.

    Ratings without expected stars come last. Rows are loaded only for the slice that is read.
    """

    def __init__(
        self,
        ratings: QuerySet[Rating],
        expected: Mapping[int, float],
        load: Callable[[QuerySet], QuerySet],
    ) -> None:
        self._expected, self._load = expected, load
        rows = ratings.order_by("-rated_at", "-pk").values_list("pk", "movie_id", "half_stars")
        table = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 3)
        known = [expected.get(movie_id, np.nan) for movie_id in table[:, 1].tolist()]
        distance = np.nan_to_num(np.abs(table[:, 2] / 2 - np.array(known)))
        self._ids = table[np.argsort(-distance, kind="stable"), 0].tolist()

    @property
    def ids(self) -> Sequence[int]:
        return self._ids

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> Rating: ...
    @overload
    def __getitem__(self, index: slice) -> list[Rating]: ...

    def __getitem__(self, index: int | slice) -> Rating | list[Rating]:
        if isinstance(index, int):
            return self[index : index + 1 or None][0]
        return self.of_ids(self._ids[index])

    def of_ids(self, ids: Sequence[int]) -> list[Rating]:
        """These ratings, in this order."""
        found = {one.pk: one for one in self._load(Rating.objects.filter(pk__in=ids))}
        ratings = [found[pk] for pk in ids if pk in found]
        for rating in ratings:
            rating.expected = self._expected.get(rating.movie_id)
        return ratings


def _stars(text: str) -> float | None:
    try:
        return to_half_stars(text) / 2
    except ValueError:
        return None


def _text(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
