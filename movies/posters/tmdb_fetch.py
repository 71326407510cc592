"""Fetches posters from TMDB for movies without an uploaded one."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from movies.models import Movie, MovieQuerySet, TmdbPoster
from movies.models.facts import FETCHED_ANEW
from movies.outside import tmdb
from movies.outside.http import NotFound, OutsideError, Refused
from movies.posters import tmdb_client
from movies.posters.files import TMDB, is_from_tmdb, remove_poster, set_poster

logger = logging.getLogger(__name__)

# When to try again: TMDB may get a poster it lacks; most failures are short.
RETRY_MISSING, RETRY_FAILED = timedelta(days=30), timedelta(days=1)


@dataclass
class FetchResult:
    """Counts of one round of fetching."""

    fetched: int = 0
    failed: int = 0
    dropped: int = 0
    stopped: str = ""  # why, if it stopped early


def due_movies() -> MovieQuerySet:
    """Movies whose poster should be fetched now, most rated first."""
    replaceable = Q(poster_file="") | Q(poster_file__contains=f"-{TMDB}-")
    is_due = Q(tmdb_poster=None) | Q(tmdb_poster__due_at__lte=timezone.now())
    return Movie.objects.filter(replaceable, is_due, tmdb_id__isnull=False).most_rated()


def fetch_due(limit: int, seconds: float = 600) -> FetchResult:
    """Remove expired posters, then fetch up to `limit` within `seconds`."""
    done = FetchResult(dropped=remove_expired())
    if not settings.TMDB_KEY:
        done.stopped = "CFSITE_TMDB_KEY is not set"
        return done
    if reason := tmdb.SITE.pause_reason():
        done.stopped = reason
        return done
    ends = time.monotonic() + seconds
    for movie in _until(due_movies()[:limit], ends):
        try:
            _fetch_one(movie, done)
        except Refused as refusal:
            tmdb.SITE.pause(refusal)
            logger.warning("%s Next try in %s s.", refusal, refusal.wait)
            done.stopped = str(refusal)
            break
        except OSError as error:  # of the disk or the bucket
            logger.warning("Posters cannot be stored: %s", error)
            done.stopped = str(error)
            break
    return done


def _until(movies: MovieQuerySet, ends: float) -> Iterator[Movie]:
    for movie in movies:
        if time.monotonic() > ends:
            return
        yield movie


def _fetch_one(movie: Movie, done: FetchResult) -> None:
    try:
        sizes = tmdb_client.fetch_poster(movie.tmdb_id)
    except OutsideError as error:
        again = RETRY_MISSING if isinstance(error, NotFound) else RETRY_FAILED
        _record(movie, again, problem=str(error)[:200])
        done.failed += 1
        return
    set_poster(movie, sizes, source=TMDB)
    _record(movie, FETCHED_ANEW, problem="", fetched_at=timezone.now())
    done.fetched += 1


def _record(movie: Movie, again: timedelta, **fields: object) -> None:
    now = timezone.now()
    TmdbPoster.objects.update_or_create(
        movie=movie, defaults={"asked_at": now, "due_at": now + again, **fields}
    )


def remove_expired() -> int:
    """Remove posters that TMDB's terms no longer let us keep; needs no key. Returns how many."""
    rows = list(TmdbPoster.objects.expired(timezone.now()).select_related("movie"))
    for row in rows:
        if is_from_tmdb(row.movie.poster_file):
            remove_poster(row.movie)
        row.delete()
    return len(rows)
