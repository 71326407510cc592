"""One person as the active run sees them at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from django.contrib.auth.models import AnonymousUser

from accounts.models import Boldness
from recommender.core import BOLDNESS_STOPS, UserVector, fold_in
from recommender.core.onboarding.prior_from_answers import still_counts, with_start
from recommender.serving.model_cache import Model, current_model, model_of_run, once_per_request
from recommender.serving.movie_groups import groups_of_run
from recommender.serving.onboarding_answers import OnboardingAnswers
from recommender.serving.user_state import UserState, read_user_states
from recommender.training import store
from recommender.training.store import FittedUser

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class UserRatings:
    """The ratings a person's vectors are solved from: rows of the run, not movie ids."""

    item_index: np.ndarray  # (n,) rows of the run
    stars: np.ndarray  # (n,) float32
    in_fit: np.ndarray | None = None  # (n,) bool: was in the fit
    user_implicit: np.ndarray | None = None  # (k,) this person's part in those movies' factors

    def arguments(self) -> dict[str, Any]:
        """For `fold_in` and `explain`, which take the same."""
        return vars(self)


@dataclass(frozen=True)
class FoldedInUser:
    """One person as the model sees them now."""

    user_ratings: UserRatings
    vector: UserVector
    rated: np.ndarray  # movie ids
    excluded: np.ndarray  # movie ids: rated, hidden or seen
    answers: OnboardingAnswers = field(default_factory=OnboardingAnswers)  # on the start page
    # What others keep for as long as this is asked.
    beside: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_known(self) -> bool:
        return len(self.rated) > 0 or self.answers.has_preferences


def fold_in_user(
    model: Model, user: User, what_if_ratings: Mapping[int, float] | None = None
) -> FoldedInUser:
    """Solve `user` against the run's movie factors, from the ratings as they are now.

    supposing: stars by movie id, as if they had been given too, or instead of those given.
    """
    return fold_in_users(model, [user.pk], what_if_ratings)[user.pk]


def fold_in_users(
    model: Model, user_ids: Sequence[int], what_if_ratings: Mapping[int, float] | None = None
) -> dict[int, FoldedInUser]:
    """Each of these people as of now, in one query however many they are."""
    found = read_user_states(user_ids, model.run_id).by_user_id
    return {pk: _fold_in_state(model, found[pk], what_if_ratings) for pk in user_ids}


def _fold_in_state(
    model: Model, user_state: UserState, what_if_ratings: Mapping[int, float] | None
) -> FoldedInUser:
    supposed = {movie_id: 2 * stars for movie_id, stars in (what_if_ratings or {}).items()}
    rated = user_state.ratings | supposed
    return fold_in_ratings(
        model, rated, user_state.fitted, user_state.excluded_by_marks, user_state.answers
    )


def fold_in_ratings(
    model: Model,
    rated: Mapping[int, float],
    fitted: FittedUser | None = None,
    excluded_by_marks: Sequence[int] = (),
    answers: OnboardingAnswers | None = None,
) -> FoldedInUser:
    """Solve whoever gave these half-stars by movie id."""
    # In a fixed order, so that what is supposed and then saved gives the same to the last bit.
    ids = np.array(sorted(rated), np.int64)
    stars = np.array([rated[movie_id] for movie_id in ids.tolist()], np.float32) / 2
    user_ratings, answers = (
        _user_ratings_in_run(model, ids, stars, fitted),
        answers or OnboardingAnswers(),
    )
    return FoldedInUser(
        user_ratings=user_ratings,
        vector=_vector(model, user_ratings, answers),
        rated=ids,
        excluded=np.concatenate([ids, np.array(excluded_by_marks, np.int64)]),
        answers=answers,
    )


def _vector(model: Model, user_ratings: UserRatings, answers: OnboardingAnswers) -> UserVector:
    """From the ratings; while they are few, what the person said at the start moves the list."""
    vector = fold_in(model.items, **user_ratings.arguments())
    if not answers.has_preferences or not still_counts(model.items, len(user_ratings.stars)):
        return vector
    start = groups_of_run(model).start_of(answers)
    return with_start(model.items, vector, user_ratings.item_index, user_ratings.stars, start)


def chosen_boldness(user: User) -> float:
    """The power v of the stop this person chose; see `core.boldness`."""
    return BOLDNESS_STOPS[user.boldness - Boldness.BEST_KNOWN]


def user_ratings_in_run(
    model: Model, user: User, movie_ids: np.ndarray, stars: np.ndarray
) -> UserRatings:
    """What the person's ratings, read already, say to this run."""
    return _user_ratings_in_run(model, movie_ids, stars, store.load_user(model.run_id, user.pk))


def _user_ratings_in_run(
    model: Model, movie_ids: np.ndarray, stars: np.ndarray, fitted: FittedUser | None
) -> UserRatings:
    rows = model.rows(movie_ids)
    known = rows >= 0
    return UserRatings(
        rows[known],
        stars[known],
        None if fitted is None else np.isin(movie_ids[known], fitted.movie_ids),
        None if fitted is None else fitted.implicit,
    )


def model_and_user_state(user: User) -> tuple[Model | None, UserState]:
    """The arrays to answer this person from, and what is known of them: one query."""
    return once_per_request(("user_state", user.pk), lambda: _model_and_user_state(user))


def _model_and_user_state(user: User) -> tuple[Model | None, UserState]:
    found = read_user_states([user.pk])
    model = model_of_run(found.active_run_id)
    if model is not None and model.run_id != found.active_run_id:
        # Still the run before: what that fit knew of the person goes with its arrays.
        found = read_user_states([user.pk], model.run_id)
    return model, found.by_user_id[user.pk]


def model_and_user(
    user: User, what_if_ratings: Mapping[int, float] | None = None
) -> tuple[Model | None, FoldedInUser | None]:
    """The same, folded in; None for both without a model. `what_if_ratings` as `fold_in_user`."""
    if what_if_ratings:
        return _model_and_user(user, what_if_ratings)
    return once_per_request(("folded_in", user.pk), lambda: _model_and_user(user, None))


def _model_and_user(
    user: User, what_if_ratings: Mapping[int, float] | None
) -> tuple[Model | None, FoldedInUser | None]:
    model, user_state = model_and_user_state(user)
    if model is None:
        return None, None
    return model, _fold_in_state(model, user_state, what_if_ratings)


def model_and_excluded_ids(user: User | AnonymousUser | None) -> tuple[Model | None, np.ndarray]:
    """The arrays, and the movies that no list may show this person; see `Record.excluded`."""
    if user is None or not user.is_authenticated:
        return current_model(), np.empty(0, np.int64)
    model, user_state = model_and_user_state(user)
    return model, user_state.excluded


def excluded_movie_ids(user_ids: Sequence[int]) -> np.ndarray:
    """Movies that any of these people rated, hid or has seen."""
    found = read_user_states(user_ids).by_user_id.values()
    return np.concatenate([np.empty(0, np.int64), *(user_state.excluded for user_state in found)])
