"""Half a year is the longest that facts from TMDB are kept; operators can give facts back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from movies.facts.built_in import loading
from movies.facts.fetching import due_movies, fetch_due
from movies.facts.sources import SOURCES
from movies.models import FactFetch, FactSource, Movie
from movies.tasks import erase_expired_facts
from tests.movies.facts.answers import answer
from tests.movies.facts.facts import credits, sources
from tests.movies.outside.server import OtherSite

TMDB, WIKIDATA = SOURCES[FactSource.TMDB], SOURCES[FactSource.WIKIDATA]


@pytest.fixture
def pulp(outside: OtherSite, make_movie: Callable[..., Movie]) -> Movie:
    """With facts from TMDB, those of Heat, and built-in ones below."""
    outside.says("/3/movie/680", body=answer("tmdb_movie").replace(b"949", b"680"))
    movie = make_movie("Pulp Fiction", 1994, imdb_id="tt0110912", tmdb_id=680)
    loading.load()
    fetch_due(TMDB, 10)
    return movie


def age(days: int) -> None:
    fetched_at = timezone.now() - timedelta(days=days)
    FactFetch.objects.filter(source=FactSource.TMDB).update(fetched_at=fetched_at)


def test_it_falls_back_on_the_next_source(pulp: Movie, settings: object) -> None:
    settings.TMDB_KEY = ""  # type: ignore[attr-defined]
    assert credits(pulp)[0] == "Al Pacino"
    age(179)
    assert erase_expired_facts() == {"erased": 0}
    age(181)
    assert erase_expired_facts() == {"erased": 1}
    assert credits(pulp)[0] == "John Travolta"
    assert set(sources(pulp).values()) == {FactSource.BUILT_IN}
    assert pulp.runtime == 154
    assert pulp.tmdb_id == 680  # came with the movie
    assert erase_expired_facts() == {"erased": 0}


def test_wikidata_is_asked_again(pulp: Movie) -> None:
    FactFetch.objects.create(
        movie=pulp, source=FactSource.WIKIDATA, due_at=timezone.now() + timedelta(days=80)
    )
    assert not due_movies(WIKIDATA).exists()
    age(181)
    erase_expired_facts()
    assert due_movies(WIKIDATA).get() == pulp


def test_without_a_record_nobody_knows_how_old_they_are(pulp: Movie) -> None:
    FactFetch.objects.all().delete()
    assert erase_expired_facts() == {"erased": 1}


def test_it_is_fetched_anew_before_that(pulp: Movie, outside: OtherSite) -> None:
    age(151)
    FactFetch.objects.update(due_at=timezone.now())
    assert fetch_due(TMDB, 10).fetched == 1
    age_now = timezone.now() - FactFetch.objects.get(source=FactSource.TMDB).fetched_at
    assert age_now < timedelta(minutes=1)


def test_what_the_operator_typed_is_not_tmdbs(pulp: Movie) -> None:
    pulp.refresh_from_db()
    pulp.runtime = 150
    pulp.note_source(["runtime"], FactSource.OPERATOR)
    pulp.save()
    age(181)
    erase_expired_facts()
    assert sources(pulp)["runtime"] == FactSource.OPERATOR
    assert pulp.runtime == 150


def test_facts_that_were_typed_can_be_given_back(pulp: Movie, outside: OtherSite) -> None:
    pulp.refresh_from_db()
    pulp.runtime, pulp.description = 150, ""
    pulp.note_source(["runtime", "description", "cast"], FactSource.OPERATOR)
    pulp.save()
    call_command("load_facts", give_back=[str(pulp.pk), "runtime", "cast"])
    found = sources(pulp)
    assert (found["runtime"], found["cast"]) == (FactSource.BUILT_IN, FactSource.BUILT_IN)
    assert found["description"] == FactSource.OPERATOR
    assert pulp.runtime == 154
    assert fetch_due(TMDB, 10).fetched == 1
    assert sources(pulp)["runtime"] == FactSource.TMDB


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["1"], "Name the facts"),
        (["1", "title"], "There is no fact title"),
        (["x", "cast"], "There is no movie 'x'"),
        (["9" * 30, "cast"], "There is no movie"),
        (["²", "cast"], "There is no movie"),
    ],
)
def test_what_cannot_be_given_back(db: None, words: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told) as error:
        call_command("load_facts", give_back=words)
    assert error.value.returncode == 2
