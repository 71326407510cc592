"""Adding a movie by its IMDb or TMDB id, and warning of movies that are here already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from movies.models import FactFetch, FactSource, Genre, Movie, MovieQuerySet
from movies.titles import title_key

_IMDB = re.compile(r"(?<![a-z0-9])tt([0-9]{1,9})(?![0-9])", re.IGNORECASE)
_TMDB = re.compile(r"themoviedb\.org/movie/([0-9]{1,9})(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True)
class OtherIds:
    """A movie's numbers on other sites."""

    imdb_id: str = ""
    tmdb_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.imdb_id or self.tmdb_id)

    @property
    def stand_in_title(self) -> str:
        """The title until a source of facts tells it."""
        return self.imdb_id or f"TMDB {self.tmdb_id}"


def ids_in(text: str) -> OtherIds:
    """The ids in an address of imdb.com or themoviedb.org, or "tt0069293" by itself."""
    imdb, tmdb = _IMDB.search(text), _TMDB.search(text)
    return OtherIds(
        imdb_id=f"tt{int(imdb[1]):07d}" if imdb and int(imdb[1]) else "",
        tmdb_id=int(tmdb[1]) or None if tmdb else None,
    )


def fact_sources_on() -> list[FactSource]:
    """The sources that can be asked for the facts of a movie by its ids."""
    is_on = {
        FactSource.TMDB: bool(settings.TMDB_KEY),
        FactSource.WIKIDATA: bool(getattr(settings, "WIKIDATA_FACTS", False)),
    }
    return [source for source, on in is_on.items() if on]


def look_alikes(
    title: str, year: int | None, ids: OtherIds, *, besides: int | None = None
) -> MovieQuerySet:
    """Movies with the same id elsewhere, or the same title and year; retired ones too."""
    same = Q()
    if title:
        same |= Q(title_key=title_key(title), year=year)
        same |= Q(title__iexact=title, year=year)
    if ids.imdb_id:
        same |= Q(imdb_id=ids.imdb_id)
    if ids.tmdb_id:
        same |= Q(tmdb_id=ids.tmdb_id)
    if not same:
        return Movie.everything.none()
    found = Movie.everything.filter(same, merged_into=None)
    return found.exclude(pk=besides).order_by("pk") if besides else found.order_by("pk")


def add_movie(title: str, year: int | None, ids: OtherIds, genres: Iterable[Genre] = ()) -> Movie:
    """Add a movie and ask the sources that are on for its facts."""
    now = timezone.now()
    with transaction.atomic():
        movie = Movie.objects.create(
            title=title or ids.stand_in_title,
            year=year,
            imdb_id=ids.imdb_id,
            tmdb_id=ids.tmdb_id,
        )
        movie.genres.set(genres)
        if ids:
            FactFetch.objects.bulk_create(
                FactFetch(movie=movie, source=source, due_at=now) for source in fact_sources_on()
            )
    return movie
