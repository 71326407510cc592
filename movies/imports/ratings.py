"""Imports the ratings of a data set, and the raters."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from itertools import chain
from typing import NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from cfsite.lib.transactions import in_transaction
from movies.imports.dataset import OnReject, RatingBlock, Reject
from movies.imports.raters import Raters
from movies.imports.rating_rows import RatingRows, insert, upsert
from movies.imports.table_load import TableLoad
from movies.models.triggers import rating_counts

# SQLite takes 32,766 parameters in one statement.
RATERS_AT_ONCE = 30_000


class _Written(NamedTuple):
    """What a transaction has written."""

    rater_pks: dict[int, int | None]
    counts: Counter[str]


class RatingImport:
    """Writes batches of ratings, each in a transaction of its own."""

    def __init__(
        self,
        data_set: str,
        file: str,
        counts: Counter[str],
        on_reject: OnReject,
        load: TableLoad | None = None,
    ) -> None:
        self._raters = Raters(data_set)
        self._file = file
        self._counts = counts
        self._reject = on_reject
        self._load = load

    def write(self, batch: RatingBlock) -> float:
        """Write ratings, with movies' primary keys in place of their numbers. Returns the seconds.

        Repeated pairs of rater and movie count once; the newest line wins, the last of equally
        old ones.
        """
        began = time.monotonic()
        newest = _newest_of_each_pair(batch)
        written = in_transaction(lambda: self._write(newest), before_retry=self._raters.forget)
        self._raters.remember(written.rater_pks)
        self._counts.update(written.counts)
        self._counts["ratings_repeated"] += batch.n - newest.n
        self._reject_taken_names(written.rater_pks, newest)
        return time.monotonic() - began

    def _write(self, batch: RatingBlock) -> _Written:
        numbers, places = np.unique(batch.raters, return_inverse=True)
        pks, made = self._raters.resolve(set(numbers.tolist()))
        users = np.array([pks[number] or 0 for number in numbers.tolist()], np.int64)[places]
        rows = RatingRows(users, batch.movies, batch.half_stars, batch.seconds).take(users > 0)
        counts = Counter(raters_new=len(made))
        if self._load:
            self._load.append(rows, int(batch.lines.max()))
            return _Written(pks, counts)
        known = {pk for number, pk in pks.items() if pk} - {pks[number] for number in made}
        new, changed = _compare(rows.in_key_order(), known)
        with rating_counts.counted_at_once(
            connection, new.movies.tolist(), new.half_stars.tolist()
        ):
            insert(new, "movies_rating")
        counts["ratings_new"] = new.n
        counts["ratings_changed"] = upsert(changed)
        counts["ratings_unchanged"] = rows.n - new.n - counts["ratings_changed"]
        return _Written(pks, counts)

    def _reject_taken_names(self, pks: dict[int, int | None], batch: RatingBlock) -> None:
        """Reject ratings of raters whose username is taken by a member's account."""
        taken = [number for number, pk in pks.items() if pk is None]
        if not taken:
            return
        for line, rater, *_rest in batch.take(np.isin(batch.raters, taken)).rows():
            name = self._raters.username(rater)
            self._reject(Reject(self._file, line, f"{name} is a person's account here"))


def _newest_of_each_pair(batch: RatingBlock) -> RatingBlock:
    order = np.lexsort((batch.lines, batch.seconds, batch.movies, batch.raters))
    batch = batch.take(order)
    is_last = np.ones(batch.n, bool)
    is_last[:-1] = np.diff(batch.raters).astype(bool) | np.diff(batch.movies).astype(bool)
    return batch.take(is_last)


def _compare(rows: RatingRows, known: Collection[int]) -> tuple[RatingRows, RatingRows]:
    """The rows that are not stored yet, and those stored with other half stars.

    Args:
        known: The users that may have ratings.
    """
    keys, half_stars = _stored(known)
    places = np.searchsorted(keys, rows.keys)
    found = np.zeros(rows.n, bool)
    inside = places < keys.size
    found[inside] = keys[places[inside]] == rows.keys[inside]
    differs = np.zeros(rows.n, bool)
    differs[found] = half_stars[places[found]] != rows.half_stars[found]
    return rows.take(~found), rows.take(differs)


def _stored(users: Collection[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keys and half stars of all ratings of these users, ordered by the keys."""
    rows: list[tuple[int, int, int]] = []
    pks = sorted(users)
    with connection.cursor() as cursor:
        for start in range(0, len(pks), RATERS_AT_ONCE):
            some = pks[start : start + RATERS_AT_ONCE]
            places = ", ".join(["%s"] * len(some))
            cursor.execute(
                "SELECT user_id, movie_id, half_stars FROM movies_rating"  # noqa: S608
                f" WHERE user_id IN ({places})",
                some,
            )
            rows += cursor.fetchall()
    flat = np.fromiter(chain.from_iterable(rows), np.int64, count=3 * len(rows)).reshape(-1, 3)
    keys = flat[:, 0] << 32 | flat[:, 1]
    order = np.argsort(keys)
    return keys[order], flat[order, 2]
