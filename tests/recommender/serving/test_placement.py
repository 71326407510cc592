"""A movie added since the run has similar movies and an unsure prediction at once."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Credit, Genre, Movie, Person
from recommender.models import TrainingRun
from recommender.serving.explain import explain
from recommender.serving.predictions import predict
from recommender.serving.similar import similar_movies


@pytest.fixture
def directed(two_tastes: list[Movie]) -> tuple[Person, Person]:
    """One director made the even movies, another the odd ones."""
    both = tuple(Person.objects.create(name=name, name_key=name) for name in ("even", "odd"))
    Credit.objects.bulk_create(
        Credit(movie=movie, person=both[place % 2], role=Credit.Role.DIRECTOR)
        for place, movie in enumerate(two_tastes)
    )
    return both


@pytest.fixture
def new_by(directed: tuple[Person, Person]) -> Callable[[int], Movie]:
    def make(director: int) -> Movie:
        movie = Movie.objects.create(title=f"New {director}", year=1999)
        Credit.objects.create(movie=movie, person=directed[director], role="director")
        return movie

    return make


def test_it_works(fitted: TrainingRun, new_by: Callable, even_fan: User) -> None:
    even, odd = new_by(0), new_by(1)
    stars = predict(even_fan, [even.pk, odd.pk])
    assert stars[even.pk] > stars[odd.pk] + 0.5


def test_the_prediction_is_unsure(
    fitted: TrainingRun, two_tastes: list[Movie], new_by: Callable, even_fan: User
) -> None:
    new = new_by(0)
    stars = predict(even_fan, [new.pk, *(movie.pk for movie in two_tastes)])
    assert stars[new.pk].spread > max(stars[movie.pk].spread for movie in two_tastes)


def test_the_page_explains_it(fitted: TrainingRun, new_by: Callable, even_fan: User) -> None:
    new = new_by(0)
    why = explain(even_fan, new)
    assert why is not None
    assert float(why.stars) == pytest.approx(float(predict(even_fan, [new.pk])[new.pk]), abs=1e-5)
    parts = why.average + why.standing + why.tendency + why.typical + why.others
    assert parts + sum(one.share for one in why.ratings) == pytest.approx(why.prediction, abs=1e-4)
    client = Client()
    client.force_login(even_fan)
    assert client.get(new.get_absolute_url()).status_code == 200


def test_similar_movies_have_its_director(
    fitted: TrainingRun, new_by: Callable, two_tastes: list[Movie]
) -> None:
    even = set(two_tastes[::2])
    assert set(similar_movies(new_by(0), n=6)) <= even


def test_genres_place_it_too(fitted: TrainingRun, two_tastes: list[Movie], even_fan: User) -> None:
    genres = [Genre.objects.create(name=name, slug=name) for name in ("even", "odd")]
    new = []
    for place, movie in enumerate(two_tastes):
        movie.genres.add(genres[place % 2])
    for genre in genres:
        movie = Movie.objects.create(title="New")
        movie.genres.add(genre)
        new.append(movie.pk)
    stars = predict(even_fan, new)
    assert stars[new[0]] > stars[new[1]] + 0.5


def test_a_movie_of_which_nothing_is_known_is_an_average_one(
    fitted: TrainingRun, even_fan: User
) -> None:
    blank = Movie.objects.create(title="Blank")
    assert 1 < predict(even_fan, [blank.pk])[blank.pk] < 5


def test_known_movies_cost_no_more_queries(
    fitted: TrainingRun,
    two_tastes: list[Movie],
    even_fan: User,
    django_assert_num_queries: Callable,
) -> None:
    predict(even_fan, [two_tastes[9].pk])
    with django_assert_num_queries(1):
        predict(even_fan, [two_tastes[9].pk])
