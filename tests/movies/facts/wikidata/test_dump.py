"""A dump of Wikidata: streamed, however it is packed, and never half believed."""

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from movies.facts.movie_facts import MovieFacts
from movies.facts.wikidata import dump
from movies.models import FactFetch, FactSource, Movie
from tests.movies.facts.answers import WIKIDATA_DUMP
from tests.movies.facts.facts import credits, sources

HEAT = "tt0113277"


def only(path: Path) -> MovieFacts:
    (facts,) = dump.read_dump(path, {HEAT, "tt0000001"})
    return facts


def test_it_works() -> None:
    heat = only(WIKIDATA_DUMP)
    assert (heat.title, heat.year, heat.runtime) == ("Heat", 1995, 170)
    assert (heat.wikidata_id, heat.tmdb_id, heat.imdb_id) == ("Q42198", 949, HEAT)
    assert (heat.countries, heat.languages) == (("US",), ("en",))
    assert [person.name for person in heat.directors] == ["Michael Mann"]
    assert [(person.name, person.character) for person in heat.cast] == [
        ("Al Pacino", "Vincent Hanna"),
        ("Robert De Niro", "Neil McCauley"),
        ("Val Kilmer", ""),
    ]
    assert list(dump.read_dump(WIKIDATA_DUMP, {"nm0010930"})) == []
    assert list(dump.read_dump(WIKIDATA_DUMP, set())) == []


@pytest.mark.parametrize(
    ("name", "pack"), [("x.json.gz", gzip.compress), ("x.json.bz2", bz2.compress), ("x", bytes)]
)
def test_however_it_is_packed(tmp_path: Path, name: str, pack: Callable) -> None:
    (tmp_path / name).write_bytes(pack(WIKIDATA_DUMP.read_bytes()))
    assert only(tmp_path / name) == only(WIKIDATA_DUMP)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff\xfe",
        b'{"id":"Q312290","labels":[],"claims":[]}',
        b'{"id":"Q312290","labels":{"en":5},"claims":{"P297":5}}',
        b'{"id":"Q1","claims":{"P345":[5,{"rank":"normal","mainsnak":{"datavalue":{"value":7}}}]},'
        b'"x":"tt0113277"}',
        b"[" * 100_000,
        b'"P345" "tt0113277"',
        b"x" * 5000,
    ],
)
def test_garbage_lines_are_passed_over(
    tmp_path: Path, garbage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "LONGEST_LINE", 4000)
    path = tmp_path / "dump.json"
    path.write_bytes(garbage + b"\n" + WIKIDATA_DUMP.read_bytes())
    assert only(path).runtime == 170


def test_odd_statements_are_left_out(tmp_path: Path) -> None:
    item = next(json.loads(line.rstrip(",\n")) for line in WIKIDATA_DUMP.open() if "Q42198" in line)
    for claim in ("P57", "P161", "P2047", "P577", "P1476", "P495", "P4947"):
        item["claims"][claim] = [
            {"rank": "normal", "mainsnak": {"datavalue": {"value": {"id": 3}}}}
        ]
    (tmp_path / "dump.json").write_text(json.dumps(item))
    heat = only(tmp_path / "dump.json")
    assert heat == MovieFacts(title="Heat", imdb_id=HEAT, wikidata_id="Q42198")


def test_the_command_writes_it(heat: Movie, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_facts", wikidata_dump=WIKIDATA_DUMP)
    assert "of 1 movies, 1 of them new or changed" in capsys.readouterr().out
    assert credits(heat) == ["Al Pacino", "Robert De Niro", "Val Kilmer"]
    assert set(sources(heat).values()) == {FactSource.WIKIDATA}
    assert FactFetch.objects.get(movie=heat).source == FactSource.WIKIDATA
    call_command("load_facts", wikidata_dump=WIKIDATA_DUMP)
    assert "of 1 movies, 0 of them new or changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["cut.json.gz", "cut.json.bz2", "bad.json.gz", "none.json", "no.json.gz"]
)
def test_half_a_file_is_none(heat: Movie, tmp_path: Path, name: str) -> None:
    content = WIKIDATA_DUMP.read_bytes()
    packed = {"cut.json.gz": gzip.compress(content)[:-20], "no.json.gz": content}
    packed["bad.json.gz"] = gzip.compress(content)[:20] + b"?" * 200
    packed["cut.json.bz2"] = bz2.compress(content)[:-20]
    if name in packed:
        (tmp_path / name).write_bytes(packed[name])
    with pytest.raises(CommandError, match="Nothing was written") as error:
        call_command("load_facts", wikidata_dump=tmp_path / name)
    assert error.value.returncode == 2
    assert not FactFetch.objects.exists()
    heat.refresh_from_db()
    assert heat.runtime is None
