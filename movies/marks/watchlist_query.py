"""The query string of the watchlist: filters, an order, and the number of a pick."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.browse.orderings import Ranking
from movies.browse.query import BrowseQuery
from movies.models import Genre, Mark, MovieQuerySet
from movies.watching.tonight import Tonight

if TYPE_CHECKING:
    from accounts.models import User

# Predicted stars by movie id, or None where nothing is known of the user.
Predict = Callable[["User", Sequence[int]], Mapping[int, float] | None]

PREDICTED, ADDED = "predicted", "added"
ORDERS: Mapping[str, str | Promise] = {
    PREDICTED: _("Highest predicted"),
    ADDED: _("Recently added"),
    "title": _("Title"),
    "latest": _("Newest movies"),
    "earliest": _("Oldest movies"),
    "shortest": _("Shortest first"),
    "longest": _("Longest first"),
}
_LAST_ADDED = ("-marks__created_at", "-marks__pk")
_SORTED: Mapping[str, Callable[[MovieQuerySet], MovieQuerySet]] = {
    ADDED: lambda movies: movies.order_by(*_LAST_ADDED),
    "title": MovieQuerySet.by_title,
    "latest": MovieQuerySet.newest,
    "earliest": lambda movies: movies.order_by("sort_year", "title_key", "pk"),
    "shortest": lambda movies: movies.order_by(
        F("runtime").asc(nulls_last=True), "title_key", "pk"
    ),
    "longest": lambda movies: movies.order_by(
        F("runtime").desc(nulls_last=True), "title_key", "pk"
    ),
}


@dataclass(frozen=True)
class WatchlistQuery(BrowseQuery):
    """The filters of the browse page, applied to the watchlist, with its own orders."""

    mine: str = Mark.Kind.WATCHLIST
    pick: int = 0  # number of the pick of the day

    @classmethod
    def from_params(
        cls, query: Mapping[str, str], genres: list[Genre], tonight: Tonight | None = None
    ) -> WatchlistQuery:
        common = BrowseQuery.from_params(query, genres, tonight=tonight)
        order, pick = query.get("order", ""), query.get("pick", "")
        return cls(
            genre=common.genre,
            decade=common.decade,
            length=common.length,
            country=common.country,
            language=common.language,
            tonight=tonight,
            is_tonight=common.is_tonight,
            known_index=common.known_index,
            order=order if order in ORDERS else "",
            pick=int(pick) if re.fullmatch(r"\d{1,4}", pick, re.ASCII) else 0,
        )

    def movies_of(self, user: User | AnonymousUser) -> MovieQuerySet:
        own = self.movies().filter(marks__user=user, marks__kind=Mark.Kind.WATCHLIST)
        return _SORTED.get(self.order, _SORTED[ADDED])(own)

    @property
    def is_by_prediction(self) -> bool:
        return self.order in ("", PREDICTED)

    def by_prediction(self, user: User, predict: Predict) -> Ranking | None:
        """The watchlist by predicted stars; None when another order is asked for.

        None as well where nothing can be predicted: then the last added come first.
        """
        if not self.is_by_prediction:
            return None
        ids = list(self.movies_of(user).values_list("pk", flat=True))
        stars = predict(user, ids)
        if stars is None:
            return None
        return Ranking(sorted(ids, key=lambda pk: -stars.get(pk, 0.0)), lambda some: stars)

    @property
    def is_filtered(self) -> bool:
        return any((self.genre, self.decade is not None, self.length, self.is_tonight))

    def without_filters(self) -> WatchlistQuery:
        return replace(self, genre=None, decade=None, length="", is_tonight=False)

    @property
    def next_pick(self) -> str:
        """The query string of the next pick, with the same filters."""
        return urlencode([*self._parts(), ("pick", self.pick + 1)])

    def _values(self) -> dict[str, Any]:
        """Without `mine`, which the path implies."""
        return {**super()._values(), "mine": ""}
