"""Imports the ratings of a data set, and the raters."""

from __future__ import annotations

import time
from collections import Counter
from typing import NamedTuple

import numpy as np

from cfsite.lib.transactions import in_transaction
from movies.imports.dataset import OnReject, RatingBlock, Reject
from movies.imports.raters import Raters
from movies.imports.rating_rows import RatingRows, merge
from movies.imports.table_load import TableLoad


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
        merged = merge(rows)
        counts["ratings_new"], counts["ratings_changed"] = merged
        counts["ratings_unchanged"] = rows.n - sum(merged)
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
    pairs = batch.raters << 32 | batch.movies
    if np.all(np.diff(pairs) > 0):  # as MovieLens sorts its files
        return batch
    order = np.lexsort((batch.lines, batch.seconds, pairs))
    is_last = np.ones(batch.n, bool)
    is_last[:-1] = np.diff(pairs[order]) > 0
    return batch.take(order[is_last])
