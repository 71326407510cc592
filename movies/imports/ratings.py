"""Imports the ratings of a data set, and the raters."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from itertools import chain
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import User
from cfsite.lib.transactions import in_transaction
from movies.imports.dataset import OnReject, RatingLine, Reject

_PARAMETERS_A_ROW = 4
# SQLite takes 32,766 parameters in one statement.
MAX_ROWS = 32_000 // _PARAMETERS_A_ROW

_LOOK_UP = """
    SELECT user_id, movie_id, half_stars FROM movies_rating
    WHERE (user_id, movie_id) IN (VALUES {rows})
"""
# Works on both databases. Unchanged rows are not written, so their triggers do not fire and the
# next refit sees no change.
_UPSERT = """
    INSERT INTO movies_rating
        (user_id, movie_id, half_stars, rated_at, updated_at, prediction_shown)
    VALUES {rows}
    ON CONFLICT (user_id, movie_id) DO UPDATE
    SET half_stars = excluded.half_stars, rated_at = excluded.rated_at,
        updated_at = excluded.updated_at
    WHERE movies_rating.half_stars <> excluded.half_stars
"""
_Row = tuple[int, int, int, int]


class RatingImport:
    def __init__(
        self,
        data_set: str,
        file: str,
        movie_pks: dict[int, int],
        counts: Counter[str],
        on_reject: OnReject,
    ) -> None:
        self._raters = Raters(data_set)
        self._file = file
        self._movie_pks = movie_pks
        self._counts = counts
        self._reject = on_reject

    def write(self, batch: Collection[RatingLine]) -> float:
        """Write lines without repeated pairs in one transaction. Returns the seconds it took."""
        began = time.monotonic()
        numbers = {rating[1] for rating in batch}
        pks, counts = in_transaction(
            lambda: self._write(numbers, batch), before_retry=self._raters.forget
        )
        self._raters.remember(pks)
        self._counts.update(counts)
        self._reject_taken_names(pks, batch)
        return time.monotonic() - began

    def _write(
        self, numbers: set[int], batch: Collection[RatingLine]
    ) -> tuple[dict[int, int | None], Counter[str]]:
        pks, made = self._raters.resolve(numbers)
        new_raters = {pk for number in made if (pk := pks[number]) is not None}
        # Concurrent imports that write in the order of the keys wait for each other; in any other
        # order they could deadlock.
        rows = sorted(
            (pk, self._movie_pks[movie], half_stars, seconds)
            for _line, rater, movie, half_stars, seconds in batch
            if (pk := pks[rater]) is not None
        )
        return pks, Counter(raters_new=len(made), **_write_rows(rows, new_raters))

    def _reject_taken_names(
        self, pks: dict[int, int | None], batch: Collection[RatingLine]
    ) -> None:
        """Reject ratings of raters whose username is taken by a member's account."""
        for line, rater, *_rest in batch:
            if pks[rater] is None:
                name = self._raters.username(rater)
                self._reject(Reject(self._file, line, f"{name} is a person's account here"))


def _write_rows(rows: list[_Row], new_raters: set[int]) -> dict[str, int]:
    there = _look_up([row[:2] for row in rows if row[0] not in new_raters])
    changed = [row for row in rows if there.get(row[:2]) != row[2]]
    if changed:
        moments = (time.gmtime(row[3]) for row in changed)
        _execute(
            _UPSERT,
            [
                (*row[:3], time.strftime("%Y-%m-%d %H:%M:%S", moment))
                for row, moment in zip(changed, moments, strict=True)
            ],
            "(%s, %s, %s, %s, CURRENT_TIMESTAMP, FALSE)",
            "(%d, %d, %d, '%s+00', CURRENT_TIMESTAMP, FALSE)",
        )
    known = sum(row[:2] in there for row in changed)
    return {
        "ratings_new": len(changed) - known,
        "ratings_changed": known,
        "ratings_unchanged": len(rows) - len(changed),
    }


def _look_up(pairs: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The stored half-stars of these pairs of user and movie."""
    if not pairs:
        return {}
    found = _execute(_LOOK_UP, pairs, "(%s, %s)", "(%d, %d)", fetch=True)
    return {(user, movie): half_stars for user, movie, half_stars in found}


def _execute(
    sql: str, rows: list[tuple[Any, ...]], placeholders: str, literals: str, fetch: bool = False
) -> list[tuple[Any, ...]]:
    """Run one statement with many rows, in the way that is fastest on each database.

    SQLite caches compiled statements by text, so the text must not change. psycopg needs longer for
    thousands of placeholders than the server for the rows; there the values, which are only
    numbers and times, are written into the text.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(sql.format(rows=", ".join([literals % row for row in rows])))
        else:
            values = ", ".join([placeholders] * len(rows))
            cursor.execute(sql.format(rows=values), list(chain.from_iterable(rows)))
        return cursor.fetchall() if fetch else []


class Raters:
    """Accounts like 'ml-100k:17': inactive, without password and e-mail, created when needed.

    Nobody can sign up with a colon in the name. If a member has such a name nevertheless, their
    account is left alone.
    """

    def __init__(self, data_set: str) -> None:
        self._data_set = data_set
        self._pks: dict[int, int | None] = {}

    def username(self, number: int) -> str:
        return f"{self._data_set}:{number}"

    def resolve(self, numbers: set[int]) -> tuple[dict[int, int | None], list[int]]:
        """Primary keys by number, None for a member's account; and the numbers just created."""
        names = {self.username(number): number for number in numbers if number not in self._pks}
        pks = {number: self._pks[number] for number in numbers if number in self._pks}
        found = self._find(names)
        missing = sorted(set(names) - set(found))
        if missing:
            User.objects.bulk_create(map(_rater, missing), ignore_conflicts=True)
            found.update(self._find(missing))
        pks.update((names[name], pk) for name, pk in found.items())
        return pks, [names[name] for name in missing]

    def remember(self, pks: dict[int, int | None]) -> None:
        """Cache what a transaction found, after its commit."""
        self._pks.update(pks)

    def forget(self) -> None:
        """Clear the cache; an account may have been deleted meanwhile."""
        self._pks.clear()

    @staticmethod
    def _find(names: Collection[str]) -> dict[str, int | None]:
        if not names:
            return {}
        rows = User.objects.filter(username__in=list(names))
        return {
            name: pk if is_member else None
            for name, pk, is_member in rows.values_list("username", "pk", "is_dataset_member")
        }


def _rater(username: str) -> User:
    return User(
        username=username,
        password=make_password(None),
        is_active=False,
        is_dataset_member=True,
    )
