"""Everybody is there once: by id, else by name."""

from collections.abc import Callable

import pytest

from movies.facts.movie_facts import MovieFacts, PersonFact
from movies.facts.writing import write_all
from movies.models import Credit, FactSource, Movie, Person

ACTOR, DIRECTOR = PersonFact("Steve McQueen", tmdb_id=13565), PersonFact("Steve McQueen", tmdb_id=9)
NAMELESS_ID = PersonFact("Steve McQueen")


@pytest.fixture
def cast(make_movie: Callable[..., Movie]) -> Callable[..., list[int]]:
    """Write the cast of a new movie, or of a given one; returns its people."""

    def write(*people: PersonFact, source: str = FactSource.TMDB, movie: Movie | None = None):
        movie = movie or make_movie()
        write_all(source, [(movie.pk, MovieFacts(cast=people))])
        rows = Credit.objects.filter(movie=movie).order_by("position")
        return list(rows.values_list("person_id", flat=True))

    return write


def test_by_name(cast: Callable[..., list[int]]) -> None:
    first = cast(PersonFact("Penélope Cruz"))
    assert cast(PersonFact("Penelope Cruz")) == first
    assert Person.objects.get().name == "Penélope Cruz"


def test_an_id_is_added_to_who_has_the_name(cast: Callable[..., list[int]]) -> None:
    first = cast(NAMELESS_ID, source=FactSource.BUILT_IN)
    assert cast(ACTOR) == first
    assert cast(PersonFact("Steve McQueen", wikidata_id="Q159347")) == first
    assert cast(NAMELESS_ID) == first
    person = Person.objects.get()
    assert (person.tmdb_id, person.wikidata_id) == (13565, "Q159347")


def test_namesakes_with_ids_are_two(cast: Callable[..., list[int]]) -> None:
    actor, director = cast(ACTOR), cast(DIRECTOR)
    assert actor != director
    assert (cast(ACTOR), cast(DIRECTOR)) == (actor, director)
    assert len(cast(ACTOR, DIRECTOR)) == 2
    assert Person.objects.count() == 2


def test_of_namesakes_the_one_whom_the_movie_credits(
    cast: Callable[..., list[int]], make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie("Hunger", 2008)
    cast(ACTOR)
    director = cast(DIRECTOR, movie=movie)
    told = PersonFact("Steve McQueen", wikidata_id="Q378672")
    Movie.objects.filter(pk=movie.pk).update(
        fact_sources={"cast": {"source": "wikidata", "at": "2026-01-01"}}
    )
    assert cast(told, source=FactSource.WIKIDATA, movie=movie) == director
    assert Person.objects.get(pk=director[0]).wikidata_id == "Q378672"


def test_an_id_does_not_guess_among_namesakes(cast: Callable[..., list[int]]) -> None:
    known = cast(ACTOR) + cast(DIRECTOR)
    new = cast(PersonFact("Steve McQueen", wikidata_id="Q1"))
    assert new[0] not in known
    assert cast(NAMELESS_ID)[0] == known[0]


def test_an_id_beats_another_spelling(cast: Callable[..., list[int]]) -> None:
    first = cast(PersonFact("Bong Joon-ho", tmdb_id=21684))
    assert cast(PersonFact("Bong Joon Ho (director)", tmdb_id=21684)) == first


def test_an_id_that_somebody_else_has_is_not_given_twice(cast: Callable[..., list[int]]) -> None:
    one = cast(PersonFact("A", tmdb_id=1))
    two = cast(PersonFact("B", wikidata_id="Q2"))
    assert cast(PersonFact("B", tmdb_id=1, wikidata_id="Q2")) == two
    assert one != two


def test_two_parts_of_one_person_are_one_credit(cast: Callable[..., list[int]]) -> None:
    twice = [PersonFact("Peter Sellers", part, tmdb_id=7) for part in ("Mandrake", "Muffley")]
    assert len(cast(*twice)) == 1
    assert Credit.objects.get().character == "Mandrake / Muffley"
    same = PersonFact("Alec Guinness"), PersonFact("Alec  Guinness", tmdb_id=12248)
    assert len(cast(*same)) == 1


@pytest.mark.parametrize("name", ["", " ", "\u202e", "!!!", "x" * 201, None, 7, "\x00"])
def test_no_name_is_nobody(cast: Callable[..., list[int]], name: object) -> None:
    assert cast(PersonFact(name)) == []  # type: ignore[arg-type]
    assert not Person.objects.exists()
