"""Tests that no title or name with invisible characters reaches the database."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.models import User
from movies.imports.movielens.movies import parse_csv, parse_genres
from movies.models import (
    AlternativeTitle,
    Credit,
    Genre,
    Movie,
    MovieList,
    Person,
    Viewing,
    ViewingTag,
)
from movies.search.search import search
from tests.admin.movie_form import NO_ROWS

ADD = "/admin/movies/movie/add/"
HIDDEN = "\u202eA\u200bli\u00aden\u2066"

Make = Callable[..., Movie]


def test_saving_cleans(db: None, alice: User) -> None:
    movie = Movie.objects.create(title=HIDDEN, original_title=HIDDEN)
    person = Person.objects.create(name=HIDDEN)
    rows = [
        movie,
        Genre.objects.create(name=HIDDEN, slug="alien"),
        AlternativeTitle.objects.create(movie=movie, title=HIDDEN),
        person,
        Credit.objects.create(movie=movie, person=person, role="cast", character=HIDDEN),
        MovieList.objects.create(owner=alice, name=HIDDEN),
    ]
    for row in rows:
        names = {"title", "name", "character", "original_title"} & set(vars(row))
        for stored in (row, type(row).objects.get(pk=row.pk)):
            assert {getattr(stored, name) for name in names} == {"Alien"}, row
    assert movie.title_key == "alien"
    assert person.name_key == "alien"


def test_bulk_statements_clean(db: None) -> None:
    Movie.objects.bulk_create([Movie(title=HIDDEN, title_key="alien")])
    assert Movie.objects.get().title == "Alien"
    Movie.objects.update(title=f"{HIDDEN}s")
    assert Movie.objects.get().title == "Aliens"


def test_the_admin_cleans(staff_client: Client) -> None:
    staff_client.post(ADD, {"title": HIDDEN, "year": 1979} | NO_ROWS)
    assert Movie.objects.get().title == "Alien"
    answer = staff_client.post(ADD, {"title": "\u202e\u200b"} | NO_ROWS)
    assert answer.status_code == 200
    assert "title" in answer.context["adminform"].form.errors
    assert Movie.objects.count() == 1


def test_data_sets_are_cleaned() -> None:
    line = parse_csv(["1", f"{HIDDEN} (\u202eL'alien) (1979)", "Horror\u200b|Drama", ""])
    assert (line.title, line.original_title, line.year) == ("Alien", "L'alien", 1979)
    assert line.genres == ("Horror", "Drama")
    assert parse_genres(["\u202e"]) == ()
    with pytest.raises(ValueError, match="no title"):
        parse_csv(["1", "\u202e\u200b", "Horror", ""])


def test_stored_rows_are_cleaned_and_found_by_new_keys(make_movie: Make, alice: User) -> None:
    movies = [make_movie(title) for title in ("Œdipe roi", "$", "Alien", "Heat")]
    viewing = Viewing.objects.log(alice, movies[0], note="Łódź!", tags=["Łódź", "x", "y"])
    with connection.cursor() as cursor:
        # As an earlier version stored them.
        cursor.execute("UPDATE movies_movie SET title_key = 'œdipe roi' WHERE title = 'Œdipe roi'")
        cursor.execute("UPDATE movies_movie SET title_key = '' WHERE title = '$'")
        cursor.execute("UPDATE movies_movie SET title = %s WHERE title = 'Alien'", [HIDDEN])
        cursor.execute("UPDATE movies_viewing SET note_key = 'łodz'")
        cursor.execute("UPDATE movies_viewingtag SET key = 'łodz' WHERE key = 'lodz'")
        cursor.execute("UPDATE movies_viewingtag SET key = 'lodz', name = 'Lodz' WHERE key = 'x'")
    import_module("movies.migrations.0020_fold_letters_and_signs").fold_again(apps, None)
    assert {movie.title: movie.title_key for movie in Movie.objects.all()} == {
        "Œdipe roi": "oedipe roi",
        "$": "$",
        "Alien": "alien",
        "Heat": "heat",
    }
    assert Viewing.objects.get(pk=viewing.pk).note_key == "lodz"
    assert sorted(ViewingTag.objects.values_list("key", flat=True)) == ["lodz", "y"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        *(("$", "$"), ("...", "..."), ("…", "..."), ("?", "?"), ("🎬", "🎬"), ("/", "/")),
        *(("oedipe", "Œdipe roi"), ("œdipe", "Œdipe roi"), ("dat", "Đất"), ("lodz", "Łódź")),
        *(("strasse", "Straße"), ("isiklar", "Işıklar"), ("aero", "Ærø"), ("thor", "Þór")),
    ],
)
def test_the_title_that_was_typed_comes_first(make_movie: Make, query: str, title: str) -> None:
    for other in ("Lord of Illusions", "Lodge", "Data", "Strasbourg", "A / B", "What?", "$9.99"):
        make_movie(other)
    for each in ("$", "...", "?", "🎬", "/", "Œdipe roi", "Đất", "Łódź", "Straße", "Işıklar"):
        make_movie(each)
    for each in ("Ærø", "Þór"):
        make_movie(each)
    assert search(Movie.objects.all(), query)[0].title == title
