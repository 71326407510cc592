"""Which movie of the catalogue a row is about; none rather than a wrong one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from movies.models import ImportedRow, Movie
from movies.my_imports.matching import Matcher, Wanted

Match = ImportedRow.Match
Make = Callable[..., Movie]


def test_it_works(make_movie: Make) -> None:
    movie = make_movie("Alien", 1979)
    found = Matcher().find(Wanted("Alien", 1979))
    assert (found.match, found.movie_id) == (Match.FOUND, movie.pk)


@pytest.mark.parametrize(
    ("catalogue", "original", "asked"),
    [
        ("Amélie", "", "Amelie"),
        ("AMELIE", "", "Amélie"),
        ("The Usual Suspects", "", "Usual Suspects, The"),
        ("The Usual Suspects", "", "Usual Suspects"),
        ("Horseman on the Roof", "Le Hussard sur le toit", "Hussard sur le toit, Le"),
        ("Pride & Prejudice", "", "Pride and Prejudice"),
        ("Ocean's Eleven", "", "Oceans Eleven"),
        ("Schindler's List", "", "Schindler’s List"),
        ("Seven Samurai", "Shichinin no samurai", "Shichinin no samurai"),
        ("Seven Samurai", "", "Seven Samurai (Shichinin no samurai)"),
        ("Seven Samurai", "Shichinin no samurai", "7 Samurai a.k.a. Shichinin no samurai"),
        ("Léon: The Professional (Léon)", "", "Léon: The Professional"),
        ("Cœur fidèle", "", "Coeur fidele"),
        ("Ærø", "", "Aero"),
        ("Młody człowiek", "", "Mlody czlowiek"),
        ("Große Freiheit", "", "Grosse Freiheit"),
        ("Þrestir", "", "Threstir"),
        ("WALL·E", "", "WALL-E"),
        ("Spider-Man", "", "Spiderman"),
        ("(500) Days of Summer", "", "(500) Days of Summer"),
        ("9", "", "9"),
        ("11'09\"01 - September 11", "", "11'09''01 September 11"),
        ("Der Untergang", "", "Untergang, Der"),
        ("L'avventura", "", "L’Avventura"),
    ],
)
def test_the_same_title_in_another_spelling(
    make_movie: Make, catalogue: str, original: str, asked: str
) -> None:
    movie = make_movie(catalogue, 1995, original_title=original)
    found = Matcher().find(Wanted(asked, 1995))
    assert (found.match, found.movie_id) == (Match.FOUND, movie.pk)


@pytest.mark.parametrize(
    ("asked", "year"),
    [
        ("Aliens", 1979),
        ("Alien 3", 1979),
        ("Alien", 1981),
        ("Alien", 1977),
        ("A Lien", 1978),  # another spelling and another year
        ("", 1979),
        ("!!!", 1979),
    ],
)
def test_another_movie_is_not_taken(make_movie: Make, asked: str, year: int) -> None:
    make_movie("Alien", 1979)
    assert Matcher().find(Wanted(asked, year)).match == Match.MISSING


def test_a_year_that_is_off_by_one(make_movie: Make) -> None:
    movie = make_movie("Alien", 1979)
    for year in (1978, 1980):
        found = Matcher().find(Wanted("Alien", year))
        assert (found.match, found.movie_id) == (Match.NEAR, movie.pk)


def test_the_right_year_wins_over_one_beside_it(make_movie: Make) -> None:
    right, _other = make_movie("Hamlet", 1990), make_movie("Hamlet", 1991)
    assert Matcher().find(Wanted("Hamlet", 1990)).movie_id == right.pk


def test_two_of_one_title_near_the_year_are_left_to_the_user(make_movie: Make) -> None:
    movies = make_movie("Hamlet", 1990), make_movie("Hamlet", 1994)
    found = Matcher().find(Wanted("Hamlet", 1991))
    assert found.match == Match.NEAR  # 1994 is too far
    make_movie("Hamlet", 1992)
    found = Matcher().find(Wanted("Hamlet", 1991))
    assert found.match == Match.AMBIGUOUS
    assert movies[0].pk in found.candidates


def test_two_of_one_title_and_year_are_left_to_the_user(make_movie: Make) -> None:
    movies = {make_movie("Emma", 1996).pk, make_movie("Emma", 1996).pk}
    found = Matcher().find(Wanted("Emma", 1996))
    assert (found.match, found.movie_id, set(found.candidates)) == (Match.AMBIGUOUS, None, movies)


def test_without_a_year_the_title_alone_is_a_guess(make_movie: Make) -> None:
    movie = make_movie("Alien", 1979)
    found = Matcher().find(Wanted("Alien"))
    assert (found.match, found.movie_id) == (Match.TITLE, movie.pk)
    make_movie("Alien", 2030)
    assert Matcher().find(Wanted("Alien")).match == Match.AMBIGUOUS


def test_a_movie_without_a_year_is_a_guess_too(make_movie: Make) -> None:
    make_movie("Moonlight", None)
    assert Matcher().find(Wanted("Moonlight", 2016)).match == Match.TITLE


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("Something else", 1950, imdb_id="tt0078748"),
        Wanted("", None, tmdb_id=348),
        Wanted("", None, movielens_id=1214),
    ],
)
def test_ids_come_before_titles(make_movie: Make, wanted: Wanted) -> None:
    movie = make_movie("Alien", 1979, imdb_id="tt0078748", tmdb_id=348, movielens_id=1214)
    make_movie("Something else", 1950)
    assert Matcher().find(wanted).movie_id == movie.pk


def test_another_id_is_another_movie(make_movie: Make) -> None:
    make_movie("Alien", 1979, imdb_id="tt0078748")
    assert Matcher().find(Wanted("Alien", 1979, imdb_id="tt7777777")).match == Match.MISSING


def test_two_movies_of_one_tmdb_id_are_told_apart_by_title(make_movie: Make) -> None:
    right = make_movie("War of the Worlds", 2005, tmdb_id=7)
    make_movie("The War of the Worlds: Next Century", 2005, tmdb_id=7)
    assert Matcher().find(Wanted("War of the Worlds", 2005, tmdb_id=7)).movie_id == right.pk
    assert Matcher().find(Wanted("Neither", 2005, tmdb_id=7)).match == Match.AMBIGUOUS
