"""Tests of what comes with a list of movies in the same query: genres and directors."""

from collections.abc import Callable
from typing import Any

import pytest

from movies.models import Credit, Genre, Movie, Person


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [
        make_movie("Alien", 1979, "Sci-Fi|Horror"),
        make_movie("Nameless", None),
        make_movie('"Quoted", [[null]]', 2001, "Horror|Drama"),
    ]


@pytest.mark.usefixtures("movies")
def test_it_works(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        names = {
            movie.title: [genre.name for genre in movie.genre_list]
            for movie in Movie.objects.with_genres()
        }
    assert names == {
        "Alien": ["Horror", "Sci-Fi"],
        "Nameless": [],
        '"Quoted", [[null]]': ["Drama", "Horror"],
    }


@pytest.mark.parametrize("read", ["first", "get", "in_bulk", "slice", "for_cards"])
def test_the_genres_come_with_the_movie_however_it_is_read(
    read: str, movies: list[Movie], django_assert_num_queries: Callable[..., Any]
) -> None:
    alien = movies[0].pk
    rows = Movie.objects.with_genres().filter(pk=alien)
    with django_assert_num_queries(1):
        movie = {
            "first": lambda: rows.first(),
            "get": lambda: rows.get(),
            "in_bulk": lambda: Movie.objects.with_genres().in_bulk([alien])[alien],
            "slice": lambda: rows[0],
            "for_cards": lambda: Movie.objects.for_cards().get(pk=alien),
        }[read]()
        genres = movie.genre_list
    assert genres == list(Movie.objects.get(pk=alien).genres.all())
    assert all(genre.pk and genre.slug and not genre._state.adding for genre in genres)


def test_without_the_annotation_the_list_is_the_same(movies: list[Movie]) -> None:
    for movie in Movie.objects.with_genres():
        assert movie.genre_list == Movie.objects.get(pk=movie.pk).genre_list


def test_the_related_manager_stays_djangos(movies: list[Movie]) -> None:
    alien = Movie.objects.with_genres().get(pk=movies[0].pk)
    alien.genres.remove(Genre.objects.get(name="Horror"))
    assert [genre.name for genre in alien.genres.all()] == ["Sci-Fi"]
    assert Movie.objects.with_genres().count() == 3
    assert list(Movie.objects.with_genres().values_list("title", flat=True)[:1])


class TestDirectors:
    @pytest.fixture
    def credited(self, movies: list[Movie]) -> list[Movie]:
        """Of the first movie in the other order than their ids; a writer is no director."""
        names = ('Lana "L" Wachowski', "Lilly Wachowski", "Somebody Else")
        lana, lilly, other = (Person.objects.create(name=name) for name in names)
        role = Credit.Role.DIRECTOR
        Credit.objects.create(movie=movies[0], person=lilly, role=role, position=1)
        Credit.objects.create(movie=movies[0], person=lana, role=role, position=0)
        Credit.objects.create(movie=movies[0], person=other, role=Credit.Role.WRITER)
        return movies

    def test_it_works(
        self, credited: list[Movie], django_assert_num_queries: Callable[..., Any]
    ) -> None:
        with django_assert_num_queries(1):
            rows = Movie.objects.with_genres().with_directors()
            names = {movie.pk: [name for _pk, name in movie.directors] for movie in rows}
        assert names == {
            credited[0].pk: ['Lana "L" Wachowski', "Lilly Wachowski"],
            credited[1].pk: [],
            credited[2].pk: [],
        }

    def test_without_the_annotation_the_list_is_the_same(self, credited: list[Movie]) -> None:
        for movie in Movie.objects.with_directors():
            assert movie.directors == Movie.objects.get(pk=movie.pk).directors
