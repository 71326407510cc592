"""The catalogue in a member's order: by ranking score, predicted stars, or least known first."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from movies.browse.orderings import Ranking, StaleRanking
from recommender.core import UserVector, predicted_stars, score_items
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.ranking import lowest, page_order
from recommender.serving.model_cache import Model, ModelVersion
from recommender.serving.predictions import PredictedStars, predict_movies
from recommender.serving.users import FoldedInUser, chosen_boldness, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

Score = Callable[[Model, UserVector, float], np.ndarray]  # the last: boldness

# The keys of `movies.browse.orderings.PERSONAL_ORDERINGS`.
SCORES: Mapping[str, Score] = {
    "for_you": lambda model, user, boldness: score_items(model.items, user, boldness),
    "predicted": lambda model, user, boldness: predicted_stars(model.items, user),
    "off_the_track": lambda model, user, boldness: score_items(
        model.items, user, BOLDNESS_STOPS[-1]
    ),
}


@dataclass(frozen=True)
class _Pinned:
    """What a ranking depends on besides the movies."""

    run: ModelVersion
    boldness: float
    vector: UserVector

    @classmethod
    def of(cls, model: Model, folded_in: FoldedInUser, user: User) -> Self:
        return cls(model.version, chosen_boldness(user), folded_in.vector)

    def as_json(self) -> list[Any]:
        floats = np.concatenate([self.vector.vector, self.vector.interest]).astype("<f4")
        packed = b64encode(floats.tobytes()).decode()
        return [*self.run, self.boldness, self.vector.bias, self.vector.n_ratings, packed]

    @classmethod
    def read(cls, as_of: Sequence[Any], model: Model) -> Self:
        *run, boldness, bias, n_ratings, packed = as_of
        if ModelVersion(*run) != model.version:
            raise StaleRanking
        floats = np.frombuffer(b64decode(packed), "<f4").astype(np.float32)
        n = model.items.vectors.shape[1]
        return cls(model.version, boldness, UserVector(bias, floats[:n], floats[n:], n_ratings))


class _InOrder(Sequence[int]):
    """Ids by their keys, lowest first. Only the part that is looked at is sorted."""

    def __init__(self, ids: np.ndarray, keys: np.ndarray) -> None:
        self._ids, self._keys = ids, keys

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...

    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, int):
            place = range(len(self))[index]
            return self[place : place + 1][0]
        start, stop, step = index.indices(len(self))
        return self._ids[lowest(self._keys, start, stop)].tolist()[::step]


def rank(
    user: User | AnonymousUser,
    movie_ids: np.ndarray | QuerySet,
    ordering: str,
    *,
    is_reversed: bool = False,
    as_of: Sequence[Any] | None = None,
    after: int | None = None,
) -> Ranking | None:
    """Those of these movies that a list may show this user, best first, or last if `is_reversed`.

    Each page of them is shown in the order of `page_order`, but by predicted stars as it is.
    Movies that the run does not know come last, newest first. At most one query, for the ids,
    whichever page is looked at. None for any other ordering, for visitors, without a model, and for
    users without a rating.

    Args:
        movie_ids: an array is ascending.
        as_of: of an earlier ranking, to order as it did: by the same run, for what the user had
            rated then, at the boldness of then.
        after: with the movies that come after this one alone.

    Raises:
        StaleRanking: the run of `as_of` is no longer the active one.
    """
    if ordering not in SCORES or not user.is_authenticated:
        return None
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None or not (folded_in.is_known or as_of):
        if as_of:
            raise StaleRanking
        return None
    pinned = _Pinned.read(as_of, model) if as_of else _Pinned.of(model, folded_in, user)
    ids = _newest_first(movie_ids, folded_in.excluded)
    rows = model.rows(ids)
    scores = np.append(SCORES[ordering](model, pinned.vector, pinned.boldness), -np.inf)
    keys = _lowest_first(scores[rows], is_reversed=is_reversed)
    if after is not None:
        last = _lowest_first(scores[model.rows(np.array([after]))], is_reversed=is_reversed)[0]
        later = (keys > last) | ((keys == last) & (ids < after))
        ids, rows, keys = ids[later], rows[later], keys[later]

    def predicted(some: Sequence[int]) -> dict[int, PredictedStars]:
        return predict_movies(model, folded_in, some)

    def as_shown(stars: Sequence[float]) -> list[int]:
        return page_order(stars).tolist()

    in_steps = None if ordering == "predicted" else as_shown
    n_fitted = int((rows >= 0).sum())
    return Ranking(_InOrder(ids, keys), predicted, in_steps, n_fitted, pinned.as_json())


def _newest_first(movie_ids: np.ndarray | QuerySet, excluded: np.ndarray) -> np.ndarray:
    """Without the excluded ones."""
    is_array = isinstance(movie_ids, np.ndarray)
    ids = movie_ids if is_array else np.sort(np.fromiter(movie_ids.iterator(), np.int64))
    left = np.ones(len(ids), bool)
    places = np.searchsorted(ids, excluded)
    within = places < len(ids)
    left[places[within][ids[places[within]] == excluded[within]]] = False
    return ids[left][::-1]


def _lowest_first(scores: np.ndarray, *, is_reversed: bool) -> np.ndarray:
    """Sort keys; movies that the run does not know come last in either direction."""
    return np.where(np.isneginf(scores), np.inf, scores if is_reversed else -scores)
