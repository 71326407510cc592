"""Links to the pages that movies and people have on other sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from movies.models import Movie, Person

IMDB, TMDB, WIKIDATA = (
    "https://www.imdb.com",
    "https://www.themoviedb.org",
    "https://www.wikidata.org/wiki",
)


@dataclass(frozen=True)
class OutboundLink:
    name: str
    url: str


def movie_links(movie: Movie) -> Iterator[OutboundLink]:
    """The movie's pages on other sites."""
    if movie.imdb_id:
        yield OutboundLink("IMDb", f"{IMDB}/title/{movie.imdb_id}/")
    if movie.tmdb_id:
        yield OutboundLink("TMDB", f"{TMDB}/movie/{movie.tmdb_id}")
    if movie.wikidata_id:
        yield OutboundLink("Wikidata", f"{WIKIDATA}/{movie.wikidata_id}")


def person_links(person: Person) -> Iterator[OutboundLink]:
    """The person's pages on other sites."""
    if person.imdb_id:
        yield OutboundLink("IMDb", f"{IMDB}/name/{person.imdb_id}/")
    if person.tmdb_id:
        yield OutboundLink("TMDB", f"{TMDB}/person/{person.tmdb_id}")
    if person.wikidata_id:
        yield OutboundLink("Wikidata", f"{WIKIDATA}/{person.wikidata_id}")
