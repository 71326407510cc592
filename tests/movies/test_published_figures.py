"""Public figures of a movie's ratings: from five raters on, and never exact to a single one."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating

Crowd = Callable[..., Movie]


@pytest.fixture
def crowd(make_movie: Callable[..., Movie], make_user: Callable[..., User]) -> Crowd:
    """Rates a movie, by new people, and publishes what may be."""

    def rate(*stars: float, movie: Movie | None = None) -> Movie:
        movie = movie or make_movie()
        for given_ in stars:
            Rating.objects.rate(make_user(f"u{User.objects.count()}"), movie, given_)
        return publish(movie)

    return rate


def publish(movie: Movie) -> Movie:
    published_figures.publish_due()
    movie.refresh_from_db()
    return movie


def figures(movie: Movie) -> tuple:
    return movie.shown_count, movie.average, movie.damped_average, movie.published_spread


def seen(client: Client, movie: Movie) -> str:
    """What a watcher sees: page and API."""
    page = client.get(movie.get_absolute_url()).content.decode().partition("<main")[2]
    answer = client.get(f"/api/v1/movies/{movie.pk}/").json()
    return page.partition('id="follows"')[0] + str(answer)


def test_it_works(crowd: Crowd) -> None:
    movie = crowd(5, 4, 4, 3.5, 1.5)
    assert (movie.shown_count, movie.average) == (5, 3.6)
    assert movie.published_spread == [0, 0, 1, 0, 0, 0, 1, 2, 0, 1]
    assert movie.damped_average == pytest.approx((36 + 70) / (2 * 15))


def test_four_ratings_are_not_told(crowd: Crowd) -> None:
    movie = crowd(5, 5, 5, 5)
    assert figures(movie) == (0, None, 0, None)


def test_a_watcher_sees_no_single_rating(client: Client, crowd: Crowd) -> None:
    movie = crowd(5, 4, 4, 3.5, 1.5)
    before = seen(client, movie)
    for stars in (0.5, 0.5, 0.5, 0.5):
        crowd(stars, movie=movie)
        assert seen(client, movie) == before
    crowd(0.5, movie=movie)
    assert movie.shown_count == 10
    assert seen(client, movie) != before


def test_nobody_is_counted_twice(alice: User, crowd: Crowd) -> None:
    movie = crowd(5, 4, 4, 3.5, 1.5)
    before = figures(movie)
    for stars in (0.5, 5, 0.5, 5, 0.5, 5, 0.5):
        Rating.objects.rate(alice, movie, stars)
        assert figures(publish(movie)) == before
    Rating.objects.unrate(alice, movie)
    assert figures(publish(movie)) == before


def test_many_changed_ratings_are_published(crowd: Crowd) -> None:
    movie = crowd(5, 5, 5, 5, 5)
    ratings = list(movie.ratings.order_by("pk"))
    for rating in ratings[:4]:
        Rating.objects.rate(rating.user, movie, 0.5)
    assert publish(movie).average == 5, "four people changed their minds"
    Rating.objects.rate(ratings[4].user, movie, 0.5)
    assert publish(movie).average == 0.5


def test_one_who_leaves_and_one_who_comes_are_not_told_apart(crowd: Crowd) -> None:
    movie = crowd(5, 4, 4, 3.5, 1.5)
    before = figures(movie)
    movie.ratings.first().delete()
    assert publish(movie).shown_count == 0, "four are left"
    assert figures(crowd(0.5, movie=movie)) == before


@pytest.mark.parametrize("n", [1, 3])
def test_the_number_is_a_setting(crowd: Crowd, settings: object, n: int) -> None:
    settings.MIN_PUBLIC_RATERS = n
    movie = crowd(*[4] * (n - 1))
    assert movie.shown_count == 0
    assert crowd(2, movie=movie).shown_count == n


def test_saving_a_movie_keeps_its_figures(crowd: Crowd) -> None:
    movie = crowd(5, 4, 4, 3.5, 1.5)
    in_a_form = Movie.objects.get()
    before = figures(crowd(1, 1, 1, 1, 1, movie=movie))
    in_a_form.save()
    movie.refresh_from_db()
    assert figures(movie) == before


def test_it_takes_few_queries_for_many_movies(
    make_movie: Callable, make_user: Callable, django_assert_num_queries: Callable
) -> None:
    movies = [make_movie(f"M{n}") for n in range(20)]
    people = [make_user(f"u{n}") for n in range(5)]
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=7) for user in people for movie in movies
    )
    with django_assert_num_queries(6):
        assert published_figures.publish_due() == 20
    with django_assert_num_queries(1):
        assert published_figures.publish_due() == 0


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 11), st.sampled_from([None, 0.5, 2, 5]), st.booleans()),
        max_size=40,
    )
)
def test_two_snapshots_differ_by_five_people(db: None, steps: list) -> None:
    """Whatever people do, and whenever the worker looks."""
    with transaction.atomic():
        snapshots = _snapshots(steps)
        transaction.set_rollback(True)
    for before, after in pairwise(snapshots):
        assert sum(before.get(user) != after.get(user) for user in {*before, *after}) >= 5


def _snapshots(steps: list) -> list[dict[int, int]]:
    """The ratings at each snapshot, by user; none at first."""
    people = [User.objects.create(username=f"p{n}") for n in range(12)]
    movie = Movie.objects.create(title="Alien")
    snapshots: list[dict[int, int]] = [{}]
    for number, stars, looks in steps:
        if stars is None:
            Rating.objects.unrate(people[number], movie)
        else:
            Rating.objects.rate(people[number], movie, stars)
        if looks and published_figures.publish_due():
            snapshots.append(dict(movie.ratings.values_list("user", "half_stars")))
    return snapshots


def test_one_enthusiast_does_not_put_a_movie_first(make_user, make_movie) -> None:
    one, many, poor, unrated = (make_movie(title) for title in ("One", "Many", "Poor", "Unrated"))
    people = [make_user(f"u{n}") for n in range(8)]
    Rating.objects.rate(people[0], one, 5)
    for person in people:
        Rating.objects.rate(person, many, 4.5)
        Rating.objects.rate(person, poor, 1)
    published_figures.publish_due()
    order = list(Movie.objects.best_loved())
    assert order == [many, poor, one, unrated]
    assert all(a.damped_average >= b.damped_average for a, b in pairwise(order))
