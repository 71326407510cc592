"""Writes a data set to the database: movies, raters, and ratings in batches.

Every batch is its own transaction, and repeatable. A killed import leaves whole batches behind; the
next run counts them as unchanged and continues, with the same result.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from django.db import connection

from movies.imports.dataset import DataSet, Meter, OnReject, RatingBlock, Reject, SourceError
from movies.imports.identity import remember
from movies.imports.movies import MovieImport
from movies.imports.ratings import RatingImport
from movies.imports.table_load import TableLoad
from movies.models.import_runs import CHECKING, INDEXING, LOADING, MOVIES, RATINGS

MAX_ROWS = 200_000
# A batch on SQLite holds the lock that all writers wait for: it is doubled if it took less than the
# first, and halved if it took more than the second. Below the fewest rows, what each batch costs
# beside its rows takes over, and a slow machine would never get done.
START_ROWS, MIN_ROWS = 5_000, 2_500
SHORT_SECONDS, LONG_SECONDS = 0.3, 0.7
MAX_KEPT_REJECTS = 20


class ProgressListener(Protocol):
    """Told the progress of an import, between its transactions."""

    def phase(self, name: str) -> None: ...
    def beat(self) -> None: ...
    def progress(self, meter: Meter, rows: int) -> None: ...


class NoListener:
    """A listener that ignores everything."""

    def phase(self, name: str) -> None:
        pass

    def beat(self) -> None:
        pass

    def progress(self, meter: Meter, rows: int) -> None:
        pass


@dataclass(frozen=True)
class ImportReport:
    """Counts of an import; `written` is False if strict checking stopped it."""

    data_set: str
    written: bool
    movies_new: int
    movies_completed: int
    movies_unchanged: int
    raters_new: int
    ratings_new: int
    ratings_changed: int
    ratings_unchanged: int
    ratings_repeated: int
    rejected: int
    first_rejects: tuple[Reject, ...]
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def changed_nothing(self) -> bool:
        return not (
            self.movies_new
            or self.movies_completed
            or self.raters_new
            or self.ratings_new
            or self.ratings_changed
        )

    @property
    def exit_code(self) -> int:
        """0: everything imported, 3: some lines rejected, 2: nothing written."""
        if not self.written:
            return 2
        return 3 if self.rejected else 0

    def as_json(self) -> dict[str, Any]:
        rejects = [reject._asdict() for reject in self.first_rejects]
        return {**asdict(self), "first_rejects": rejects, "exit_code": self.exit_code}


class _Rejects:
    """Counts rejected lines, keeps the first ones, and passes each on."""

    def __init__(self, on_reject: OnReject | None) -> None:
        self.count = 0
        self.first: list[Reject] = []
        self._on_reject = on_reject

    def __call__(self, reject: Reject) -> None:
        self.count += 1
        if len(self.first) < MAX_KEPT_REJECTS:
            self.first.append(reject)
        if self._on_reject:
            self._on_reject(reject)


def import_source(
    data_set: DataSet,
    *,
    strict: bool = False,
    on_reject: OnReject | None = None,
    listener: ProgressListener | None = None,
) -> ImportReport:
    """Import a data set; safe to repeat, also after the import was killed.

    Lines that cannot be imported are passed to `on_reject` and skipped. With `strict` all lines are
    checked first, and nothing is written if any line is rejected.

    Raises:
        SourceError: a file is unreadable, or its ratings are on another scale.
    """
    began, counts = time.monotonic(), Counter[str]()
    rejects, listener = _Rejects(on_reject), listener or NoListener()
    listener.phase(CHECKING)
    meter = Meter(data_set.size)
    for done in data_set.check_scale(meter):
        listener.progress(meter, done)
    if strict:
        _check(data_set, rejects, listener)
    written = not rejects.count
    if written:
        _write(data_set, counts, rejects, listener)
    return ImportReport(
        data_set=data_set.name,
        written=written,
        **{name: counts[name] for name in _COUNTED},
        rejected=rejects.count,
        first_rejects=tuple(rejects.first),
        seconds=round(time.monotonic() - began, 2),
        notes=(*data_set.notes, *_undated(counts["undated"])),
    )


_COUNTED = [
    "movies_new",
    "movies_completed",
    "movies_unchanged",
    "raters_new",
    "ratings_new",
    "ratings_changed",
    "ratings_unchanged",
    "ratings_repeated",
]


def _check(data_set: DataSet, reject: OnReject, listener: ProgressListener) -> None:
    """Read everything like the import, but write nothing."""
    known, meter = {movie.number: 1 for movie in data_set.read_movies(reject)}, Meter(data_set.size)
    done = 0
    for block in _of_known_movies(data_set, known, meter, reject):
        done += block.n
        listener.progress(meter, done)


def _of_known_movies(
    data_set: DataSet, pks: dict[int, int], meter: Meter, reject: OnReject
) -> Iterator[RatingBlock]:
    """The ratings, with the primary keys of the movies in place of their numbers."""
    numbers = np.array(sorted(pks), np.int64)
    pk_of = np.array([pks[number] for number in numbers.tolist()] + [0], np.int64)
    rejects: list[Reject] = []
    for block in data_set.read_rating_blocks(rejects.append, meter):
        places = np.searchsorted(numbers, block.movies)
        known = np.isin(block.movies, numbers)
        for line, _rater, movie, *_rest in block.take(~known).rows():
            reason = f"movie {movie} is not in {data_set.movies_file}"
            rejects.append(Reject(data_set.ratings_file, line, reason))
        _pass_on(rejects, reject)
        yield block._replace(movies=pk_of[places]).take(known)
    _pass_on(rejects, reject)


def _pass_on(rejects: list[Reject], on_reject: OnReject) -> None:
    """In the order of the lines."""
    for reject in sorted(rejects, key=lambda reject: reject.line):
        on_reject(reject)
    rejects.clear()


def _write(
    data_set: DataSet, counts: Counter[str], reject: OnReject, listener: ProgressListener
) -> None:
    listener.phase(MOVIES)
    movie_pks = MovieImport(counts).run(data_set.read_movies(reject), listener.beat)
    if not movie_pks:
        raise SourceError(f"{data_set.movies_file} holds no movies.")
    remember(data_set)
    load = TableLoad.begin(data_set.name, data_set.fingerprint, data_set.size)
    ratings = RatingImport(data_set.name, data_set.ratings_file, counts, reject, load)
    listener.phase(LOADING if load else RATINGS)
    meter, done, rows = Meter(data_set.size), 0, _first_batch_size()
    batches = _Batches(_dated(_of_known_movies(data_set, movie_pks, meter, reject), counts))
    while (batch := batches.next(rows)).n:
        done += batch.n
        if load:
            batch = batch.take(batch.lines > load.loaded_lines)
        if batch.n:
            rows = _next_batch_size(rows, ratings.write(batch))
        listener.progress(meter, done)
    if load:
        listener.phase(INDEXING)
        counts["ratings_new"] = load.finish(lambda steps: listener.progress(steps, done))
        listener.progress(meter, done)


def _dated(blocks: Iterator[RatingBlock], counts: Counter[str]) -> Iterator[RatingBlock]:
    """Ratings without a time get that of the import: equally old, and none of 1970."""
    now = int(time.time())
    for block in blocks:
        is_unknown = block.seconds == 0
        counts["undated"] += int(is_unknown.sum())
        yield block._replace(seconds=np.where(is_unknown, now, block.seconds))


def _undated(n: int) -> tuple[str, ...]:
    if not n:
        return ()
    ratings = "1 rating has" if n == 1 else f"{n:,} ratings have"
    return (f"{ratings} no time: the moment of the import stands for it.",)


class _Batches:
    """Cuts the ratings into batches, from blocks of another size.

    Large sets are sorted by rater. Batches end between two raters, so that all lines that could
    repeat each other are in one batch.
    """

    def __init__(self, blocks: Iterator[RatingBlock]) -> None:
        self._blocks = blocks
        self._rest = RatingBlock.of([])

    def next(self, rows: int) -> RatingBlock:
        """About so many ratings; none at the end."""
        while (end := self._end(rows)) is None:
            block = next(self._blocks, None)
            if block is None:
                end = self._rest.n
                break
            self._rest = RatingBlock.joined([self._rest, block])
        batch, self._rest = self._rest.take(slice(end)), self._rest.take(slice(end, None))
        return batch

    def _end(self, rows: int) -> int | None:
        """The end of the first rater that ends at `rows` or later; None if there is none yet."""
        rows = min(max(rows, 1), MAX_ROWS)
        ends = np.flatnonzero(np.diff(self._rest.raters[rows - 1 : MAX_ROWS + 1]))
        if ends.size:
            return rows + int(ends[0])
        return MAX_ROWS if self._rest.n >= MAX_ROWS else None


def _first_batch_size() -> int:
    return START_ROWS if connection.vendor == "sqlite" else MAX_ROWS


def _next_batch_size(rows: int, seconds: float) -> int:
    """Rows in the next batch, from how long this one took."""
    if connection.vendor != "sqlite":  # locks movies, which others rate, only for their counts
        return rows
    if seconds < SHORT_SECONDS:
        return min(rows * 2, MAX_ROWS)
    return max(rows // 2, MIN_ROWS) if seconds > LONG_SECONDS else rows
