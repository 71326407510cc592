"""Tuples of a data set into rows: movies found or made, raters made, ratings written in batches.

Every batch is a transaction of its own that can be repeated. A run that was killed leaves whole
batches behind; the next run takes what is there as unchanged and goes on, to the same final table.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from movies.imports.dataset import DataSet, Meter, OnReject, RatingLine, Reject
from movies.imports.movies import MovieImport
from movies.imports.ratings import MAX_ROWS, RatingImport
from movies.models.import_runs import CHECKING, MOVIES, RATINGS

START_ROWS, MIN_ROWS = 1000, 100
# A batch holds locks others wait for: doubled below the one, halved above the other.
SHORT_SECONDS, LONG_SECONDS = 0.3, 0.7
KEPT_REJECTS = 20

# Lines between two looks at how far a check is, which has no batches.
CHECKED_AT_ONCE = 1000


class Watch(Protocol):
    """Whoever wants to know how far an import is; called between its transactions."""

    def phase(self, name: str) -> None: ...
    def beat(self) -> None: ...
    def __call__(self, meter: Meter, rows: int) -> None: ...


class Nobody:
    """Who does not want to know."""

    def phase(self, name: str) -> None:
        pass

    beat = __call__ = lambda self, *_args: None


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `written` is False where a check kept it from writing at all."""

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
        """0: all taken, 3: all but some rejected lines, 2: nothing written."""
        if not self.written:
            return 2
        return 3 if self.rejected else 0

    def as_json(self) -> dict[str, Any]:
        rejects = [reject._asdict() for reject in self.first_rejects]
        return {**asdict(self), "first_rejects": rejects, "exit_code": self.exit_code}


class _Rejects:
    """Counts the rejected lines, keeps the first and passes each on."""

    def __init__(self, on_reject: OnReject | None) -> None:
        self.count = 0
        self.first: list[Reject] = []
        self._on_reject = on_reject

    def __call__(self, reject: Reject) -> None:
        self.count += 1
        if len(self.first) < KEPT_REJECTS:
            self.first.append(reject)
        if self._on_reject:
            self._on_reject(reject)


def import_source(
    data_set: DataSet,
    *,
    strict: bool = False,
    on_reject: OnReject | None = None,
    watch: Watch | None = None,
) -> ImportReport:
    """Bring a data set in; safe to repeat, and to repeat after it was killed.

    Lines that cannot be taken are passed to `on_reject` and left out. With `strict` all lines are
    read and checked first, and a single such line keeps everything out.

    Raises:
        SourceError: a file turned out to be unreadable.
    """
    began, tally = time.monotonic(), Counter[str]()
    rejects, watch = _Rejects(on_reject), watch or Nobody()
    if strict:
        watch.phase(CHECKING)
        _check(data_set, rejects, watch)
    written = not rejects.count
    if written:
        _write(data_set, tally, rejects, watch)
    return ImportReport(
        data_set=data_set.name,
        written=written,
        **{name: tally[name] for name in _COUNTED},
        rejected=rejects.count,
        first_rejects=tuple(rejects.first),
        seconds=round(time.monotonic() - began, 2),
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


def _check(data_set: DataSet, reject: OnReject, watch: Watch) -> None:
    """Read everything as the import would, and write nothing."""
    known, meter = {movie.number for movie in data_set.read_movies(reject)}, Meter(data_set.size)
    for n, _rating in enumerate(_of_known_movies(data_set, known, meter, reject), start=1):
        if n % CHECKED_AT_ONCE == 0:
            watch(meter, n)


def _of_known_movies(
    data_set: DataSet, known: Any, meter: Meter, reject: OnReject
) -> Iterator[RatingLine]:
    for rating in data_set.read_ratings(reject, meter):
        if rating[2] in known:
            yield rating
        else:
            reason = f"movie {rating[2]} is not in {data_set.movies_file}"
            reject(Reject(data_set.ratings_file, rating[0], reason))


def _write(data_set: DataSet, tally: Counter[str], reject: OnReject, watch: Watch) -> None:
    watch.phase(MOVIES)
    movie_pks = MovieImport(tally).run(data_set.read_movies(reject), watch.beat)
    watch.phase(RATINGS)
    ratings = RatingImport(data_set.name, data_set.ratings_file, movie_pks, tally, reject)
    meter, rows, done = Meter(data_set.size), START_ROWS, 0
    batch: dict[tuple[int, int], RatingLine] = {}
    rater = 0
    for rating in _of_known_movies(data_set, movie_pks, meter, reject):
        # Large sets are sorted by rater. Cut between two raters, a batch holds all lines that
        # could repeat each other.
        if len(batch) >= rows and (rating[1] != rater or len(batch) >= MAX_ROWS):
            rows = _steered(rows, ratings.write(batch.values()))
            batch.clear()
            watch(meter, done)
        # A statement may name a pair once only. The last line wins, as it would line by line.
        if batch.pop(rating[1:3], None):
            tally["ratings_repeated"] += 1
        batch[rating[1:3]] = rating
        rater = rating[1]
        done += 1
    if batch:
        ratings.write(batch.values())
    watch(meter, done)


def _steered(rows: int, seconds: float) -> int:
    """How many rows the next batch has, by how long this one took."""
    if seconds < SHORT_SECONDS:
        return min(rows * 2, MAX_ROWS)
    return max(rows // 2, MIN_ROWS) if seconds > LONG_SECONDS else rows
