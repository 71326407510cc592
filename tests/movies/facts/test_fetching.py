"""Rounds of asking: what is due, what failed, and how it goes on after that."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from movies.facts import fetching
from movies.facts.sources import SOURCES
from movies.models import FactFetch, FactSource, Movie, Rating
from movies.tasks import fetch_facts
from tests.movies.facts.answers import answer
from tests.movies.facts.facts import credits, sources
from tests.movies.outside.server import OtherSite

TMDB, WIKIDATA = SOURCES[FactSource.TMDB], SOURCES[FactSource.WIKIDATA]


def fetch_of(movie: Movie, source: str = FactSource.TMDB) -> FactFetch:
    return FactFetch.objects.get(movie=movie, source=source)


@pytest.fixture
def healthy(outside: OtherSite) -> OtherSite:
    outside.says("/3/movie/949", body=answer("tmdb_movie"))
    outside.says("/3/find/tt0113277", body=answer("tmdb_find"))
    outside.says("/sparql", body=answer("wikidata_query"))
    return outside


def test_it_works(healthy: OtherSite, heat: Movie) -> None:
    done = fetch_facts()
    assert (done["tmdb"]["fetched"], done["tmdb"]["stopped"]) == (1, "")
    assert done["wikidata"]["fetched"] == 1
    assert credits(heat) == ["Al Pacino", "Robert De Niro"]
    assert sources(heat)["runtime"] == FactSource.TMDB
    assert fetch_of(heat).due_at > timezone.now() + timedelta(days=149)
    assert fetch_of(heat, FactSource.WIKIDATA).problem == ""


def test_nobody_is_asked_twice(healthy: OtherSite, heat: Movie) -> None:
    fetch_facts()
    healthy.asked.clear()
    fetch_facts()
    assert healthy.asked == []


def test_off_without_settings(healthy: OtherSite, heat: Movie, settings: object) -> None:
    settings.TMDB_KEY, settings.WIKIDATA_FACTS = "", False  # type: ignore[attr-defined]
    done = fetch_facts()
    assert done["tmdb"]["stopped"] == "CFSITE_TMDB_KEY is not set"
    assert done["wikidata"]["stopped"] == "CFSITE_WIKIDATA_FACTS is not set"
    assert healthy.asked == []


def test_a_movie_with_an_imdb_id_alone_is_found(
    healthy: OtherSite, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie("Heat", 1995, imdb_id="tt0113277")
    fetching.fetch_due(TMDB, 10)
    assert sources(movie)["tmdb_id"] == FactSource.TMDB
    assert movie.tmdb_id == 949


def test_the_most_rated_come_first(
    outside: OtherSite, make_movie: Callable[..., Movie], alice: User
) -> None:
    make_movie("Obscure", tmdb_id=1)
    Rating.objects.rate(alice, make_movie("Famous", tmdb_id=2), 4)
    fetching.fetch_due(TMDB, 1)
    assert [path.partition("?")[0] for path in outside.asked] == ["/3/movie/2"]


def test_killed_in_the_middle_it_goes_on(
    outside: OtherSite, make_movie: Callable[..., Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    movies = [make_movie(f"Film {n}", tmdb_id=n) for n in (1, 2, 3)]
    for n in (1, 2, 3):
        outside.says(f"/3/movie/{n}", body=answer("tmdb_movie").replace(b"949", str(n).encode()))
    real, calls = fetching.record_fetched, []

    def dies(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(fetching, "record_fetched", dies)
    with pytest.raises(KeyboardInterrupt):
        fetching.fetch_due(TMDB, 10)
    # Of the second, neither facts nor the record are left.
    assert [bool(sources(movie)) for movie in movies] == [True, False, False]
    assert FactFetch.objects.count() == 1
    outside.asked.clear()
    assert fetching.fetch_due(TMDB, 10).fetched == 2
    assert len(outside.asked) == 2


def test_a_dead_source_leaves_what_is_there(
    healthy: OtherSite, heat: Movie, make_movie: Callable[..., Movie]
) -> None:
    fetch_facts()
    FactFetch.objects.update(due_at=timezone.now())
    before = Movie.objects.values().get(pk=heat.pk)
    for n in range(1, 6):
        make_movie(f"Film {n}", tmdb_id=n)
        healthy.says(f"/3/movie/{n}", 502)
    healthy.says("/3/movie/949", 502)
    healthy.says("/sparql", 504)
    healthy.asked.clear()
    done = fetch_facts()
    assert done["tmdb"]["failed"] == fetching.MOST_FAILURES
    assert done["tmdb"]["stopped"] == "TMDB answered with status 502."
    assert done["wikidata"]["failed"] == 1
    assert len(healthy.asked) == fetching.MOST_FAILURES + 1
    assert Movie.objects.values().get(pk=heat.pk) == before
    assert credits(heat) == ["Al Pacino", "Robert De Niro"]


def test_the_delay_doubles(healthy: OtherSite, heat: Movie) -> None:
    healthy.says("/3/movie/949", 500)
    delays = []
    for _ in range(10):
        fetching.fetch_due(TMDB, 10)
        row = fetch_of(heat)
        delays.append(round((row.due_at - row.asked_at) / timedelta(hours=1)))
        FactFetch.objects.update(
            due_at=timezone.now(), asked_at=timezone.now() - (row.due_at - row.asked_at)
        )
    assert delays == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    healthy.says("/3/movie/949", body=answer("tmdb_movie"))
    fetching.fetch_due(TMDB, 10)
    assert fetch_of(heat).problem == ""


def test_unknown_there_is_no_failure(
    outside: OtherSite, heat: Movie, make_movie: Callable[..., Movie]
) -> None:
    for n in range(1, 6):
        make_movie(f"Film {n}", tmdb_id=n)
    done = fetching.fetch_due(TMDB, 10)
    assert (done.unknown, done.failed, done.stopped) == (6, 0, "")
    assert fetch_of(heat).problem == "TMDB does not know this movie."
    assert fetch_of(heat).due_at > timezone.now() + timedelta(days=29)


def test_asked_to_wait_no_process_asks(
    outside: OtherSite, heat: Movie, make_movie: Callable[..., Movie]
) -> None:
    make_movie("Film", tmdb_id=1)
    outside.says("/3/movie/949", 429, Retry_After="120")
    outside.says("/3/movie/1", 429, Retry_After="120")
    assert fetching.fetch_due(TMDB, 10).stopped == "TMDB asks to wait."
    with pytest.raises(CommandError, match="Stopped: TMDB asks to wait"):
        call_command("load_facts", source="tmdb")
    assert len(outside.asked) == 1
    assert not FactFetch.objects.exists()


def test_a_movie_that_goes_meanwhile(
    healthy: OtherSite, heat: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = TMDB.facts_of

    def gone(movies: list[Movie]) -> object:
        facts = ask(movies)
        Movie.objects.filter(pk=heat.pk).delete()
        return facts

    monkeypatch.setattr(TMDB, "facts_of", gone)
    assert fetching.fetch_due(TMDB, 10).stopped == ""
    assert not FactFetch.objects.exists()


def test_batches_of_wikidata(
    healthy: OtherSite, make_movie: Callable[..., Movie], heat: Movie
) -> None:
    for n in range(1, 60):
        make_movie(f"Film {n}", imdb_id=f"tt{n:07d}")
    done = fetching.fetch_due(WIKIDATA, 1000)
    assert (done.due, done.fetched, done.unknown) == (60, 1, 59)
    assert len(healthy.asked) == 2


def test_the_command_tells(
    healthy: OtherSite, heat: Movie, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_facts", source="wikidata")
    assert "Wikidata: 1 movies fetched, 1 of them changed" in capsys.readouterr().out
    call_command("load_facts", status=True)
    out = capsys.readouterr().out
    assert "wikidata: 1 of 1 movies fetched, 0 due, 0 with a problem" in out
    assert "tmdb: 0 of 1 movies fetched, 1 due" in out
