"""Which movies are on which shelf of the home page: arrays and ids, before any movie is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from movies.models import Mark
from movies.watching.tonight import Tonight
from recommender.core import score_items, similar_items, top_n
from recommender.core.boldness import BOLDNESS_STOPS, most_rated
from recommender.serving.genre_profiles import decades_of_run, genres_of_run
from recommender.serving.model_cache import Model
from recommender.serving.predictions import predict_rows
from recommender.serving.recommend import best_rows, rows_outside
from recommender.serving.users import FoldedInUser, chosen_boldness

if TYPE_CHECKING:
    from accounts.models import User

# Spare movies a row, because some were deleted since the run.
SPARE = 2
# Rows of this kind. One more would make the page heavier than any other.
GENRES, LOVED = 2, 1
# With fewer top-rated movies than this, half a star less counts as loved too.
ENOUGH_LOVED = 4
# A genre's leaning is damped as if it had this many more ratings, all average.
DAMPING = 5
# Users whose highest rating is below this have loved nothing.
LOVED_FROM = 3.5


class Kind(StrEnum):
    WATCHLIST = "watchlist"
    LIKE = "like"
    GENRE = "genre"
    DECADE = "decade"
    OFF_THE_TRACK = "off-the-track"


@dataclass(frozen=True)
class Row:
    kind: Kind
    places: np.ndarray  # rows of the run, best first, a few more than are shown
    about: int = 0  # id of a movie or a genre, or a decade's first year


class ShelfLayout:
    """Fills one row after the other; each movie is used once."""

    def __init__(
        self,
        model: Model,
        folded_in: FoldedInUser,
        user: User,
        already_shown: Sequence[int],
        day: date,
        n: int,
        within: Tonight | None = None,
    ) -> None:
        self.model, self.folded_in, self.user, self.n = model, folded_in, user, n + SPARE
        self.scores = score_items(model.items, folded_in.vector, chosen_boldness(user))
        self.already_shown = model.known_rows(already_shown)
        excluded = [*folded_in.excluded.tolist(), *already_shown]
        self.taken = set(model.known_rows(excluded).tolist())
        self.outside = np.empty(0, np.int64) if within is None else rows_outside(model, within)
        self.taken.update(self.outside.tolist())
        self.rng = np.random.default_rng([user.pk, day.toordinal()])

    def rows(self) -> list[Row]:
        return [row for row in self._rows() if len(row.places)]

    def _rows(self) -> Iterator[Row]:
        yield from self._watchlist()
        yield from map(self._more_like, self._loved())
        yield from self._of_genres()
        yield from self._of_decade()
        yield self._off_the_track()

    def _take(self, scores: np.ndarray) -> np.ndarray:
        taken = np.fromiter(self.taken, np.int64)
        places = best_rows(self.model, self.folded_in, scores, self.n, taken)
        self.taken.update(places.tolist())
        return places

    def _only(self, chosen: np.ndarray) -> np.ndarray:
        return np.where(chosen, self.scores, np.nan)

    def _watchlist(self) -> Iterator[Row]:
        """By predicted stars, whatever the boldness: the user has chosen these movies already."""
        if not self.user.watchlist_in_lists:
            return
        marks = Mark.objects.filter(user=self.user, kind=Mark.Kind.WATCHLIST)
        wanted = set(marks.values_list("movie_id", flat=True))
        # Rated, hidden and watched movies; these users do not exclude their watchlist.
        wanted -= set(self.folded_in.excluded.tolist())
        places = self.model.known_rows(sorted(wanted))
        if not len(places):
            return
        stars = np.full(len(self.scores), np.nan, np.float32)
        stars[places] = predict_rows(self.model, self.folded_in, places)
        # Not what the top picks show already.
        stars[np.fromiter(self.already_shown, np.int64)] = np.nan
        stars[self.outside] = np.nan
        best = top_n(stars, self.n)
        self.taken.update(best.tolist())
        yield Row(Kind.WATCHLIST, best)

    def _loved(self) -> list[int]:
        """Rows of some of the user's highest rated movies, others every day."""
        stars = self.folded_in.user_ratings.stars
        if not len(stars) or stars.max() < LOVED_FROM:
            return []
        few = (stars == stars.max()).sum() < ENOUGH_LOVED
        best = np.flatnonzero(stars >= stars.max() - (0.5 if few else 0))
        chosen = self.rng.permutation(best)[:LOVED]
        return self.folded_in.user_ratings.item_index[chosen].tolist()

    def _more_like(self, place: int) -> Row:
        excluded = np.fromiter(self.taken, np.int64)
        places, _closeness = similar_items(self.model.items, place, self.n, excluded)
        self.taken.update(places.tolist())
        return Row(Kind.LIKE, places, int(self.model.items.item_ids[place]))

    def _leanings(self, groups: np.ndarray) -> np.ndarray:
        """(n_groups,) stars above the user's mean, damped; groups: (n_ratings, n_groups)."""
        user_ratings = self.folded_in.user_ratings
        given = (
            user_ratings.stars - user_ratings.stars.mean()
            if len(user_ratings.stars)
            else user_ratings.stars
        )
        return (groups * given[:, None]).sum(0) / (groups.sum(0) + DAMPING)

    def _of_genres(self) -> Iterator[Row]:
        genres = genres_of_run(self.model)
        if not len(genres.genre_ids):
            return
        leaning = self._leanings(genres.matrix[self.folded_in.user_ratings.item_index])
        for place in np.argsort(-leaning, kind="stable")[:GENRES].tolist():
            if leaning[place] > 0:
                taken = self._take(self._only(genres.matrix[:, place]))
                yield Row(Kind.GENRE, taken, int(genres.genre_ids[place]))

    def _of_decade(self) -> Iterator[Row]:
        decades = decades_of_run(self.model)
        known = np.unique(decades[decades > 0])
        if len(known) < 2:
            return
        own = decades[self.folded_in.user_ratings.item_index]
        leaning = self._leanings((own[:, None] == known).astype(np.float32))
        decade = int(known[leaning.argmax()])
        if leaning.max() > 0:
            yield Row(Kind.DECADE, self._take(self._only(decades == decade)), decade)

    def _off_the_track(self) -> Row:
        scores = score_items(self.model.items, self.folded_in.vector, BOLDNESS_STOPS[-1])
        scores[most_rated(self.model.items)] = np.nan
        return Row(Kind.OFF_THE_TRACK, self._take(scores))
