"""Orderings of the catalogue by what a member will like: their names, and lists read by page.

`recommender.serving.orderings` ranks; the views of this app pass the ranking on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.models import Movie

FOR_YOU = "for_you"
PERSONAL_ORDERINGS: Mapping[str, str | Promise] = {
    FOR_YOU: _("For you"),
    "predicted": _("Highest predicted"),
    "off_the_track": _("Off the beaten track"),
}


class StaleRanking(Exception):
    """A ranking cannot be read on, since its run is no longer the active one."""


@dataclass(frozen=True)
class Ranking:
    """All movies of a list in one member's order."""

    movie_ids: Sequence[int]  # best first
    predicted: Callable[[Sequence[int]], Mapping[int, float]]  # stars by movie id, for some ids
    # The places of a page's movies in the order in which the page shows them, given their stars;
    # None where the order of all movies is that already.
    page_order: Callable[[Sequence[float]], Sequence[int]] | None = None
    n_fitted: int = 0  # how many come from the run: the first; newer ones stay below in any case
    # What the order depends on besides the movies, to be read on in it: see `rank`.
    as_of: Sequence[Any] = ()

    def page(self, index: slice) -> tuple[list[int], Mapping[int, float]]:
        """The ids of a page as it shows them, and the stars predicted for them."""
        start, stop, _step = index.indices(len(self.movie_ids))
        ids = list(self.movie_ids[start:stop])
        stars = self.predicted(ids)
        if self.page_order is None:
            return ids, stars
        n_fitted = max(self.n_fitted - start, 0)
        fitted, new = ids[:n_fitted], ids[n_fitted:]
        order = self.page_order([stars[pk] for pk in fitted])
        return [*(fitted[place] for place in order), *new], stars


class RankedMovies(Sequence[Movie]):
    """The movies of a ranking; reads only the slice that is looked at.

    Each movie carries `predicted`: its stars, or None.
    """

    def __init__(self, ranking: Ranking, find: Callable[[Sequence[int]], Iterable[Movie]]) -> None:
        self._ranking, self._find = ranking, find

    def __len__(self) -> int:
        return len(self._ranking.movie_ids)

    @overload
    def __getitem__(self, index: int) -> Movie: ...
    @overload
    def __getitem__(self, index: slice) -> list[Movie]: ...

    def __getitem__(self, index: int | slice) -> Movie | list[Movie]:
        if isinstance(index, int):
            return self[index : index + 1 or None][0]
        ids, stars = self._ranking.page(index)
        movies = list(self._find(ids))
        for movie in movies:
            movie.predicted = stars.get(movie.pk)
        return movies
