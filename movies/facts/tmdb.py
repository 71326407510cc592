"""Facts from TMDB, with the operator's key.

TMDB's terms: attribution, no more than six months of keeping (`movies.facts.fetching`), and no use
for learning. Genres are not taken, and `movies.facts.provenance` keeps the year out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from movies.facts.movie_facts import MovieFacts, PersonFact
from movies.outside import tmdb

WRITING = ("Screenplay", "Writer", "Author")


def facts_by_tmdb_id(tmdb_id: int) -> MovieFacts:
    """
    Raises:
        NotFound: TMDB does not know it.
        OutsideError: no answer, or one that cannot be read.
        Refused: requests for other movies would be refused as well.
    """
    parts = "credits,alternative_titles,external_ids"
    answer = tmdb.ask(f"/movie/{tmdb_id}", append_to_response=parts)
    if not isinstance(answer.get("id"), int):
        raise tmdb.SITE.unreadable()
    return facts_of(answer)


def tmdb_id_of(imdb_id: str) -> int:
    """
    Raises:
        As facts_by_tmdb_id.
    """
    answer = tmdb.ask(f"/find/{imdb_id}", external_source="imdb_id")
    found = [row.get("id") for row in _rows(answer.get("movie_results"))]
    if not found or not isinstance(found[0], int):
        raise tmdb.SITE.unknown()
    return found[0]


def facts_of(answer: dict[str, Any]) -> MovieFacts:
    """The facts of an answer, whatever it is made of."""
    credits, external = _dict(answer.get("credits")), _dict(answer.get("external_ids"))
    crew = _rows(credits.get("crew"))
    titles = _dict(answer.get("alternative_titles")).get("titles")
    return MovieFacts(
        title=answer.get("title") or "",
        original_title=answer.get("original_title") or "",
        alternative_titles=tuple(row.get("title") or "" for row in _rows(titles)),
        year=_year(answer.get("release_date")),
        runtime=answer.get("runtime"),
        countries=_countries(answer),
        languages=_languages(answer),
        description=answer.get("overview") or "",
        directors=_people(row for row in crew if row.get("job") == "Director"),
        writers=_people(row for row in crew if row.get("job") in WRITING),
        cast=_people(sorted(_rows(credits.get("cast")), key=_order)),
        imdb_id=answer.get("imdb_id") or external.get("imdb_id") or "",
        tmdb_id=answer.get("id"),
        wikidata_id=external.get("wikidata_id") or "",
    ).cleaned()


def _people(rows: Iterable[dict[str, Any]]) -> tuple[PersonFact, ...]:
    return tuple(
        PersonFact(row.get("name") or "", row.get("character") or "", tmdb_id=row.get("id"))
        for row in rows
    )


def _order(row: dict[str, Any]) -> int:
    order = row.get("order")
    return order if isinstance(order, int) else 10**6


def _countries(answer: dict[str, Any]) -> tuple[str, ...]:
    """Where it was made, the country of origin first."""
    origin = answer.get("origin_country")
    made_in = [row.get("iso_3166_1") for row in _rows(answer.get("production_countries"))]
    return (*(origin if isinstance(origin, list) else ()), *made_in)


def _languages(answer: dict[str, Any]) -> tuple[str, ...]:
    """What is spoken, the original language first."""
    spoken = [row.get("iso_639_1") for row in _rows(answer.get("spoken_languages"))]
    return (answer.get("original_language"), *spoken)


def _year(date: object) -> int | None:
    year = date[:4] if isinstance(date, str) else ""
    return int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
