"""Posters from TMDB for the movies that have none of the operator's own."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from movies.models import Movie, MovieQuerySet, TmdbPoster
from movies.models.tmdb_posters import FETCHED_ANEW
from movies.posters import tmdb_client
from movies.posters.files import TMDB, hang, is_from_tmdb, take_down

logger = logging.getLogger(__name__)

# When what failed is tried again: what TMDB does not have may come, what did not answer will.
WITHOUT_POSTER, AFTER_FAILURE = timedelta(days=30), timedelta(days=1)
WAITING = "tmdb-waits"


@dataclass
class Fetched:
    """What came of one round."""

    fetched: int = 0
    failed: int = 0
    dropped: int = 0
    stopped: str = ""  # why, if before the end


def due() -> MovieQuerySet:
    """Movies whose poster is to be asked for, the most rated first."""
    replaceable = Q(poster_file="") | Q(poster_file__contains=f"-{TMDB}-")
    is_due = Q(tmdb_poster=None) | Q(tmdb_poster__due_at__lte=timezone.now())
    return Movie.objects.filter(replaceable, is_due, tmdb_id__isnull=False).most_rated()


def fetch(limit: int, seconds: float = 600) -> Fetched:
    """Take down what has been kept for half a year, then ask for up to `limit` posters."""
    done = Fetched(dropped=drop_expired())
    if not settings.TMDB_KEY:
        done.stopped = "CFSITE_TMDB_KEY is not set"
        return done
    if reason := cache.get(WAITING):
        done.stopped = reason
        return done
    ends = time.monotonic() + seconds
    for movie in _until(due()[:limit], ends):
        try:
            _fetch_one(movie, done)
        except tmdb_client.Refused as refusal:
            cache.set(WAITING, str(refusal), refusal.wait)
            logger.warning("%s Next try in %s s.", refusal, refusal.wait)
            done.stopped = str(refusal)
            break
    return done


def _until(movies: MovieQuerySet, ends: float) -> Iterator[Movie]:
    for movie in movies:
        if time.monotonic() > ends:
            return
        yield movie


def _fetch_one(movie: Movie, done: Fetched) -> None:
    try:
        sizes = tmdb_client.poster_of(movie.tmdb_id)
    except tmdb_client.TmdbError as error:
        again = WITHOUT_POSTER if isinstance(error, tmdb_client.NoPoster) else AFTER_FAILURE
        _note(movie, again, problem=str(error)[:200])
        done.failed += 1
        return
    hang(movie, sizes, source=TMDB)
    _note(movie, FETCHED_ANEW, problem="", fetched_at=timezone.now())
    done.fetched += 1


def _note(movie: Movie, again: timedelta, **fields: object) -> None:
    now = timezone.now()
    noted = {"asked_at": now, "due_at": now + again, **fields}
    TmdbPoster.objects.update_or_create(movie=movie, defaults=noted)


def drop_expired() -> int:
    """Take down what TMDB's terms no longer let us keep, with a key or without one."""
    rows = list(TmdbPoster.objects.expired(timezone.now()).select_related("movie"))
    for row in rows:
        if is_from_tmdb(row.movie.poster_file):
            take_down(row.movie)
        row.delete()
    return len(rows)
