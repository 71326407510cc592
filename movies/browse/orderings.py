"""Orderings of the catalogue by what a member will like: their names, and lists read by page.

`recommender.serving.orderings` ranks; the views of this app pass the ranking on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.models import Movie

PERSONAL_ORDERINGS: Mapping[str, str | Promise] = {
    "for_you": _("For you"),
    "predicted": _("Most predicted stars"),
    "off_the_track": _("Off the beaten track"),
}


@dataclass(frozen=True)
class Ranking:
    """All movies of a list in one member's order."""

    movie_ids: Sequence[int]  # best first
    predicted: Callable[[Sequence[int]], Mapping[int, float]]  # stars by movie id, for some ids


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
        ids = list(self._ranking.movie_ids[index])
        stars = self._ranking.predicted(ids)
        movies = list(self._find(ids))
        for movie in movies:
            movie.predicted = stars.get(movie.pk)
        return movies
