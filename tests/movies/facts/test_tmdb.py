"""TMDB, played by a server of the test's own."""

import json
from typing import Any

import pytest

from movies.facts.tmdb import facts_by_tmdb_id, facts_of, tmdb_id_of
from movies.outside.http import NotFound, OutsideError, Refused
from tests.movies.facts.answers import answer
from tests.movies.outside.server import OtherSite


def test_it_works(outside: OtherSite) -> None:
    outside.says("/3/movie/949", body=answer("tmdb_movie"))
    heat = facts_by_tmdb_id(949)
    assert len(outside.asked) == 1
    assert "credits%2Calternative_titles%2Cexternal_ids" in outside.asked[0]
    assert (heat.title, heat.year, heat.runtime) == ("Heat", 1995, 170)
    assert (heat.wikidata_id, heat.tmdb_id, heat.imdb_id) == ("Q42198", 949, "tt0113277")
    assert (heat.countries, heat.languages) == (("US", "DD"), ("en", "yue"))
    assert heat.description == "A detective hunts a thief whom he respects."
    assert [person.name for person in heat.directors] == ["Michael Mann"]
    assert heat.writers == heat.directors
    assert [(person.name, person.character, person.tmdb_id) for person in heat.cast] == [
        ("Al Pacino", "Lt. Vincent Hanna", 1158),
        ("Robert De Niro", "Neil McCauley", 380),
    ]
    assert heat.alternative_titles == ("Fuego contra fuego",)


def test_by_imdb_id(outside: OtherSite) -> None:
    outside.says("/3/find/tt0113277", body=answer("tmdb_find"))
    assert tmdb_id_of("tt0113277") == 949
    assert "external_source=imdb_id" in outside.asked[0]
    outside.says("/3/find/tt0113277", body=b'{"movie_results": []}')
    with pytest.raises(NotFound, match="TMDB does not know this movie"):
        tmdb_id_of("tt0113277")


@pytest.mark.parametrize("value", [None, 7, True, -1, "x", "", [], [1], {}, {"x": 1}, [{}], 1e9])
def test_anything_may_be_anything(value: Any) -> None:
    whole = json.loads(answer("tmdb_movie"))
    for name in whole:
        facts_of({**whole, name: value})
    for part in ("cast", "crew"):
        facts_of({**whole, "credits": {part: value}})
        row = whole["credits"]["cast"][0]
        for name in row:
            facts_of({**whole, "credits": {part: [{**row, "job": "Director", name: value}]}})
    facts_of({**whole, "alternative_titles": {"titles": value}})
    facts_of({**whole, "alternative_titles": {"titles": [{"title": value}]}})
    facts_of({**whole, "external_ids": {"wikidata_id": value}, "imdb_id": None})
    facts_of({**whole, "spoken_languages": [{"iso_639_1": value}]})


@pytest.mark.parametrize(
    ("status", "body", "error", "told"),
    [
        (200, b"[]", OutsideError, "could not be read"),
        (200, b"{}", OutsideError, "could not be read"),
        (200, b"[" * 100_000, OutsideError, "could not be read"),
        (200, b"<html>", OutsideError, "could not be read"),
        (200, b" " * 5_000_001, OutsideError, "too large"),
        (404, b"{}", NotFound, "does not know"),
        (500, b"", OutsideError, "status 500"),
        (302, b"", OutsideError, "status 302"),
        (401, b"", Refused, r"refuses the key \(CFSITE_TMDB_KEY\)"),
        (429, b"", Refused, "asks to wait"),
    ],
)
def test_bad_answers(
    outside: OtherSite, status: int, body: bytes, error: type[Exception], told: str
) -> None:
    outside.says("/3/movie/949", status, body)
    with pytest.raises(error, match=told) as raised:
        facts_by_tmdb_id(949)
    assert "0123456789abcdef" not in str(raised.value)
