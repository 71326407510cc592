"""The ratings of a data set, and the people who gave them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import User
from movies.dataset import OnReject, RatingLine, Reject
from movies.repeating import in_transaction

_PARAMETERS_A_ROW = 4
# SQLite takes 32,766 parameters in one statement.
MAX_ROWS = 32_000 // _PARAMETERS_A_ROW

_LOOK_UP = """
    SELECT user_id, movie_id, half_stars FROM movies_rating
    WHERE (user_id, movie_id) IN (VALUES {rows})
"""
# Both databases read this the same way. An unchanged row is not written again: its triggers stay
# quiet, and nothing looks changed to the next refit.
_UPSERT = """
    INSERT INTO movies_rating
        (user_id, movie_id, half_stars, rated_at, updated_at, prediction_shown)
    VALUES {rows}
    ON CONFLICT (user_id, movie_id) DO UPDATE
    SET half_stars = excluded.half_stars, rated_at = excluded.rated_at,
        updated_at = excluded.updated_at
    WHERE movies_rating.half_stars <> excluded.half_stars
"""
_UPSERT_ROW = "(%s, %s, %s, %s, CURRENT_TIMESTAMP, FALSE)"

_Row = tuple[int, int, int, int]


class RatingImport:
    def __init__(
        self,
        data_set: str,
        file: str,
        movie_pks: dict[int, int],
        tally: Counter[str],
        on_reject: OnReject,
    ) -> None:
        self._raters = Raters(data_set)
        self._file = file
        self._movie_pks = movie_pks
        self._tally = tally
        self._reject = on_reject

    def write(self, batch: Collection[RatingLine]) -> float:
        """Write the lines in one transaction, no pair twice. Returns the seconds it took."""
        began = time.monotonic()
        numbers = {rating[1] for rating in batch}
        pks, counts = in_transaction(
            lambda: self._write(numbers, batch), before_retry=self._raters.forget
        )
        self._raters.remember(pks)
        self._tally.update(counts)
        self._report_people(pks, batch)
        return time.monotonic() - began

    def _write(
        self, numbers: set[int], batch: Collection[RatingLine]
    ) -> tuple[dict[int, int | None], Counter[str]]:
        pks, made = self._raters.resolve(numbers)
        # Two imports at once that write in the order of the keys wait for each other, and that
        # is all; in any other order they deadlock.
        rows = sorted(
            (pk, self._movie_pks[movie], half_stars, seconds)
            for _line, rater, movie, half_stars, seconds in batch
            if (pk := pks[rater]) is not None
        )
        return pks, Counter(raters_new=made, **_write_rows(rows))

    def _report_people(self, pks: dict[int, int | None], batch: Collection[RatingLine]) -> None:
        """A rater's name that a person has: the ratings are not that person's."""
        for line, rater, *_rest in batch:
            if pks[rater] is None:
                name = self._raters.username(rater)
                self._reject(Reject(self._file, line, f"{name} is a person's account here"))


def _write_rows(rows: list[_Row]) -> dict[str, int]:
    there = _look_up(rows)
    changed = [row for row in rows if there.get(row[:2]) != row[2]]
    if changed:
        to_database = connection.ops.adapt_datetimefield_value
        parameters: list[Any] = []
        for user, movie, half_stars, seconds in changed:
            parameters += user, movie, half_stars
            parameters.append(to_database(datetime.fromtimestamp(seconds, UTC)))
        with connection.cursor() as cursor:
            values = ", ".join([_UPSERT_ROW] * len(changed))
            cursor.execute(_UPSERT.format(rows=values), parameters)
    known = sum(row[:2] in there for row in changed)
    return {
        "ratings_new": len(changed) - known,
        "ratings_changed": known,
        "ratings_unchanged": len(rows) - len(changed),
    }


def _look_up(rows: Iterable[_Row]) -> dict[tuple[int, int], int]:
    """What is stored for these pairs of user and movie."""
    pairs = [value for row in rows for value in row[:2]]
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        values = ", ".join(["(%s, %s)"] * (len(pairs) // 2))
        cursor.execute(_LOOK_UP.format(rows=values), pairs)
        return {(user, movie): half_stars for user, movie, half_stars in cursor.fetchall()}


class Raters:
    """The accounts 'ml-100k:17': inactive, without password or address, made when first met.

    Nobody can sign up under a name with a colon. Should a person have such a name all the same,
    their account is left alone.
    """

    def __init__(self, data_set: str) -> None:
        self._data_set = data_set
        self._pks: dict[int, int | None] = {}

    def username(self, number: int) -> str:
        return f"{self._data_set}:{number}"

    def resolve(self, numbers: set[int]) -> tuple[dict[int, int | None], int]:
        """Primary keys by number, None for a person's account; and how many were made."""
        names = {self.username(number): number for number in numbers if number not in self._pks}
        pks = {number: self._pks[number] for number in numbers if number in self._pks}
        found = self._find(names)
        missing = sorted(set(names) - set(found))
        if missing:
            User.objects.bulk_create(map(_rater, missing), ignore_conflicts=True)
            found.update(self._find(missing))
        pks.update((names[name], pk) for name, pk in found.items())
        return pks, len(missing)

    def remember(self, pks: dict[int, int | None]) -> None:
        """Keep what a transaction found, now that it is through."""
        self._pks.update(pks)

    def forget(self) -> None:
        """Look everyone up again: an account may have been deleted meanwhile."""
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
