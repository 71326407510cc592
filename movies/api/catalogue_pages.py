"""The catalogue page by page, in a member's order or in the database's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cfsite.lib.api.cursors import CursorExpired
from cfsite.lib.api.paging import InOrder, Place
from movies.browse.orderings import RankedMovies, Ranking, StaleRanking
from movies.models import Movie, MovieQuerySet

RANKED, IN_ORDER = "ranked", "in order"


class CataloguePages:
    """A walk that goes on as it began.

    In a member's order the cursor holds what the order depends on: the run, the vector that the
    member was folded in to it with, and the boldness. So ratings given between two pages move
    nothing; movies rated meanwhile are left out. When the run is no longer the active one, the
    cursor has expired.

    Args:
        rank: the ranking of these movies, given `as_of` and `after` of
            `recommender.serving.orderings.rank`; None in the order of the database.
        find: movies of some ids, in their order.
    """

    def __init__(
        self,
        movies: MovieQuerySet,
        rank: Callable[..., Ranking | None],
        find: Callable[[Sequence[int]], Iterable[Movie]],
    ) -> None:
        self._movies, self._rank, self._find = movies, rank, find
        self.is_ranked = False

    def page_after(self, place: Place | None, n: int) -> tuple[list[Movie], Place | None]:
        kind, *rest = place or [None]
        if kind != IN_ORDER:
            as_of, after = rest or (None, None)
            try:
                ranking = self._rank(as_of=as_of, after=after)
            except StaleRanking:
                raise CursorExpired from None
            if ranking is not None:
                return self._ranked(ranking, n)
        page, last = InOrder(self._movies).page_after(rest or None, n)
        return page, None if last is None else [IN_ORDER, *last]

    def _ranked(self, ranking: Ranking, n: int) -> tuple[list[Movie], Place | None]:
        """The last of the page in the order is not the last shown: see `Ranking.page_order`."""
        self.is_ranked = True
        ids = ranking.movie_ids
        last = [RANKED, list(ranking.as_of), ids[n - 1]] if len(ids) > n else None
        return RankedMovies(ranking, self._find)[:n], last
