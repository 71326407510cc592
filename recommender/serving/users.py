"""One person as the active run sees them at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from django.contrib.auth.models import AnonymousUser

from accounts.models import Boldness
from recommender.core import UserVector, fold_in
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.onboarding.prior_from_answers import prior_still_counts, with_prior
from recommender.onboarding.answers import OnboardingAnswers
from recommender.onboarding.movie_groups import grouping_of
from recommender.serving import user_state
from recommender.serving.model_cache import Model, asked_once, current_model, model_of
from recommender.serving.user_state import UserState
from recommender.solved import SolvedPeople
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

    evidence: UserRatings
    vector: UserVector
    rated: np.ndarray  # movie ids
    excluded: np.ndarray  # movie ids: rated, hidden or seen
    said: OnboardingAnswers = field(default_factory=OnboardingAnswers)  # on the start page
    # What others keep for as long as this is asked.
    beside: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_known(self) -> bool:
        return len(self.rated) > 0 or self.said.moves_the_list


def person_of(
    model: Model, user: User, supposing: Mapping[int, float] | None = None
) -> FoldedInUser:
    """Solve `user` against the run's movie factors, from the ratings as they are now.

    supposing: stars by movie id, as if they had been given too, or instead of those given.
    """
    return people_of(model, [user.pk], supposing)[user.pk]


def people_of(
    model: Model, user_ids: Sequence[int], supposing: Mapping[int, float] | None = None
) -> dict[int, FoldedInUser]:
    """Each of these people as of now, in one query however many they are."""
    found = user_state.read(user_ids, model.run_id).of
    return {pk: _person(model, found[pk], supposing) for pk in user_ids}


def _person(model: Model, record: UserState, supposing: Mapping[int, float] | None) -> FoldedInUser:
    supposed = {movie_id: 2 * stars for movie_id, stars in (supposing or {}).items()}
    rated = record.ratings | supposed
    return person_from(model, rated, record.fitted, record.put_away, record.said)


def person_from(
    model: Model,
    rated: Mapping[int, float],
    fitted: FittedUser | None = None,
    put_away: Sequence[int] = (),
    said: OnboardingAnswers | None = None,
) -> FoldedInUser:
    """Solve whoever gave these half-stars by movie id."""
    # In a fixed order, so that what is supposed and then saved gives the same to the last bit.
    ids = np.array(sorted(rated), np.int64)
    stars = np.array([rated[movie_id] for movie_id in ids.tolist()], np.float32) / 2
    evidence, said = _evidence(model, ids, stars, fitted), said or OnboardingAnswers()
    return FoldedInUser(
        evidence=evidence,
        vector=_vector(model, evidence, said),
        rated=ids,
        excluded=np.concatenate([ids, np.array(put_away, np.int64)]),
        said=said,
    )


def _vector(model: Model, evidence: UserRatings, said: OnboardingAnswers) -> UserVector:
    """From the ratings; while they are few, what the person said at the start moves the list."""
    vector = fold_in(model.items, **evidence.arguments())
    if not said.moves_the_list or not prior_still_counts(model.items, len(evidence.stars)):
        return vector
    start = grouping_of(model).start_of(said)
    return with_prior(model.items, vector, evidence.item_index, evidence.stars, start)


def boldness_of(user: User) -> float:
    """The power v of the stop this person chose; see `core.boldness`."""
    return BOLDNESS_STOPS[user.boldness - Boldness.BEST_KNOWN]


def evidence_from(
    model: Model, user: User, movie_ids: np.ndarray, stars: np.ndarray
) -> UserRatings:
    """What the person's ratings, read already, say to this run."""
    return _evidence(model, movie_ids, stars, store.load_user(model.run_id, user.pk))


def _evidence(
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


def model_and_record(user: User) -> tuple[Model | None, UserState]:
    """The arrays to answer this person from, and what is known of them: one query."""
    return asked_once(("record", user.pk), lambda: _model_and_record(user))


def _model_and_record(user: User) -> tuple[Model | None, UserState]:
    found = user_state.read([user.pk])
    model = model_of(found.active_run_id)
    if model is not None and model.run_id != found.active_run_id:
        # Still the run before: what that fit knew of the person goes with its arrays.
        found = user_state.read([user.pk], model.run_id)
    return model, found.of[user.pk]


def model_and_person(
    user: User, supposing: Mapping[int, float] | None = None
) -> tuple[Model | None, FoldedInUser | None]:
    """The same, solved; None for both when the site has no model. `supposing` as `person_of`."""
    if supposing:
        return _model_and_person(user, supposing)
    return asked_once(("person", user.pk), lambda: _model_and_person(user, None))


def _model_and_person(
    user: User, supposing: Mapping[int, float] | None
) -> tuple[Model | None, FoldedInUser | None]:
    model, record = model_and_record(user)
    if model is None:
        return None, None
    if supposing:
        return model, _person(model, record, supposing)
    solve = partial(_person, model, supposing=None)
    return model, SolvedPeople.of(model).solve(user.pk, record, solve)


def model_and_excluded(user: User | AnonymousUser | None) -> tuple[Model | None, np.ndarray]:
    """The arrays, and the movies that no list may show this person; see `Record.excluded`."""
    if user is None or not user.is_authenticated:
        return current_model(), np.empty(0, np.int64)
    model, record = model_and_record(user)
    return model, record.excluded


def excluded_ids_of(user_ids: Sequence[int]) -> np.ndarray:
    """Movies that any of these people rated, hid or has seen."""
    found = user_state.read(user_ids).of.values()
    return np.concatenate([np.empty(0, np.int64), *(record.excluded for record in found)])
