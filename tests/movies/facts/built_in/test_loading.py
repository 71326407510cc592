"""Built-in facts find their movies, at the end of every import, and no others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command

from accounts.models import User
from movies.facts.built_in import loading, matching, reader
from movies.facts.movie_facts import MovieFacts
from movies.imports.catalogue_file.changes import plan_changes, write_changes
from movies.imports.catalogue_file.reader import read_catalogue_file
from movies.models import FactSource, Movie, Rating
from movies.tasks import fetch_facts
from tests.movies.facts.facts import credits, sources

PULP = MovieFacts(title="Pulp Fiction", year=1994, imdb_id="tt0110912")


@pytest.fixture(autouse=True)
def never_loaded(db: None) -> None:
    cache.clear()


def test_it_works(make_movie: Callable[..., Movie], capsys: pytest.CaptureFixture[str]) -> None:
    movie = make_movie("Pulp Fiction", 1994)
    make_movie("Plup Fiction", 1994)
    call_command("load_facts")
    assert "of 1 movies, 1 of them new or changed" in capsys.readouterr().out
    assert set(sources(movie).values()) == {FactSource.BUILT_IN}
    assert movie.imdb_id == "tt0110912"
    assert credits(movie)[:2] == ["John Travolta", "Samuel L. Jackson"]
    call_command("load_facts")
    assert "of 1 movies, 0 of them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("title", "year", "more", "fits"),
    [
        ("Pulp Fiction", 1994, {}, True),
        ("Pulp Fiction", 1995, {}, True),
        ("Pulp Fiction", 1993, {}, True),
        ("Pulp Fiction", 1996, {}, False),
        ("Pulp Fiction", None, {}, False),
        ("Pulp", 1994, {}, False),
        ("Pulp Fiction", 1994, {"imdb_id": "tt0000001"}, False),
        ("Tiempos violentos", 2001, {"imdb_id": "tt0110912"}, True),
        ("Tiempos violentos", 1994, {"original_title": "Pulp Fiction"}, True),
    ],
)
def test_which_movie_fits(
    make_movie: Callable[..., Movie], title: str, year: int | None, more: dict, fits: bool
) -> None:
    movie = make_movie(title, year, **more)
    assert matching.match([PULP]) == ({movie.pk: PULP} if fits else {})


def test_the_original_title_of_the_file_fits(make_movie: Callable[..., Movie]) -> None:
    movie = make_movie("Shichinin no samurai", 1954)
    facts = MovieFacts(title="Seven Samurai", original_title="Shichinin no samurai", year=1954)
    assert matching.match([facts]) == {movie.pk: facts}


def test_what_could_be_two_movies_is_none(make_movie: Callable[..., Movie]) -> None:
    twice = [make_movie("Pulp Fiction", 1994), make_movie("Pulp Fiction", 1994)]
    assert matching.match([PULP]) == {}
    twice[0].delete()
    other = MovieFacts(title="Pulp Fiction", year=1994, runtime=1)
    assert matching.match([PULP, other]) == {}
    near = make_movie("Pulp Fiction", 1995)
    assert matching.match([PULP]) == {twice[1].pk: PULP}
    twice[1].delete()
    make_movie("Pulp Fiction", 1993)
    assert matching.match([PULP]) == {}
    assert near.pk


def test_an_import_brings_them() -> None:
    csv = b"title,year\nPulp Fiction,1994\n"
    write_changes(plan_changes(read_catalogue_file("films.csv", csv)))
    assert Movie.objects.get().runtime == 154


def test_a_file_of_the_operators_stays(make_movie: Callable[..., Movie]) -> None:
    movie = make_movie("Pulp Fiction", 1994)
    loading.load()
    csv = b"title,year,runtime\nPulp Fiction,1994,150\n"
    write_changes(plan_changes(read_catalogue_file("films.csv", csv), overwrite=True))
    assert sources(movie)["runtime"] == FactSource.DATA_SET
    assert loading.load()["changed"] == 0
    movie.refresh_from_db()
    assert movie.runtime == 150


def test_a_site_that_is_there_already_gets_them(
    make_movie: Callable[..., Movie], make_rating: Callable[..., Rating], alice: User
) -> None:
    movie = make_movie("Pulp Fiction", 1994)
    make_rating(alice, movie)
    call_command("load_data")
    assert credits(movie)


def test_the_worker_looks_after_edits_only(
    make_movie: Callable[..., Movie],
) -> None:
    make_movie("Pulp Fiction", 1994)
    assert fetch_facts()["built_in"]["changed"] == 1
    assert fetch_facts()["built_in"] == {"movies": 1}
    assert fetch_facts()["built_in"] == {}
    make_movie("Alien", 1979)
    assert fetch_facts()["built_in"]["changed"] == 1


def test_a_wrong_line_stops_no_import(
    make_movie: Callable[..., Movie],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    movie = make_movie("Heat", 1995)
    row = "Heat,1995,,Michael Mann,,170,US,en,,"
    text = "\n".join([",".join(reader.COLUMNS), row.replace("1995", "soon"), row])
    (tmp_path / "films.csv").write_text(text)
    lines = list(reader.read_lines(tmp_path))
    monkeypatch.setattr(reader, "read_lines", lambda: lines)
    loading.load()
    movie.refresh_from_db()
    assert movie.runtime == 170
    assert "films.csv:2" in caplog.text
