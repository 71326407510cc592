"""What the database holds of people as it is now, of any number of them in one query.

Most of the time of a list goes into questions to the database. A person's ratings and marks, what
they said at the start, what the fit knew of them, and which run is active come in one answer, and
so from one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from django.db import connection

from accounts.models import User
from movies.models import Mark, Rating
from recommender.models import StartingAnswer, TrainingRun, UserFactors
from recommender.serving.onboarding_answers import OnboardingAnswers
from recommender.training import store

RUN, FIT, RATING, MARK, ANSWER = range(5)

# What was said of a movie at the start travels as a number, in the column of the half-stars.
_KINDS = tuple(StartingAnswer.Kind.values)
_KIND = " ".join(f"WHEN '{kind}' THEN {number}" for number, kind in enumerate(_KINDS))
_PUT_AWAY = ", ".join(f"'{kind}'" for kind in Mark.PUT_AWAY)
_WATCHLIST = Mark.Kind.WATCHLIST
# The marks are those of `Mark.objects.excluding_from_lists()`.
# What the fit knew comes first, because it says of which types the columns are.
_UNION = f"""
    SELECT {FIT} AS part, user_id, run_id AS id, 0 AS half_stars,
        implicit, fitted_movies
    FROM {UserFactors._meta.db_table} WHERE run_id = {{run}} AND user_id IN ({{people}})
    UNION ALL
    SELECT {RUN}, 0, id, 0, NULL, NULL
    FROM {TrainingRun._meta.db_table} WHERE is_active
    UNION ALL
    SELECT {RATING}, user_id, movie_id, half_stars, NULL, NULL
    FROM {Rating._meta.db_table} WHERE user_id IN ({{people}})
    UNION ALL
    SELECT {MARK}, mark.user_id, mark.movie_id, 0, NULL, NULL
    FROM {Mark._meta.db_table} mark JOIN {User._meta.db_table} person ON person.id = mark.user_id
    WHERE mark.user_id IN ({{people}}) AND (
        mark.kind IN ({_PUT_AWAY}) OR NOT person.watchlist_in_lists AND mark.kind = '{_WATCHLIST}'
    )
    UNION ALL
    SELECT {ANSWER}, user_id, movie_id, CASE kind {_KIND} END, NULL, NULL
    FROM {StartingAnswer._meta.db_table} WHERE user_id IN ({{people}})
"""  # noqa: S608
_ACTIVE = f"(SELECT id FROM {TrainingRun._meta.db_table} WHERE is_active)"  # noqa: S608


@dataclass
class UserState:
    """One person's part."""

    ratings: dict[int, int] = field(default_factory=dict)  # half-stars by movie id
    excluded_by_marks: list[int] = field(default_factory=list)  # ids of movies, by marks
    fitted: store.FittedUser | None = None  # None for one who was not in the fit
    answer_rows: list[tuple[int, str]] = field(
        default_factory=list
    )  # (movie id, kind), at the start

    @property
    def answers(self) -> OnboardingAnswers:
        return OnboardingAnswers.from_rows(self.answer_rows)

    @property
    def excluded(self) -> np.ndarray:
        """Ids of the movies that no list may bring back: rated or put away."""
        return np.array([*self.ratings, *self.excluded_by_marks], np.int64)


@dataclass(frozen=True)
class UserStates:
    active_run_id: int | None
    by_user_id: dict[int, UserState]  # by user id; everybody who was asked for is there


def read_user_states(user_ids: Sequence[int], run_id: int | None = None) -> UserStates:
    """One query. `fitted` is of the run `run_id`, of the active one when none is named."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(bool(run_id), len(user_ids)),
            [*([run_id] if run_id else []), *(4 * list(user_ids))],
        )
        return _by_user(user_ids, cursor.fetchall())


@lru_cache(maxsize=16)
def _sql(names_run: bool, n_people: int) -> str:
    people = ", ".join(["%s"] * n_people) or "NULL"  # a list of nobody is no SQL
    return _UNION.format(run="%s" if names_run else _ACTIVE, people=people)


def _by_user(user_ids: Sequence[int], rows: Iterable[tuple]) -> UserStates:
    active, states = None, {user_id: UserState() for user_id in user_ids}
    for part, user_id, number, half_stars, implicit, movies in rows:
        if part == RATING:
            states[user_id].ratings[number] = half_stars
        elif part == MARK:
            states[user_id].excluded_by_marks.append(number)
        elif part == ANSWER:
            states[user_id].answer_rows.append((number, _KINDS[half_stars]))
        elif part == FIT:
            states[user_id].fitted = store.FittedUser.of_row(implicit, movies)
        else:
            active = number
    return UserStates(active, states)
