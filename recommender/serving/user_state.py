"""What the database holds of users right now: ratings, marks, onboarding answers, fitted factors.

Everything comes from one query, and so from one moment, however many users are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import BinaryField, Q, QuerySet, Value

from movies.models import Mark, Rating
from recommender.models import StartingAnswer, TrainingRun, UserFactors
from recommender.store import FittedUser

if TYPE_CHECKING:
    from accounts.models import User

Kind = StartingAnswer.Kind
# The tables that a row of the union comes from.
FACTORS, RUN, RATING, MARK, ANSWER = range(5)


@dataclass(frozen=True)
class OnboardingAnswers:
    """Movie ids, by what the user answered during onboarding."""

    picked: tuple[int, ...] = ()  # the movies that were shown for the picked groups
    favourites: tuple[int, ...] = ()
    unseen: tuple[int, ...] = ()

    @property
    def has_preferences(self) -> bool:
        return bool(self.picked or self.favourites)

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[int, str]]) -> OnboardingAnswers:
        """From (movie id, kind) rows; rows of other kinds are ignored."""
        by_kind: dict[str, list[int]] = {kind: [] for kind in Kind.values}
        for movie_id, kind in rows:
            if kind in by_kind:
                by_kind[kind].append(movie_id)
        kinds = (Kind.GROUP, Kind.FAVOURITE, Kind.UNSEEN)
        return cls(*(tuple(sorted(by_kind[kind])) for kind in kinds))


def onboarding_answers_of(user: User) -> OnboardingAnswers:
    return OnboardingAnswers.from_rows(
        StartingAnswer.objects.of(user).values_list("movie_id", "kind")
    )


@dataclass
class UserState:
    """What the database holds of one user."""

    ratings: dict[int, int] = field(default_factory=dict)  # half-stars by movie id
    excluded_by_marks: list[int] = field(default_factory=list)  # movie ids
    fitted: FittedUser | None = None  # None if the user was not in the fit
    answer_rows: list[tuple[int, str]] = field(default_factory=list)  # (movie id, kind)

    @property
    def answers(self) -> OnboardingAnswers:
        return OnboardingAnswers.from_rows(self.answer_rows)

    @property
    def excluded(self) -> np.ndarray:
        """Ids of the movies that no list may show: rated, hidden or watched."""
        return np.array([*self.ratings, *self.excluded_by_marks], np.int64)


@dataclass(frozen=True)
class UserStates:
    active_run_id: int | None
    by_user_id: dict[int, UserState]  # has every user that was asked for


def read_user_states(user_ids: Sequence[int], run_id: int | None = None) -> UserStates:
    """One query. `fitted` comes from the run `run_id`, by default from the active one."""
    active_run_id, states = None, {user_id: UserState() for user_id in user_ids}
    for table, user_id, row_id, half_stars, kind, implicit, movies in _rows(user_ids, run_id):
        if table == RUN:
            active_run_id = row_id
        elif table == RATING:
            states[user_id].ratings[row_id] = half_stars
        elif table == MARK:
            states[user_id].excluded_by_marks.append(row_id)
        elif table == ANSWER:
            states[user_id].answer_rows.append((row_id, kind))
        else:
            states[user_id].fitted = FittedUser.of_row(implicit, movies)
    return UserStates(active_run_id, states)


def _rows(user_ids: Sequence[int], run_id: int | None) -> Iterable[tuple]:
    users = Q(user__in=user_ids)
    run = Q(run=run_id) if run_id else Q(run__is_active=True)
    none = Value(None, BinaryField())
    # PostgreSQL takes the columns' types from the first table.
    factors = UserFactors.objects.filter(users, run).values_list(
        Value(FACTORS), "user_id", "run_id", Value(0), Value(""), "implicit", "fitted_movies"
    )
    active = TrainingRun.objects.filter(is_active=True).values_list(
        Value(RUN), Value(0), "pk", Value(0), Value(""), none, none
    )
    ratings = Rating.objects.filter(users).values_list(
        Value(RATING), "user_id", "movie_id", "half_stars", Value(""), none, none
    )
    marks = (
        Mark.objects.filter(users)
        .excluding_from_lists()
        .values_list(Value(MARK), "user_id", "movie_id", Value(0), Value(""), none, none)
    )
    answers = StartingAnswer.objects.filter(users).values_list(
        Value(ANSWER), "user_id", "movie_id", Value(0), "kind", none, none
    )
    others: tuple[QuerySet, ...] = (active, ratings, marks, answers)
    return factors.union(*(rows.order_by() for rows in others), all=True)
