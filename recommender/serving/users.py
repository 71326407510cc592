"""Users folded in to the active run.

A user's vectors are solved against the run's movie factors from the ratings of this moment, so a
rating counts from the next request on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from accounts.models import Boldness
from recommender.core import ItemFactors, UserRatings, UserVector, fold_in
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.explain.intervals import UserUncertainty
from recommender.core.explain.leave_one_out import own_predictions_without_each
from recommender.core.onboarding.prior_from_answers import prior_still_counts, with_prior
from recommender.serving.model_cache import Model, current_model, model_of, once_per_request
from recommender.serving.movie_groups import groups_of_run
from recommender.serving.user_state import (
    OnboardingAnswers,
    RecentUsers,
    UserState,
    read_user_state,
    read_user_states,
)
from recommender.store import FittedUser

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class FoldedInUser:
    """A user, or a visitor without an account, folded in to one run."""

    items: ItemFactors = field(repr=False, compare=False)  # of the run
    user_ratings: UserRatings  # by row of the run instead of movie id
    vector: UserVector
    rated: np.ndarray  # movie ids
    excluded: np.ndarray  # movie ids: rated, hidden or watched
    answers: OnboardingAnswers = field(default_factory=OnboardingAnswers)

    @property
    def is_known(self) -> bool:
        """Is there a rating or an onboarding answer to make a personal list from?"""
        return len(self.rated) > 0 or self.answers.has_preferences

    @cached_property
    def doubt(self) -> UserUncertainty:
        """How far off the solution may be; for the intervals around predicted stars."""
        return UserUncertainty.of_ratings(self.items, self.user_ratings)

    @cached_property
    def own_left_out(self) -> np.ndarray:
        """(n,) the stars of each rated movie, predicted from all other ratings; not clipped."""
        return own_predictions_without_each(self.items, self.user_ratings)


def fold_in_user(model: Model, user: User) -> FoldedInUser:
    return fold_in_users(model, [user.pk])[user.pk]


def fold_in_users(model: Model, user_ids: Sequence[int]) -> dict[int, FoldedInUser]:
    """Users by id. One query, however many they are."""
    states = read_user_states(user_ids, model.run_id).by_user_id
    return {user_id: _fold_in_state(model, states[user_id]) for user_id in user_ids}


def _fold_in_state(
    model: Model, state: UserState, what_if_ratings: Mapping[int, float] | None = None
) -> FoldedInUser:
    what_if = {movie_id: 2 * stars for movie_id, stars in (what_if_ratings or {}).items()}
    # A rating given now; one that is changed keeps its time.
    rated_at = dict.fromkeys(what_if, int(time.time())) | state.rated_at
    return fold_in_ratings(
        model,
        state.ratings | what_if,
        rated_at,
        state.fitted,
        state.excluded_by_marks,
        state.answers,
    )


def _fold_in_once(model: Model, user_id: int, state: UserState) -> FoldedInUser:
    """As `_fold_in_state`; the solution before, if the database still says the same of the user.

    Who reads on has mostly said nothing new.
    """
    recent: RecentUsers[FoldedInUser] = model.derived.setdefault("users seen last", RecentUsers())
    before = recent.get(user_id)
    if before and before[0] == state and _is_fitted(before[0]) == _is_fitted(state):
        return before[1]
    folded_in = _fold_in_state(model, state)
    recent.keep(user_id, state, folded_in)
    return folded_in


def _is_fitted(state: UserState) -> bool:
    return state.fitted is not None


def fold_in_ratings(
    model: Model,
    half_stars: Mapping[int, float],
    rated_at: Mapping[int, int] | None = None,
    fitted: FittedUser | None = None,
    excluded_by_marks: Sequence[int] = (),
    answers: OnboardingAnswers | None = None,
) -> FoldedInUser:
    """Fold in whoever gave these ratings: half-stars by movie id.

    rated_at: seconds by movie id; None for ratings in the order they were given, oldest first.
    """
    if rated_at is None:
        rated_at = {movie_id: 60 * place for place, movie_id in enumerate(half_stars)}
    # In a fixed order, so that a what-if rating and the same rating saved give equal floats.
    ids = np.array(sorted(half_stars), np.int64)
    stars = np.array([half_stars[movie_id] for movie_id in ids.tolist()], np.float32) / 2
    times = np.array([rated_at[movie_id] for movie_id in ids.tolist()], np.float64)
    user_ratings = _by_row(model, ids, stars, times, fitted)
    answers = answers or OnboardingAnswers()
    vector = _vector(model, user_ratings, answers)
    return FoldedInUser(
        items=model.items,
        user_ratings=replace(user_ratings, solution=vector.solution),
        vector=vector,
        rated=ids,
        excluded=np.concatenate([ids, np.array(excluded_by_marks, np.int64)]),
        answers=answers,
    )


def _vector(model: Model, user_ratings: UserRatings, answers: OnboardingAnswers) -> UserVector:
    """From the ratings and, while they are few, the onboarding answers."""
    vector = fold_in(model.items, **user_ratings.arguments())
    if not answers.has_preferences or not prior_still_counts(model.items, len(user_ratings.stars)):
        return vector
    start, given = groups_of_run(model).start_of(answers), user_ratings
    return with_prior(model.items, vector, given.item_index, given.stars, start, given.times)


def _by_row(
    model: Model,
    movie_ids: np.ndarray,
    stars: np.ndarray,
    times: np.ndarray,
    fitted: FittedUser | None,
) -> UserRatings:
    rows = model.rows(movie_ids)
    known = rows >= 0
    return UserRatings(
        rows[known],
        stars[known],
        None if fitted is None else model.in_fit(movie_ids[known].tolist(), fitted),
        None if fitted is None else fitted.implicit,
        times[known],
    )


def chosen_boldness(user: User) -> float:
    """The exponent for the user's "well known ... off the beaten track" setting.

    See `core.boldness`.
    """
    return boldness_of(user.boldness)


def boldness_of(stop: int) -> float:
    """The exponent for a stop of that setting, from -2 to 2."""
    return BOLDNESS_STOPS[stop - Boldness.BEST_KNOWN]


def model_and_user(
    user: User, what_if_ratings: Mapping[int, float] | None = None
) -> tuple[Model | None, FoldedInUser | None]:
    """The active run's arrays, and the user folded in to them; None for both without a model.

    what_if_ratings: stars by movie id, to be added to the user's ratings or to replace them.
    """
    model, state = model_and_user_state(user)
    if model is None:
        return None, None
    if what_if_ratings:
        return model, _fold_in_state(model, state, what_if_ratings)
    return model, fold_in_read_user(user, model, state)


def fold_in_read_user(user: User, model: Model, state: UserState) -> FoldedInUser:
    """The user, from what `model_and_user_state` has just read."""
    return once_per_request(("folded in", user.pk), lambda: _fold_in_once(model, user.pk, state))


def model_and_user_state(user: User) -> tuple[Model | None, UserState]:
    """The active run's arrays, and what the database holds of the user. One query."""
    return once_per_request(("state", user.pk), lambda: _model_and_user_state(user))


def _model_and_user_state(user: User) -> tuple[Model | None, UserState]:
    states = read_user_state(user.pk)
    model = model_of(states.active)
    if model is not None and states.active and model.run_id != states.active.run_id:
        # The arrays are still those of the run before, so the user's factors must be, too.
        states = read_user_states([user.pk], model.run_id)
    return model, states.by_user_id[user.pk]


def model_and_excluded_ids(user: User | AnonymousUser | None) -> tuple[Model | None, np.ndarray]:
    """The active run's arrays, and ids of the movies that no list may show this user."""
    if user is None or not user.is_authenticated:
        return current_model(), np.empty(0, np.int64)
    model, state = model_and_user_state(user)
    return model, state.excluded


def excluded_movie_ids(user_ids: Sequence[int]) -> np.ndarray:
    """Ids of the movies that any of these users has rated, hidden or watched."""
    states = read_user_states(user_ids).by_user_id.values()
    return np.concatenate([np.empty(0, np.int64), *(state.excluded for state in states)])
