"""The genres that come with a list are the same as those asked for one by one."""

from collections.abc import Callable
from typing import Any

import pytest

from movies.models import Genre, Movie


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
        found = {movie.title: movie for movie in Movie.objects.with_genres()}
        names = {
            title: [genre.name for genre in movie.genres.all()] for title, movie in found.items()
        }
    assert names == {
        "Alien": ["Horror", "Sci-Fi"],
        "Nameless": [],
        '"Quoted", [[null]]': ["Drama", "Horror"],
    }


@pytest.mark.parametrize("read", ["first", "get", "in_bulk", "slice", "for_cards"])
def test_however_the_movies_are_read(
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
        genres = list(movie.genres.all())
    assert genres == list(Movie.objects.get(pk=alien).genres.all())
    assert all(genre.pk and genre.slug and not genre._state.adding for genre in genres)


def test_a_further_question_is_about_the_same_movie(movies: list[Movie]) -> None:
    for movie in Movie.objects.with_genres():
        plain = Movie.objects.get(pk=movie.pk)
        assert list(movie.genres.filter(name__startswith="H")) == list(
            plain.genres.filter(name__startswith="H")
        )
        assert set(Movie.objects.filter(genres__in=movie.genres.all())) == set(
            Movie.objects.filter(genres__in=plain.genres.all())
        )
    assert Genre.objects.count() == 3


def test_counting_and_changing_are_as_ever(movies: list[Movie]) -> None:
    alien = Movie.objects.with_genres().get(pk=movies[0].pk)
    assert Movie.objects.with_genres().count() == 3
    alien.genres.remove(Genre.objects.get(name="Horror"))
    assert [genre.name for genre in alien.genres.all()] == ["Sci-Fi"]
    again = Movie.objects.with_genres().get(pk=movies[0].pk)
    assert [genre.name for genre in again.genres.all()] == ["Sci-Fi"]
    again.genres.add(Genre.objects.get(name="Drama"))
    assert [genre.name for genre in again.genres.all()] == ["Drama", "Sci-Fi"]
    assert list(Movie.objects.with_genres().values_list("title", flat=True)[:1])
