"""Asks the outside sources for the facts of movies, a batch at a time.

Facts and the record that they were fetched are written in one transaction, so a killed round goes
on where it stopped. What fails leaves everything as it is and is tried again, after a delay that
doubles each time.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from cfsite.lib.transactions import in_transaction
from movies.facts.movie_facts import MovieFacts
from movies.facts.sources import SOURCES, Source, Unknown
from movies.facts.writing import in_batches, write_batch
from movies.models import FactFetch, Movie, MovieQuerySet
from movies.outside.http import OutsideError, Refused

logger = logging.getLogger(__name__)

RETRY_UNKNOWN = timedelta(days=30)
SHORTEST_RETRY, LONGEST_RETRY = timedelta(hours=1), timedelta(days=7)
MOST_FAILURES = 3  # in a row; then the source is left alone until the next round

Progress = Callable[["FetchResult"], None]


@dataclass
class FetchResult:
    """Counts of one round, in movies."""

    due: int = 0
    fetched: int = 0
    changed: int = 0
    unknown: int = 0
    failed: int = 0
    stopped: str = ""  # why, if it stopped early

    @property
    def done(self) -> int:
        return self.fetched + self.unknown + self.failed


@dataclass(frozen=True)
class Status:
    """How far a source is, in movies."""

    askable: int
    fetched: int
    due: int
    problems: int
    paused: str  # why nothing is asked now; '' otherwise


def due_movies(source: Source) -> MovieQuerySet:
    """Movies that the source should be asked for now, most rated first."""
    later = FactFetch.objects.filter(
        movie=OuterRef("pk"), source=source.name, due_at__gt=timezone.now()
    )
    return source.askable().exclude(Exists(later)).most_rated()


def fetch_due(
    source: Source,
    limit: int,
    seconds: float = 60,
    on_progress: Progress = lambda result: None,
) -> FetchResult:
    """Ask for up to `limit` movies within about `seconds`."""
    result = FetchResult(stopped=source.off_reason() or source.site.pause_reason())
    if result.stopped:
        return result
    due = list(due_movies(source).values_list("pk", flat=True)[:limit])
    result.due, failures, ends = len(due), 0, time.monotonic() + seconds
    for pks in in_batches(due, source.batch_size):
        if time.monotonic() > ends:
            break
        movies = list(Movie.objects.filter(pk__in=pks).order_by("pk"))
        try:
            answers = source.facts_of(movies)
        except Refused as refusal:
            source.site.pause(refusal)
            logger.warning("%s Next try in %s s.", refusal, refusal.wait)
            result.stopped = str(refusal)
            break
        except OutsideError as error:
            in_transaction(lambda pks=pks, why=str(error): _record_failure(source, pks, why))
            result.failed += len(pks)
            failures += 1
            if failures == MOST_FAILURES:
                result.stopped = str(error)
                break
        else:
            failures = 0
            _write(source, answers, result)
        on_progress(result)
    return result


def status(source: Source) -> Status:
    rows = FactFetch.objects.filter(source=source.name).aggregate(
        fetched=Count("pk", filter=Q(fetched_at__isnull=False)),
        problems=Count("pk", filter=~Q(problem="")),
    )
    return Status(
        askable=source.askable().count(),
        due=due_movies(source).order_by().count(),
        paused=source.off_reason() or source.site.pause_reason(),
        **rows,
    )


def statuses() -> dict[str, Status]:
    return {name: status(source) for name, source in SOURCES.items()}


def record_fetched(source: Source, movie_ids: Iterable[int]) -> None:
    """Remember that these facts were written; within the transaction that wrote them."""
    now = timezone.now()
    fetches = {
        pk: FactFetch(movie_id=pk, fetched_at=now, due_at=now + source.fetched_anew)
        for pk in movie_ids
    }
    _upsert(source, fetches, ["fetched_at"])


def _write(
    source: Source, answers: Mapping[int, MovieFacts | Unknown], result: FetchResult
) -> None:
    facts = {pk: one for pk, one in answers.items() if isinstance(one, MovieFacts)}
    unknown = {pk: one.reason for pk, one in answers.items() if isinstance(one, Unknown)}

    def write() -> Counter[str]:
        counts = write_batch(source.name, facts)
        record_fetched(source, facts)
        due_at = timezone.now() + RETRY_UNKNOWN
        _upsert(
            source,
            {pk: FactFetch(movie_id=pk, due_at=due_at, problem=unknown[pk]) for pk in unknown},
        )
        return counts

    result.changed += in_transaction(write)["changed"]
    result.fetched += len(facts)
    result.unknown += len(unknown)


def _record_failure(source: Source, movie_ids: Sequence[int], reason: str) -> None:
    rows = FactFetch.objects.filter(source=source.name, movie__in=movie_ids)
    last = {row.movie_id: row.due_at - row.asked_at for row in rows if row.problem}
    now = timezone.now()
    _upsert(
        source,
        {
            pk: FactFetch(movie_id=pk, due_at=now + _next_delay(last.get(pk)), problem=reason)
            for pk in movie_ids
        },
    )


def _next_delay(last: timedelta | None) -> timedelta:
    if last is None:
        return SHORTEST_RETRY
    return max(SHORTEST_RETRY, min(2 * last, LONGEST_RETRY))


def _upsert(source: Source, fetches: Mapping[int, FactFetch], fields: Sequence[str] = ()) -> None:
    """By movie; those that were deleted meanwhile are left out."""
    here = Movie.objects.filter(pk__in=fetches).order_by("pk").values_list("pk", flat=True)
    rows = [fetches[pk] for pk in here]
    for row in rows:
        row.source, row.problem = source.name, row.problem[:200]
    FactFetch.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["movie", "source"],
        update_fields=["asked_at", "due_at", "problem", *fields],
    )
