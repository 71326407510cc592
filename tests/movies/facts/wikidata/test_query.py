"""The query service of Wikidata, played by a server of the test's own."""

import json
import re
from collections.abc import Callable

import pytest

from movies.facts.movie_facts import MovieFacts
from movies.facts.wikidata.query import SITE, facts_by_imdb_id
from movies.outside.http import NoAnswer, OutsideError, Refused
from tests.movies.facts.answers import answer
from tests.movies.outside.server import OtherSite

HEAT, STALKER = "tt0113277", "tt0079944"


@pytest.fixture
def told(outside: OtherSite) -> Callable[..., MovieFacts]:
    """The facts of Heat after the answer was edited."""

    def tell(edit: Callable[[list[dict]], None]) -> MovieFacts:
        content = json.loads(answer("wikidata_query"))
        edit(content["results"]["bindings"])
        outside.says("/sparql", body=json.dumps(content).encode())
        return facts_by_imdb_id([HEAT])[HEAT]

    return tell


def test_it_works(outside: OtherSite) -> None:
    outside.says("/sparql", body=answer("wikidata_query"))
    found = facts_by_imdb_id([HEAT, STALKER, "tt0000001"])
    assert found.keys() == {HEAT, STALKER}
    heat = found[HEAT]
    assert (heat.title, heat.year, heat.runtime) == ("Heat", 1995, 170)
    assert (heat.wikidata_id, heat.tmdb_id, heat.imdb_id) == ("Q42198", 949, HEAT)
    assert (heat.countries, heat.languages) == (("US",), ("en", "es"))
    assert [person.wikidata_id for person in heat.directors] == ["Q312290"]
    # The best known first, those without a name left out.
    assert [(person.name, person.character) for person in heat.cast] == [
        ("Al Pacino", "Vincent Hanna"),
        ("Robert De Niro", "Neil McCauley"),
        ("Val Kilmer", ""),
    ]


def test_former_countries_and_stated_order(outside: OtherSite) -> None:
    outside.says("/sparql", body=answer("wikidata_query"))
    stalker = facts_by_imdb_id([STALKER])[STALKER]
    assert stalker.countries == ("SU",)
    assert stalker.original_title == "Сталкер"
    assert [person.name for person in stalker.cast] == ["First", "Second"]


def test_it_asks_as_wikimedia_wants_it(outside: OtherSite) -> None:
    outside.says("/sparql", body=answer("wikidata_query"))
    facts_by_imdb_id([STALKER, HEAT, HEAT, 'tt1" } DROP {', "", "tt1"])
    assert len(outside.asked) == 1
    query = outside.bodies[0]
    assert re.findall(r"%22(tt\d+)%22", query) == [STALKER, HEAT]
    assert "DROP" not in query
    agent = outside.headers[0]["User-Agent"]
    assert agent.startswith("cfsite/")
    assert "http://testserver" in agent
    assert "@" in agent
    assert facts_by_imdb_id([]) == {}
    assert len(outside.asked) == 1


def test_of_two_items_with_one_id_the_older(told: Callable[..., MovieFacts]) -> None:
    def another(rows: list[dict]) -> None:
        uri = {"type": "uri", "value": "http://www.wikidata.org/entity/Q99999999"}
        rows.insert(0, {**rows[0], "film": uri, "valueLabel": {"value": "Somebody"}})

    heat = told(another)
    assert heat.wikidata_id == "Q42198"
    assert [person.name for person in heat.directors] == ["Michael Mann"]


def test_rows_in_another_order_are_the_same_facts(told: Callable[..., MovieFacts]) -> None:
    assert told(lambda rows: None) == told(lambda rows: rows.reverse())


def test_nonsense_in_rows_is_left_out(told: Callable[..., MovieFacts]) -> None:
    def spoil(rows: list[dict]) -> None:
        for row in rows:
            if row["kind"]["value"] in ("seconds", "date", "tmdb_id", "country", "language"):
                row["value"] = {"value": "http://www.wikidata.org/.well-known/genid/1f"}
                row["code"] = {"value": "\u202eXX"}

    heat = told(spoil)
    assert (heat.runtime, heat.year, heat.tmdb_id) == (None, None, None)
    assert (heat.countries, heat.languages) == ((), ())
    assert len(heat.cast) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"results": {}}',
        b'{"results": {"bindings": [1]}}',
        b'{"results": {"bindings": [{"imdb": {}}]}}',
        b"[" * 100_000,
        b'{"results": {"bindings": []}, "cut off',
    ],
)
def test_garbage(outside: OtherSite, body: bytes) -> None:
    outside.says("/sparql", body=body)
    with pytest.raises(OutsideError, match="couldn’t read"):
        facts_by_imdb_id([HEAT])


def test_huge(outside: OtherSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movies.facts.wikidata.query.LARGEST_ANSWER", 1000)
    outside.says("/sparql", body=answer("wikidata_query"))
    with pytest.raises(OutsideError, match="too large"):
        facts_by_imdb_id([HEAT])


def test_slow(outside: OtherSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SITE, "read_seconds", 0.05)
    outside.slowness = 0.3
    with pytest.raises(NoAnswer, match="Wikidata took too long to respond"):
        facts_by_imdb_id([HEAT])


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "120"}, 120),
        (429, {}, 60),
        (429, {"Retry-After": "999999999999"}, 86_400),
        (429, {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 1),
        (429, {"Retry-After": "soon"}, 60),
        (503, {"Retry-After": "30"}, 30),
        (403, {}, 3600),
    ],
)
def test_it_waits_when_asked_to(
    outside: OtherSite, status: int, headers: dict[str, str], wait: int
) -> None:
    outside.answers["/sparql"] = (status, headers, b"")
    with pytest.raises(Refused) as refusal:
        facts_by_imdb_id([HEAT])
    assert refusal.value.wait == wait


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_broken(outside: OtherSite, status: int) -> None:
    outside.says("/sparql", status)
    with pytest.raises(NoAnswer, match=f"status {status}"):
        facts_by_imdb_id([HEAT])
