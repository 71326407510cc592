"""Facts from Wikidata's public query service, many movies with one query.

The service and its limits: https://www.mediawiki.org/wiki/Wikidata_Query_Service/User_Manual
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from movies.facts.movie_facts import MovieFacts, PersonFact
from movies.facts.wikidata.items import country_code_of, is_label, shortest_runtime
from movies.outside.http import Site

ENDPOINT = "https://query.wikidata.org/sparql"
LARGEST_ANSWER = 20_000_000  # about 2 kB a row, 60 rows a movie
# The service stops a query after a minute itself, and allows a client a minute of work in a minute.
SITE = Site("Wikidata", seconds_between=2.0, read_seconds=70.0, whole_seconds=120.0)

_IMDB_ID = re.compile(r"tt\d{7,10}")
_ENTITY = re.compile(r"https?://www\.wikidata\.org/entity/(Q[1-9]\d{0,14})")

# One row a fact, because joining directors with writers with actors would multiply them. "mul" is
# the label of names that are alike in most languages.
_QUERY = """
SELECT ?imdb ?film ?kind ?value ?valueLabel ?code ?part ?partLabel ?place ?fame WHERE {
  VALUES ?imdb { %s }
  ?film wdt:P345 ?imdb .
  {
    VALUES (?property ?kind) { (wdt:P57 "director") (wdt:P58 "writer") }
    ?film ?property ?value .
    ?value wikibase:sitelinks ?fame .
  } UNION {
    BIND("cast" AS ?kind)
    ?film p:P161 ?statement .
    ?statement ps:P161 ?value ; a wikibase:BestRank .
    ?value wikibase:sitelinks ?fame .
    OPTIONAL { ?statement pq:P453 ?part }
    OPTIONAL { ?statement pq:P4633 ?part }
    OPTIONAL { ?statement pq:P1545 ?place }
  } UNION {
    BIND("country" AS ?kind)
    ?film wdt:P495 ?value .
    OPTIONAL { ?value wdt:P297 ?code }
  } UNION {
    BIND("language" AS ?kind)
    ?film wdt:P364 ?value .
    OPTIONAL { ?value wdt:P218 ?two }
    OPTIONAL { ?value wdt:P220 ?three }
    BIND(COALESCE(?two, ?three) AS ?code)
  } UNION {
    BIND("seconds" AS ?kind)
    ?film p:P2047 ?length .
    ?length a wikibase:BestRank ; psn:P2047/wikibase:quantityAmount ?value .
  } UNION {
    VALUES (?property ?kind) { (wdt:P1476 "original_title") (wdt:P4947 "tmdb_id") }
    ?film ?property ?value .
  } UNION {
    BIND("title" AS ?kind)
    ?film rdfs:label ?value . FILTER(LANG(?value) IN ("en", "mul"))
  } UNION {
    BIND("date" AS ?kind)
    ?film wdt:P577 ?value .
  }
  SERVICE wikibase:label { bd:serviceParam wikibase:language "en,mul". }
}
"""
_Row = Mapping[str, str]


def facts_by_imdb_id(imdb_ids: Collection[str]) -> dict[str, MovieFacts]:
    """The facts of those movies that Wikidata knows.

    Raises:
        OutsideError: no answer, or one that cannot be read.
        Refused: the service asks to wait.
    """
    wanted = sorted({one for one in imdb_ids if _IMDB_ID.fullmatch(one)})
    if not wanted:
        return {}
    query = _QUERY % " ".join(f'"{one}"' for one in wanted)
    answer = SITE.read(
        ENDPOINT,
        LARGEST_ANSWER,
        method="POST",
        data={"query": query},
        headers={"Accept": "application/sparql-results+json"},
    )
    rows: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows(answer):
        rows[row.get("imdb", "")].append(row)
    return {one: _facts(one, rows[one]) for one in wanted if one in rows}


def _rows(answer: bytes) -> list[_Row]:
    """The rows of the answer, variable -> value."""
    try:
        bindings = json.loads(answer)["results"]["bindings"]
        return [{name: str(cell["value"]) for name, cell in row.items()} for row in bindings]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SITE.unreadable() from error


def _facts(imdb_id: str, rows: list[_Row]) -> MovieFacts:
    by_kind: dict[str, list[_Row]] = defaultdict(list)
    # Of two items with the same IMDb id, the older one.
    film = min(filter(None, (_entity(row.get("film")) for row in rows)), key=_number, default="")
    for row in rows:
        if _entity(row.get("film")) == film:
            by_kind[row.get("kind", "")].append(row)
    seconds = [_whole(row.get("value")) for row in by_kind["seconds"]]
    years = [_whole(row.get("value", "")[:4]) for row in by_kind["date"]]
    tmdb_ids = {_whole(row.get("value")) for row in by_kind["tmdb_id"]}
    return MovieFacts(
        title=_first(by_kind["title"]),
        original_title=_first(by_kind["original_title"]),
        year=min(filter(None, years), default=None),
        runtime=shortest_runtime(seconds),
        countries=tuple(sorted(filter(None, map(_country, by_kind["country"])))),
        languages=tuple(sorted(row.get("code", "") for row in by_kind["language"])),
        directors=_people(by_kind["director"]),
        writers=_people(by_kind["writer"]),
        cast=_people(by_kind["cast"]),
        imdb_id=imdb_id,
        tmdb_id=tmdb_ids.pop() if len(tmdb_ids) == 1 else None,
        wikidata_id=film,
    ).cleaned()


def _people(rows: Iterable[_Row]) -> tuple[PersonFact, ...]:
    """In the order that Wikidata states, else the best known first: rows have no order."""
    people: dict[str, tuple[tuple[int, int, str], PersonFact]] = {}
    for row in rows:
        entity, name = _entity(row.get("value")), row.get("valueLabel", "")
        if not entity or not is_label(name):
            continue
        order = (_whole(row.get("place")) or 10**6, -(_whole(row.get("fame")) or 0), entity)
        part = row.get("partLabel") or row.get("part", "")
        person = PersonFact(name, part if is_label(part) else "", wikidata_id=entity)
        known = people.get(entity)
        if known is None or (not known[1].character and part):
            people[entity] = order, person
    return tuple(person for _order, person in sorted(people.values(), key=lambda pair: pair[0]))


def _country(row: _Row) -> str:
    return country_code_of(_entity(row.get("value")), row.get("code", ""))


def _entity(address: str | None) -> str:
    match = _ENTITY.fullmatch(address or "")
    return match[1] if match else ""


def _number(entity: str) -> int:
    return int(entity[1:])


def _first(rows: list[_Row]) -> str:
    return min((row.get("value", "") for row in rows), default="")


def _whole(text: str | None) -> int | None:
    """'7200', '+7200' or '7200.0' as a number; None for anything else."""
    match = re.fullmatch(r"\+?(\d{1,12})(?:\.\d+)?", text or "", re.ASCII)
    return int(match[1]) if match else None
