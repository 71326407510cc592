"""How one more rating would change a user's list, without saving it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from movies.models import Movie
from recommender.serving.recommend import Recommendations, recommend
from recommender.serving.similar import Find

if TYPE_CHECKING:
    from accounts.models import User

N_LISTED = 12


@dataclass(frozen=True)
class WhatIf:
    """A user's list as it is, and as it would be."""

    before: Recommendations
    after: Recommendations

    @property
    def coming(self) -> list[int]:
        """Ids of the movies that would come in, best first."""
        old = {item.movie_id for item in self.before.items}
        return [item.movie_id for item in self.after.items if item.movie_id not in old]

    @property
    def going(self) -> list[int]:
        """Ids of the movies that would go out."""
        new = {item.movie_id for item in self.after.items}
        return [item.movie_id for item in self.before.items if item.movie_id not in new]


def what_if(
    user: User,
    movie: Movie,
    stars: float,
    n: int = N_LISTED,
    find: Find = Movie.objects.in_bulk,
) -> WhatIf | None:
    """The list that this user would get after giving `movie` that many stars.

    Computed the way a saved rating is, so saving it gives exactly this list. None without a
    model: nobody's list depends on their ratings then. find: as for `recommend`.
    """
    before = recommend(user, n, find=Movie.objects.only("pk").in_bulk)
    if before.run_id is None:
        return None
    return WhatIf(before, recommend(user, n, {movie.pk: stars}, find))
