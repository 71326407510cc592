"""Tests of the stored counts and the counter of changes, against a recount."""

import random
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.quarantine import quarantine, release
from movies.models import Movie, Rating, RatingChanges
from movies.models.triggers import rating_counts
from movies.stars import STEPS, to_half_stars


def assert_counts_are_right() -> None:
    for movie in Movie.objects.all():
        counted = movie.ratings.exclude(user__in=User.objects.uncounted())
        given_ = list(counted.values_list("half_stars", flat=True))
        assert movie.n_ratings == len(given_)
        assert movie.half_star_sum == sum(given_)


def test_it_works(alice: User, bob: User, make_movie: Callable[..., Movie]) -> None:
    movie, before = make_movie(), RatingChanges.total()
    Rating.objects.rate(alice, movie, 4)
    Rating.objects.rate(bob, movie, 1.5)
    movie.refresh_from_db()
    assert (movie.n_ratings, movie.half_star_sum) == (2, 11)
    assert RatingChanges.total() == before + 2
    assert_counts_are_right()


ACTIONS = [
    "rate",
    "unrate",
    "update",
    "bulk",
    "move",
    "raw",
    "delete user",
    "delete movie",
    "quarantine",
    "deactivate",
]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**20), actions=st.lists(st.sampled_from(ACTIONS), max_size=12))
def test_counts_are_right_after_any_history(db: None, seed: int, actions: list[str]) -> None:
    draw = random.Random(seed)
    with transaction.atomic():
        for number in range(4):
            get_user_model().objects.create(username=f"u{number}")
            Movie.objects.create(title=f"M{number}")
        for action in ["bulk", *actions]:
            _act(action, draw)
            assert_counts_are_right()
        transaction.set_rollback(True)


def _act(action: str, draw: random.Random) -> None:
    users, movies = list(User.objects.all()), list(Movie.objects.all())
    rating = Rating.objects.order_by("?").first()
    match action:
        case "quarantine" if users:
            user = draw.choice(users)
            everybody = User.objects.filter(pk=user.pk)
            (release if user.quarantined_at else quarantine)(everybody)
        case "deactivate" if users:
            user = draw.choice(users)
            user.is_active = not user.is_active
            user.save()
        case "rate" if users and movies:
            Rating.objects.rate(draw.choice(users), draw.choice(movies), draw.choice(STEPS))
        case "unrate" if rating:
            Rating.objects.unrate(rating.user, rating.movie)
        case "update":
            Rating.objects.filter(half_stars__lt=6).update(half_stars=draw.randint(1, 10))
        case "bulk":
            _rate_everything(users, movies, draw)
        case "move" if rating and movies:
            other = draw.choice(movies)
            if not Rating.objects.filter(user=rating.user, movie=other).exists():
                Rating.objects.filter(pk=rating.pk).update(movie=other)
        case "raw":
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM movies_rating WHERE half_stars > 7")
        case "delete user" if users:
            draw.choice(users).delete()
        case "delete movie" if movies:
            draw.choice(movies).delete()


def _rate_everything(users: list[User], movies: list[Movie], draw: random.Random) -> None:
    Rating.objects.bulk_create(
        [
            Rating(user=user, movie=movie, half_stars=draw.randint(1, 10))
            for user in users
            for movie in movies
        ],
        update_conflicts=True,
        unique_fields=["user", "movie"],
        update_fields=["half_stars"],
    )


def test_saving_a_movie_does_not_overwrite_concurrent_ratings(
    alice: User, make_movie: Callable[..., Movie]
) -> None:
    make_movie()
    in_a_form = Movie.objects.get()
    Rating.objects.rate(alice, Movie.objects.get(), 5)
    in_a_form.title = "Aliens"
    in_a_form.save()
    assert Movie.objects.get().title == "Aliens"
    assert_counts_are_right()


def test_a_rolled_back_rating_does_not_count(alice: User, make_movie: Callable) -> None:
    movie, before = make_movie(), RatingChanges.total()
    with transaction.atomic():
        Rating.objects.rate(alice, movie, 5)
        transaction.set_rollback(True)
    assert RatingChanges.total() == before
    assert_counts_are_right()


def test_recount_repairs_wrong_counts(alice: User, make_movie, make_rating) -> None:
    make_rating(alice, make_movie())
    Movie.objects.update(n_ratings=77)
    assert rating_counts.recount(connection) == 1
    assert_counts_are_right()


def test_installing_again_keeps_the_counts(alice: User, make_rating: Callable) -> None:
    make_rating(alice)
    before = RatingChanges.total()
    rating_counts.install(connection)
    assert RatingChanges.total() == before
    assert_counts_are_right()


@pytest.mark.parametrize("half_stars", [0, 11, -1, 200])
def test_the_database_refuses_values_off_the_grid(
    alice: User, make_movie: Callable, half_stars: int
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.bulk_create([Rating(user=alice, movie=make_movie(), half_stars=half_stars)])


def test_the_database_refuses_a_second_rating(alice: User, make_movie: Callable) -> None:
    movie = make_movie()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.bulk_create([Rating(user=alice, movie=movie, half_stars=n) for n in (1, 2)])


@pytest.mark.parametrize("stars", ["0.5", "3.50", 5, 2.5, "4"])
def test_stars_on_the_grid(stars: object) -> None:
    assert to_half_stars(stars) == float(stars) * 2


@pytest.mark.parametrize(
    "stars",
    [
        0,
        5.5,
        3.3,
        "4.25",
        float("nan"),
        float("inf"),
        "1e999",
        "",
        "four",
        True,
        None,
        "0_5",
        "-1",
        "４",
        "4e0",
        [4],
    ],
)
def test_stars_off_the_grid(stars: object) -> None:
    with pytest.raises(ValueError):
        to_half_stars(stars)
