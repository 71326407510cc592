"""What the database holds of users right now: ratings, marks, onboarding answers, fitted factors.

Everything comes from one query, and so from one moment, however many users are asked for. Each
process keeps what it read of the users it saw last, together with the number of their change
counter, and asks again "unless the number is still this": thousands of ratings are not read for
every page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from django.db import connection

from accounts.models import User
from movies.models import ChangeCounter, Mark, MovieMerge, Rating, Viewing
from recommender.models import StartingAnswer, TrainingRun, UserFactors
from recommender.serving.model_cache import ModelVersion
from recommender.store import FittedUser

Kind = StartingAnswer.Kind
# The tables that a row of the union comes from.
FACTORS, RUN, RATING, MARK, ANSWER, COUNTER = range(6)

# A process keeps what it knows of the users it saw last, of so many ratings together. With the
# solution of 64 factors (users.py) a rating takes 1 kB, so this is 20 MB at most.
MOST_RATINGS_KEPT = 20_000
# What is kept of every user, however few the ratings.
LEAST_RATINGS_KEPT = 64

# Written in SQL because every page runs it: Django takes longer to compose this union than the
# database takes to answer it (docs/decisions.md). PostgreSQL takes the columns' types from the
# first table. In the place of the half-stars, a mark says whether it keeps the movie out of lists,
# as in `Mark.objects.excluding_from_lists()`; a viewing is a mark without a kind. Answers are in no
# change counter, but there are few of them.
_HIDING_KINDS = ", ".join(f"'{kind}'" for kind in Mark.HIDING_KINDS)
_UNION = f"""
    WITH kept AS (
        SELECT 1 FROM {ChangeCounter._meta.db_table} counter
        JOIN {User._meta.db_table} owner ON owner.id = counter.user_id
        JOIN {TrainingRun._meta.db_table} run ON run.is_active
        WHERE counter.user_id = %s AND counter.number = %s
            AND owner.watchlist_in_lists = %s AND run.id = %s
    )
    SELECT {FACTORS}, user_id, run_id, 0, 0, '', implicit, fitted_movies
    FROM {UserFactors._meta.db_table} WHERE run_id = {{run}} AND user_id IN ({{users}})
        AND NOT EXISTS (SELECT 1 FROM kept)
    UNION ALL
    SELECT {RUN}, 0, id, (SELECT max(change) FROM {MovieMerge._meta.db_table}), 0, '', NULL, NULL
    FROM {TrainingRun._meta.db_table} WHERE is_active
    UNION ALL
    SELECT {RATING}, user_id, movie_id, half_stars, {{second}}, '', NULL, NULL
    FROM {Rating._meta.db_table} WHERE user_id IN ({{users}}) AND NOT EXISTS (SELECT 1 FROM kept)
    UNION ALL
    SELECT {MARK}, mark.user_id, mark.movie_id, CASE
        WHEN mark.kind IN ({_HIDING_KINDS}) THEN 1
        WHEN mark.kind = '{Mark.Kind.WATCHLIST}' AND NOT owner.watchlist_in_lists THEN 1
        ELSE 0
    END, 0, mark.kind, NULL, NULL
    FROM {Mark._meta.db_table} mark JOIN {User._meta.db_table} owner ON owner.id = mark.user_id
    WHERE mark.user_id IN ({{users}}) AND NOT EXISTS (SELECT 1 FROM kept)
    UNION ALL
    SELECT {MARK}, user_id, movie_id, 1, 0, '', NULL, NULL
    FROM {Viewing._meta.db_table} WHERE user_id IN ({{users}}) AND NOT EXISTS (SELECT 1 FROM kept)
    UNION ALL
    SELECT {ANSWER}, user_id, movie_id, 0, 0, kind, NULL, NULL
    FROM {StartingAnswer._meta.db_table} WHERE user_id IN ({{users}})
    UNION ALL
    SELECT {COUNTER}, counter.user_id, counter.number,
        CASE WHEN owner.watchlist_in_lists THEN 1 ELSE 0 END, 0, '', NULL, NULL
    FROM {ChangeCounter._meta.db_table} counter
    JOIN {User._meta.db_table} owner ON owner.id = counter.user_id
    WHERE counter.user_id IN ({{users}})
"""  # noqa: S608
# Whole seconds since 1970, as the fit has them. SQLite would round 59.9996 up to the next minute.
_SECOND = {
    "postgresql": "floor(extract(epoch FROM rated_at))::bigint",
    "sqlite": "CAST(strftime('%%s', substr(rated_at, 1, 19)) AS integer)",
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
    """What the database holds of one user. Shared by requests: not to be changed once read."""

    ratings: dict[int, int] = field(default_factory=dict)  # half-stars by movie id
    rated_at: dict[int, int] = field(default_factory=dict)  # seconds by movie id
    excluded_by_marks: list[int] = field(default_factory=list)  # movie ids; viewings too
    marks: dict[int, list[str]] = field(default_factory=dict)  # kinds by movie id
    # None if the user was not in the fit. Not compared, because a run's rows never change.
    fitted: FittedUser | None = field(default=None, compare=False)
    answer_rows: list[tuple[int, str]] = field(default_factory=list)  # (movie id, kind)

    def add(
        self, table: int, row_id: int, half_stars: int, second: int, kind: str, *fitted: bytes
    ) -> None:
        """One row of the union."""
        if table == RATING:
            self.ratings[row_id] = half_stars
            self.rated_at[row_id] = second
        elif table == MARK:
            if half_stars:
                self.excluded_by_marks.append(row_id)
            if kind:
                self.marks.setdefault(row_id, []).append(kind)
        elif table == ANSWER:
            self.answer_rows.append((row_id, kind))
        else:
            self.fitted = FittedUser.of_row(*fitted)

    @property
    def answers(self) -> OnboardingAnswers:
        return OnboardingAnswers.from_rows(self.answer_rows)

    @property
    def watchlist(self) -> list[int]:
        """Movie ids."""
        return [pk for pk, kinds in self.marks.items() if Mark.Kind.WATCHLIST in kinds]

    @cached_property
    def excluded(self) -> np.ndarray:
        """Ids of the movies that no list may show: rated, hidden or watched."""
        return np.array([*self.ratings, *self.excluded_by_marks], np.int64)


@dataclass(frozen=True)
class UserStates:
    active: ModelVersion | None
    by_user_id: dict[int, UserState]  # has every user that was asked for


class _StateVersion(NamedTuple):
    """While this stays the same, so do a user's ratings, marks and factors."""

    user_id: int
    number: int  # of the user's change counter
    watchlist_in_lists: bool
    run_id: int


_NOTHING = _StateVersion(0, 0, False, 0)  # no user has this id

T = TypeVar("T")


class RecentUsers(Generic[T]):
    """Something of each of the users whom this process saw last, together with their state."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[UserState, T]] = {}
        self._lock = threading.Lock()

    def get(self, user_id: int) -> tuple[UserState, T] | None:
        with self._lock:
            found = self._kept.pop(user_id, None)
            if found:
                self._kept[user_id] = found  # the last one seen
            return found

    def keep(self, user_id: int, state: UserState, value: T) -> None:
        with self._lock:
            self._kept.pop(user_id, None)
            self._kept[user_id] = state, value
            surplus = sum(map(_size, self._kept.values())) - MOST_RATINGS_KEPT
            while surplus > 0:
                surplus -= _size(self._kept.pop(next(iter(self._kept))))

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def _size(kept: tuple[UserState, object]) -> int:
    return LEAST_RATINGS_KEPT + len(kept[0].ratings)


_recent: RecentUsers[_StateVersion] = RecentUsers()
forget = _recent.clear


def read_user_state(user_id: int) -> UserStates:
    """As `read_user_states` of one user; what is kept of them is not read again. One query.

    Within a transaction nothing is kept or taken: if it is rolled back, other changes get its
    numbers.
    """
    if connection.in_atomic_block:
        return read_user_states([user_id])
    kept = _recent.get(user_id)
    rows = _rows([user_id], None, kept[1] if kept else _NOTHING)
    states, version = _states([user_id], rows), _version(user_id, rows)
    if version is None:
        return states
    state = states.by_user_id[user_id]
    if kept and version == kept[1]:
        answers = state.answer_rows
        state = kept[0] if answers == kept[0].answer_rows else replace(kept[0], answer_rows=answers)
    _recent.keep(user_id, state, version)
    return UserStates(states.active, {user_id: state})


def read_user_states(user_ids: Sequence[int], run_id: int | None = None) -> UserStates:
    """One query. `fitted` comes from the run `run_id`, by default from the active one."""
    return _states(user_ids, _rows(user_ids, run_id, _NOTHING))


def _states(user_ids: Sequence[int], rows: Iterable[tuple]) -> UserStates:
    active, states = None, {user_id: UserState() for user_id in user_ids}
    for table, user_id, *row in rows:
        if table == RUN:
            active = ModelVersion(row[0], row[1] or 0)
        elif table != COUNTER:
            states[user_id].add(table, *row)
    return UserStates(active, states)


def _version(user_id: int, rows: Sequence[tuple]) -> _StateVersion | None:
    """None without a change counter or an active run."""
    by_table = {row[0]: row for row in rows if row[0] in (COUNTER, RUN)}
    if len(by_table) < 2:
        return None
    _table, _user, number, watchlist_in_lists, *_ = by_table[COUNTER]
    return _StateVersion(user_id, number, bool(watchlist_in_lists), by_table[RUN][2])


def _rows(user_ids: Sequence[int], run_id: int | None, kept: _StateVersion) -> list[tuple]:
    run = [run_id] if run_id else []
    with connection.cursor() as cursor:
        cursor.execute(_sql(bool(run), len(user_ids)), [*kept, *run, *(6 * list(user_ids))])
        return cursor.fetchall()


@lru_cache(maxsize=16)
def _sql(names_run: bool, n_users: int) -> str:
    users = ", ".join(["%s"] * n_users) or "NULL"  # SQL has no empty list
    run, second = "%s" if names_run else _ACTIVE_RUN, _SECOND[connection.vendor]
    return _UNION.format(run=run, users=users, second=second)
