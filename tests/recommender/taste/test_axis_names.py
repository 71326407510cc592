"""The words at the ends of the map's axes."""

from collections.abc import Callable

import numpy as np
from django.test import Client

from accounts.models import User
from movies.models import Movie
from recommender.models import TrainingRun
from recommender.taste.axis_names import AxisName, axis_names
from recommender.taste.map import Axis, MovieMap
from recommender.taste.rated_movies import RatedMovies
from tests.recommender.taste.conftest import PAGE, page_of

N = 60


def names(
    place: Callable[[int], float],
    genres: Callable[[int], list[str]] = lambda n: [],
    year: Callable[[int], int | None] = lambda n: 2000,
    fame: Callable[[int], int] = lambda n: 50,
    n_axes: int = 1,
) -> list[AxisName]:
    """Of axes along which movie number n has this place; movie n is called 'Movie n'."""
    movies = {
        n: Movie(pk=n, title=f"Movie {n}", year=year(n), n_ratings=fame(n)) for n in range(1, N + 1)
    }
    places = np.array([[place(n)] * n_axes for n in movies])
    by_place = sorted(movies, key=place)
    axis = Axis(1, 0.3, 1.0, by_place[:6], by_place[:-7:-1], 1.0, [])
    movie_map = MovieMap(1, [axis] * n_axes, np.array(list(movies)), places)
    slugs = {n: [(name.lower(), name) for name in genres(n)] for n in movies}
    return axis_names(movie_map, RatedMovies(movies, slugs))


def noise(n: int) -> float:
    return float(n * 7919 % 61)


def test_genres_name_both_ends() -> None:
    [name] = names(lambda n: n % 2 + noise(n) / 100, lambda n: ["Western" if n % 2 else "Musical"])
    assert (name.low, name.high) == ("Musical", "Western")
    assert str(name) == "Musical – Western"


def test_years_and_fame_name_them_too() -> None:
    [name] = names(lambda n: n, year=lambda n: 1960 + n)
    assert (name.low, name.high) == ("Older", "Newer")
    [name] = names(lambda n: -n, fame=lambda n: n * n)
    assert (name.low, name.high) == ("Blockbusters", "Hidden gems")


def test_a_second_word_only_if_nearly_as_strong() -> None:
    [name] = names(
        lambda n: n % 2 + noise(n) / 100,
        lambda n: ["Western", "Crime"] if n % 2 else ["Musical"],
    )
    assert name.high in {"Western, Crime", "Crime, Western"}
    assert name.low == "Musical"


def test_without_a_word_titles_name_them() -> None:
    [name] = names(noise, lambda n: ["Drama"], year=lambda n: None)
    assert name.low.count("Movie") == name.high.count("Movie") == 2


def test_no_two_axes_have_the_same_name() -> None:
    first, second = names(lambda n: n, year=lambda n: 1960 + n, n_axes=2)
    assert str(first) == "Older – Newer"
    assert str(second) == "Movie 1, Movie 2 – Movie 60, Movie 59"


def test_rare_genres_name_nothing() -> None:
    [name] = names(lambda n: n, lambda n: ["Imax"] if n > N - 3 else [])
    assert "Imax" not in str(name)


def test_deleted_movies_do_not_matter() -> None:
    axis = Axis(1, 0.3, 1.0, [1, 2], [3, 4], 1.0, [])
    movie_map = MovieMap(1, [axis], np.array([1, 2, 3, 4]), np.zeros((4, 1)))
    movies = RatedMovies({4: Movie(pk=4, title="Four")})
    assert axis_names(movie_map, movies) == [AxisName("", "Four")]


def test_the_page_has_them(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    content = page_of(alices_client, PAGE)
    assert "Axis 1" not in content
    assert content.count(" – ") >= 4
