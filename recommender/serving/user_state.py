"""What the database holds of users right now: ratings, marks, onboarding answers, fitted factors.

Everything comes from one query, and so from one moment, however many users are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import BinaryField, Q, QuerySet, Value

from movies.models import Mark, Rating
from recommender.models import StartingAnswer, TrainingRun, UserFactors
from recommender.serving.onboarding_answers import OnboardingAnswers
from recommender.training.store import FittedUser

# The tables that a row of the union comes from.
FACTORS, RUN, RATING, MARK, ANSWER = range(5)


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
