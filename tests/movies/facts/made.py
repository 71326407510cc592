"""Facts and credits for the movies of tests and of the gallery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from movies.models import AlternativeTitle, Credit, FactSource, Movie, Person


def credit(movie: Movie, name: str, role: str = "cast", character: str = "") -> Person:
    """The person of that name, with one more credit."""
    person = Person.objects.filter(name=name).first() or Person.objects.create(name=name)
    position = movie.credits.filter(role=role).count()
    Credit.objects.create(
        movie=movie, person=person, role=role, position=position, character=character
    )
    return person


def give_facts(
    movie: Movie,
    directors: Sequence[str] = (),
    writers: Sequence[str] = (),
    cast: Sequence[tuple[str, str]] = (),
    titles: Sequence[str] = (),
    source: str = FactSource.BUILT_IN,
    **fields: Any,
) -> Movie:
    """`fields` of the movie and the rest, all from `source`."""
    for name, value in fields.items():
        setattr(movie, name, value)
    known = [*fields, *(["cast"] if cast else [])]
    movie.fact_sources = {field: {"source": str(source), "at": "2026-11-30"} for field in known}
    movie.save()
    for name in directors:
        credit(movie, name, "director")
    for name in writers:
        credit(movie, name, "writer")
    for name, character in cast:
        credit(movie, name, "cast", character)
    for title in titles:
        AlternativeTitle.objects.create(movie=movie, title=title)
    return movie


def give_the_third_man(movie: Movie) -> Movie:
    """Everything that a page can show, in place of what the built-in facts say."""
    movie.credits.all().delete()
    return give_facts(
        movie,
        directors=["Carol Reed"],
        writers=["Graham Greene", "Orson Welles"],
        cast=[
            ("Joseph Cotten", "Holly Martins"),
            ("Alida Valli", "Anna Schmidt"),
            ("Orson Welles", "Harry Lime"),
            ("Trevor Howard", "Major Calloway"),
            ("Bernard Lee", "Sergeant Paine"),
            ("Paul Hörbiger", "Karl"),
            ("Ernst Deutsch", "Baron Kurtz"),
            ("Siegfried Breuer", "Popescu"),
        ],
        titles=["Der dritte Mann", "Le Troisième Homme", "El tercer hombre"],
        runtime=104,
        countries="GB US",
        languages="en de ru",
        description=(
            "A pulp novelist arrives in occupied Vienna to find that the friend who offered him a"
            " job has just been buried, and that nobody tells the same story of how he died."
        ),
        imdb_id="tt0041959",
        tmdb_id=1092,
        wikidata_id="Q271830",
    )
