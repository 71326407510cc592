"""What a page or the API asks: which movies, how many stars, what is similar.

Every answer is worked out from the ratings as they are at this moment: the person's vectors are
solved against the active run's movie factors (fold-in), so a rating counts from the next request
on, before any refit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Mark, Movie, Rating
from recommender import store
from recommender.core import ItemFactors, UserVector, fold_in, score_items, similar_items, top_n
from recommender.core import predicted_stars as core_predicted_stars
from recommender.models import TrainingRun

if TYPE_CHECKING:
    from accounts.models import User

LOWEST_STARS, HIGHEST_STARS = 0.5, 5.0
SPARE = 12


@dataclass(frozen=True)
class Recommendation:
    movie_id: int
    stars: float | None  # predicted, on the star scale; None without a model
    score: float | None  # for order only


@dataclass(frozen=True)
class Recommendations:
    items: Sequence[Recommendation]  # best first
    run_id: int | None
    source: str  # "personal", or "popular" when nothing is known of the person


@dataclass(frozen=True)
class Model:
    """The movie side of one run, with its ids to find rows by."""

    run_id: int
    items: ItemFactors

    def rows(self, movie_ids: Iterable[int]) -> np.ndarray:
        """Row of each movie, -1 for one that the run does not know."""
        wanted = np.fromiter(movie_ids, np.int64)
        ids = self.items.item_ids
        if not len(ids):
            return np.full(len(wanted), -1)
        rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        return np.where(ids[rows] == wanted, rows, -1)


class _ModelCache:
    """The active run's arrays, loaded once per process.

    While one thread loads a new run the others go on with the old one; an answer is worked out
    from one `Model` and so never mixes two runs.
    """

    def __init__(self) -> None:
        self._model: Model | None = None
        self._loading = threading.Lock()

    def current(self) -> Model | None:
        run = TrainingRun.objects.active()
        if run is None:
            return None
        model = self._model
        if model is not None and model.run_id == run.pk:
            return model
        # Only a process that has nothing yet waits for whoever is loading.
        if not self._loading.acquire(blocking=model is None):
            return model
        try:
            if self._model is None or self._model.run_id != run.pk:
                self._model = Model(run.pk, store.load_items(run))
            return self._model
        finally:
            self._loading.release()

    def clear(self) -> None:
        self._model = None


_cache = _ModelCache()


@dataclass(frozen=True)
class Person:
    """One person as the model sees them now."""

    vector: UserVector
    rated: np.ndarray  # movie ids
    excluded: np.ndarray  # movie ids: rated, hidden or seen

    @property
    def is_known(self) -> bool:
        return len(self.rated) > 0


def recommend(user: User | AnonymousUser, n: int = 24) -> Recommendations:
    """The `n` unrated movies this person will most likely like, best first.

    Rated, hidden and seen movies never come back. Without a model, or without a single rating, the
    well-loved movies by damped mean.
    """
    model = _cache.current()
    if model is None or not user.is_authenticated:
        return _popular(user, n, model)
    person = _person(model, user)
    if not person.is_known:
        return _popular(user, n, model)
    scores = score_items(model.items, person.vector)
    # Some more than asked for: movies deleted since the run are still in its arrays.
    rows = top_n(scores, n + SPARE, exclude=_known_rows(model, person.excluded))
    rows = rows[np.isin(model.items.item_ids[rows], _existing(model.items.item_ids[rows]))][:n]
    stars = _clipped(core_predicted_stars(model.items, person.vector, rows))
    return Recommendations(
        items=[
            Recommendation(int(model.items.item_ids[row]), float(star), float(scores[row]))
            for row, star in zip(rows, stars, strict=True)
        ],
        run_id=model.run_id,
        source="personal",
    )


def predict(user: User | AnonymousUser, movie_ids: Sequence[int]) -> dict[int, float]:
    """Predicted stars, 0.5 to 5, of those movies that the model knows; none for a visitor."""
    if not movie_ids or not user.is_authenticated:
        return {}
    model = _cache.current()
    if model is None:
        return {}
    rows = model.rows(movie_ids)
    known = rows >= 0
    person = _person(model, user)
    stars = _clipped(core_predicted_stars(model.items, person.vector, rows[known]))
    return dict(zip(np.asarray(movie_ids)[known].tolist(), stars.tolist(), strict=True))


def similar(movie: Movie, n: int = 12, user: User | AnonymousUser | None = None) -> list[int]:
    """Ids of the movies most like this one, without those the person rated or put away.

    A movie that the model does not know has the best loved of its genres for neighbours.
    """
    excluded = _excluded_ids(user)
    model = _cache.current()
    row = model.rows([movie.pk])[0] if model else -1
    if model is None or row < 0:
        return _of_same_genres(movie, n, excluded)
    rows, _similarity = similar_items(
        model.items, int(row), n + SPARE, exclude=_known_rows(model, excluded)
    )
    ids = model.items.item_ids[rows]
    return ids[np.isin(ids, _existing(ids))][:n].tolist()


def _person(model: Model, user: User) -> Person:
    rated = list(Rating.objects.of(user).order_by("movie_id").values_list("movie_id", "half_stars"))
    ids = np.array([movie_id for movie_id, _ in rated], np.int64)
    stars = np.array([half for _, half in rated], np.float32) / 2
    rows = model.rows(ids)
    known = rows >= 0
    fitted = store.load_user(model.run_id, user.pk)
    marked = Mark.objects.excluding_from_lists().filter(user=user)
    hidden = np.fromiter(marked.values_list("movie_id", flat=True), np.int64)
    return Person(
        vector=fold_in(
            model.items,
            rows[known],
            stars[known],
            in_fit=None if fitted is None else np.isin(ids[known], fitted.movie_ids),
            user_implicit=None if fitted is None else fitted.implicit,
        ),
        rated=ids,
        excluded=np.concatenate([ids, hidden]),
    )


def _popular(user: User | AnonymousUser, n: int, model: Model | None) -> Recommendations:
    """Well-loved movies; with predicted stars for a member whom the model can say them to."""
    movies = Movie.objects.best_loved()
    if user.is_authenticated:
        movies = movies.not_excluded_for(user)
    ids = list(movies.values_list("pk", flat=True)[:n])
    return Recommendations(
        items=[Recommendation(movie_id, None, None) for movie_id in ids],
        run_id=model.run_id if model else None,
        source="popular",
    )


def _of_same_genres(movie: Movie, n: int, excluded: np.ndarray) -> list[int]:
    movies = Movie.objects.filter(genres__in=movie.genres.all()).exclude(pk=movie.pk)
    ids = movies.best_loved().values_list("pk", flat=True).distinct()[: n + len(excluded)]
    return [pk for pk in ids if pk not in set(excluded.tolist())][:n]


def _excluded_ids(user: User | AnonymousUser | None) -> np.ndarray:
    if user is None or not user.is_authenticated:
        return np.empty(0, np.int64)
    rated = Rating.objects.of(user).values_list("movie_id", flat=True)
    hidden = (
        Mark.objects.excluding_from_lists().filter(user=user).values_list("movie_id", flat=True)
    )
    return np.fromiter(rated.union(hidden), np.int64)


def _existing(ids: np.ndarray) -> list[int]:
    return list(Movie.objects.filter(pk__in=ids.tolist()).values_list("pk", flat=True))


def _known_rows(model: Model, movie_ids: np.ndarray) -> np.ndarray:
    rows = model.rows(movie_ids)
    return rows[rows >= 0]


def _clipped(stars: np.ndarray) -> np.ndarray:
    return np.clip(stars, LOWEST_STARS, HIGHEST_STARS)
