"""The sources that are asked over the network, behind one interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Protocol

from django.conf import settings
from django.db.models import Q

from movies.facts import tmdb as tmdb_facts
from movies.facts.movie_facts import MovieFacts
from movies.facts.wikidata import query
from movies.models import FactSource, Movie, MovieQuerySet
from movies.models.facts import FETCHED_ANEW
from movies.outside import tmdb
from movies.outside.http import NotFound, Site


@dataclass(frozen=True)
class Unknown:
    """The source does not know the movie."""

    reason: str


class Source(Protocol):
    name: ClassVar[FactSource]
    site: ClassVar[Site]
    batch_size: ClassVar[int]  # movies in one question
    fetched_anew: ClassVar[timedelta]

    def off_reason(self) -> str:
        """Why it is not asked; '' if it is."""

    def askable(self) -> MovieQuerySet:
        """The movies that it can be asked for."""

    def facts_of(self, movies: Sequence[Movie]) -> Mapping[int, MovieFacts | Unknown]:
        """Facts by primary key.

        Raises:
            OutsideError: no answer, or one that cannot be read.
            Refused: no more questions for now.
        """


class Wikidata:
    name = FactSource.WIKIDATA
    site = query.SITE
    batch_size = 50
    fetched_anew = timedelta(days=90)

    def off_reason(self) -> str:
        return "" if settings.WIKIDATA_FACTS else "CFSITE_WIKIDATA_FACTS is not set"

    def askable(self) -> MovieQuerySet:
        return Movie.objects.exclude(imdb_id="")

    def facts_of(self, movies: Sequence[Movie]) -> dict[int, MovieFacts | Unknown]:
        found = query.facts_by_imdb_id([movie.imdb_id for movie in movies])
        unknown = Unknown(str(self.site.unknown()))
        return {movie.pk: found.get(movie.imdb_id, unknown) for movie in movies}


class Tmdb:
    name = FactSource.TMDB
    site = tmdb.SITE
    batch_size = 1
    fetched_anew = FETCHED_ANEW

    def off_reason(self) -> str:
        return "" if settings.TMDB_KEY else "CFSITE_TMDB_KEY is not set"

    def askable(self) -> MovieQuerySet:
        return Movie.objects.filter(Q(tmdb_id__isnull=False) | Q(imdb_id__startswith="tt"))

    def facts_of(self, movies: Sequence[Movie]) -> dict[int, MovieFacts | Unknown]:
        return {movie.pk: self._facts_of(movie) for movie in movies}

    def _facts_of(self, movie: Movie) -> MovieFacts | Unknown:
        try:
            return tmdb_facts.facts_by_tmdb_id(
                movie.tmdb_id or tmdb_facts.tmdb_id_of(movie.imdb_id)
            )
        except NotFound as error:
            return Unknown(str(error))


SOURCES: dict[str, Source] = {source.name: source for source in (Tmdb(), Wikidata())}
