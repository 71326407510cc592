"""What the database holds of users right now: ratings, marks, onboarding answers, fitted factors.

Everything comes from one query, and so from one moment, however many users are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from django.db import connection

from accounts.models import User
from movies.models import Mark, MovieMerge, Rating, Viewing
from recommender.models import StartingAnswer, TrainingRun, UserFactors
from recommender.serving.model_cache import ModelVersion
from recommender.store import FittedUser

Kind = StartingAnswer.Kind
# The tables that a row of the union comes from.
FACTORS, RUN, RATING, MARK, ANSWER = range(5)

# Written in SQL because every page runs it: Django takes longer to compose this union than the
# database takes to answer it (docs/decisions.md). PostgreSQL takes the columns' types from the
# first table. In the place of the half-stars, a mark says whether it keeps the movie out of lists,
# as in `Mark.objects.excluding_from_lists()`; a viewing is a mark without a kind.
_HIDING_KINDS = ", ".join(f"'{kind}'" for kind in Mark.HIDING_KINDS)
_UNION = f"""
    SELECT {FACTORS}, user_id, run_id, 0, 0, '', implicit, fitted_movies
    FROM {UserFactors._meta.db_table} WHERE run_id = {{run}} AND user_id IN ({{users}})
    UNION ALL
    SELECT {RUN}, 0, id, (SELECT max(change) FROM {MovieMerge._meta.db_table}), 0, '', NULL, NULL
    FROM {TrainingRun._meta.db_table} WHERE is_active
    UNION ALL
    SELECT {RATING}, user_id, movie_id, half_stars, {{second}}, '', NULL, NULL
    FROM {Rating._meta.db_table} WHERE user_id IN ({{users}})
    UNION ALL
    SELECT {MARK}, mark.user_id, mark.movie_id, CASE
        WHEN mark.kind IN ({_HIDING_KINDS}) THEN 1
        WHEN mark.kind = '{Mark.Kind.WATCHLIST}' AND NOT owner.watchlist_in_lists THEN 1
        ELSE 0
    END, 0, mark.kind, NULL, NULL
    FROM {Mark._meta.db_table} mark JOIN {User._meta.db_table} owner ON owner.id = mark.user_id
    WHERE mark.user_id IN ({{users}})
    UNION ALL
    SELECT {MARK}, user_id, movie_id, 1, 0, '', NULL, NULL
    FROM {Viewing._meta.db_table} WHERE user_id IN ({{users}})
    UNION ALL
    SELECT {ANSWER}, user_id, movie_id, 0, 0, kind, NULL, NULL
    FROM {StartingAnswer._meta.db_table} WHERE user_id IN ({{users}})
"""  # noqa: S608
# Whole seconds since 1970, as the fit has them.
_SECOND = {
    "postgresql": "floor(extract(epoch FROM rated_at))::bigint",
    "sqlite": "CAST(strftime('%%s', rated_at) AS integer)",
}
_ACTIVE_RUN = f"(SELECT id FROM {TrainingRun._meta.db_table} WHERE is_active)"  # noqa: S608


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
    rated_at: dict[int, int] = field(default_factory=dict)  # seconds by movie id
    excluded_by_marks: list[int] = field(default_factory=list)  # movie ids; viewings too
    marks: dict[int, list[str]] = field(default_factory=dict)  # kinds by movie id
    # None if the user was not in the fit. Not compared, because a run's rows never change.
    fitted: FittedUser | None = field(default=None, compare=False)
    answer_rows: list[tuple[int, str]] = field(default_factory=list)  # (movie id, kind)

    @property
    def answers(self) -> OnboardingAnswers:
        return OnboardingAnswers.from_rows(self.answer_rows)

    @property
    def watchlist(self) -> list[int]:
        """Movie ids."""
        return [pk for pk, kinds in self.marks.items() if Mark.Kind.WATCHLIST in kinds]

    @property
    def excluded(self) -> np.ndarray:
        """Ids of the movies that no list may show: rated, hidden or watched."""
        return np.array([*self.ratings, *self.excluded_by_marks], np.int64)


@dataclass(frozen=True)
class UserStates:
    active: ModelVersion | None
    by_user_id: dict[int, UserState]  # has every user that was asked for


def read_user_states(user_ids: Sequence[int], run_id: int | None = None) -> UserStates:
    """One query. `fitted` comes from the run `run_id`, by default from the active one."""
    active, states = None, {user_id: UserState() for user_id in user_ids}
    for table, user_id, row_id, half_stars, second, kind, *fitted in _rows(user_ids, run_id):
        if table == RUN:
            active = ModelVersion(row_id, half_stars or 0)
        elif table == RATING:
            states[user_id].ratings[row_id] = half_stars
            states[user_id].rated_at[row_id] = second
        elif table == MARK:
            if half_stars:
                states[user_id].excluded_by_marks.append(row_id)
            if kind:
                states[user_id].marks.setdefault(row_id, []).append(kind)
        elif table == ANSWER:
            states[user_id].answer_rows.append((row_id, kind))
        else:
            states[user_id].fitted = FittedUser.of_row(*fitted)
    return UserStates(active, states)


def _rows(user_ids: Sequence[int], run_id: int | None) -> list[tuple]:
    run = [run_id] if run_id else []
    with connection.cursor() as cursor:
        cursor.execute(_sql(bool(run), len(user_ids)), [*run, *(5 * list(user_ids))])
        return cursor.fetchall()


@lru_cache(maxsize=16)
def _sql(names_run: bool, n_users: int) -> str:
    users = ", ".join(["%s"] * n_users) or "NULL"  # SQL has no empty list
    run, second = "%s" if names_run else _ACTIVE_RUN, _SECOND[connection.vendor]
    return _UNION.format(run=run, users=users, second=second)
