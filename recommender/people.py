"""One person as the active run sees them at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.contrib.auth.models import AnonymousUser

from accounts.models import Boldness
from movies.models import Mark, Rating
from recommender import store
from recommender.core import BOLDNESS_STOPS, UserVector, fold_in
from recommender.serving import Model

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Evidence:
    """The ratings a person's vectors are solved from: rows of the run, not movie ids."""

    item_index: np.ndarray  # (n,) rows of the run
    stars: np.ndarray  # (n,) float32
    in_fit: np.ndarray | None = None  # (n,) bool: was in the fit
    user_implicit: np.ndarray | None = None  # (k,) this person's part in those movies' factors

    def arguments(self) -> dict[str, Any]:
        """For `fold_in` and `explain`, which take the same."""
        return vars(self)

    def with_rating(self, row: int, stars: float) -> Evidence:
        """The same with one rating given or changed."""
        rest = self.without(row)
        was_in_fit = self.in_fit is not None and bool(self.in_fit[self.item_index == row].any())
        return Evidence(
            np.append(rest.item_index, row),
            np.append(rest.stars, np.float32(stars)),
            None if rest.in_fit is None else np.append(rest.in_fit, was_in_fit),
            self.user_implicit,
        )

    def without(self, row: int) -> Evidence:
        """The same without one movie's rating."""
        keep = self.item_index != row
        return Evidence(
            self.item_index[keep],
            self.stars[keep],
            None if self.in_fit is None else self.in_fit[keep],
            self.user_implicit,
        )


@dataclass(frozen=True)
class Person:
    """One person as the model sees them now."""

    evidence: Evidence
    vector: UserVector
    rated: np.ndarray  # movie ids
    excluded: np.ndarray  # movie ids: rated, hidden or seen

    @property
    def is_known(self) -> bool:
        return len(self.rated) > 0


def person_of(model: Model, user: User, supposing: Mapping[int, float] | None = None) -> Person:
    """Solve `user` against the run's movie factors, from the ratings as they are now.

    supposing: stars by movie id, as if they had been given too, or instead of those given.
    """
    return people_of(model, [user.pk], supposing)[user.pk]


def people_of(
    model: Model, user_ids: Sequence[int], supposing: Mapping[int, float] | None = None
) -> dict[int, Person]:
    """Each of these people as of now, in as many queries as one of them takes."""
    supposed = {movie_id: 2 * stars for movie_id, stars in (supposing or {}).items()}
    rated: dict[int, dict[int, float]] = {user_id: {} for user_id in user_ids}
    ratings = Rating.objects.filter(user__in=user_ids)
    for user_id, movie_id, half_stars in ratings.values_list("user_id", "movie_id", "half_stars"):
        rated[user_id][movie_id] = half_stars
    fitted = store.load_users(model.run_id, user_ids)
    put_away: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
    marks = Mark.objects.excluding_from_lists().filter(user__in=user_ids)
    for user_id, movie_id in marks.values_list("user_id", "movie_id"):
        put_away[user_id].append(movie_id)
    return {
        pk: person_from(model, rated[pk] | supposed, fitted.get(pk), put_away[pk])
        for pk in user_ids
    }


def person_from(
    model: Model,
    rated: Mapping[int, float],
    fitted: store.FittedUser | None = None,
    put_away: Sequence[int] = (),
) -> Person:
    """Solve whoever gave these half-stars by movie id."""
    # In a fixed order, so that what is supposed and then saved gives the same to the last bit.
    ids = np.array(sorted(rated), np.int64)
    stars = np.array([rated[movie_id] for movie_id in ids.tolist()], np.float32) / 2
    evidence = _evidence(model, ids, stars, fitted)
    return Person(
        evidence=evidence,
        vector=fold_in(model.items, **evidence.arguments()),
        rated=ids,
        excluded=np.concatenate([ids, np.array(put_away, np.int64)]),
    )


def boldness_of(user: User) -> float:
    """The power v of the stop this person chose; see `core.boldness`."""
    return BOLDNESS_STOPS[user.boldness - Boldness.BEST_KNOWN]


def evidence_from(model: Model, user: User, movie_ids: np.ndarray, stars: np.ndarray) -> Evidence:
    """What the person's ratings, read already, say to this run."""
    return _evidence(model, movie_ids, stars, store.load_user(model.run_id, user.pk))


def _evidence(
    model: Model, movie_ids: np.ndarray, stars: np.ndarray, fitted: store.FittedUser | None
) -> Evidence:
    rows = model.rows(movie_ids)
    known = rows >= 0
    return Evidence(
        rows[known],
        stars[known],
        None if fitted is None else np.isin(movie_ids[known], fitted.movie_ids),
        None if fitted is None else fitted.implicit,
    )


def excluded_ids(user: User | AnonymousUser | None) -> np.ndarray:
    """Movies that no list may show this person: rated, hidden or seen.

    And those on the watchlist, for a person who wants that.
    """
    if user is None or not user.is_authenticated:
        return np.empty(0, np.int64)
    return excluded_ids_of([user.pk])


def excluded_ids_of(user_ids: Sequence[int]) -> np.ndarray:
    """Movies that any of these people rated, hid or has seen."""
    rated = Rating.objects.filter(user__in=user_ids).values_list("movie_id", flat=True)
    marked = Mark.objects.excluding_from_lists().filter(user__in=user_ids)
    put_away = marked.values_list("movie_id", flat=True)
    return np.concatenate([np.fromiter(ids, np.int64) for ids in (rated, put_away)])
