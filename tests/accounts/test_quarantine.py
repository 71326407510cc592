"""Quarantine: ratings that count nowhere, for accounts that work as before."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.quarantine import quarantine, release
from movies import published_figures
from movies.models import Movie, Rating, RatingChanges
from movies.models.triggers import rating_counts
from recommender.training.snapshot import read_snapshot


def counts(movie: Movie) -> tuple[int, int]:
    movie.refresh_from_db()
    return movie.n_ratings, movie.half_star_sum


@pytest.fixture
def movie(alice: User, bob: User, make_movie: Callable[..., Movie]) -> Movie:
    movie = make_movie("Amélie")
    Rating.objects.rate(alice, movie, 5)
    Rating.objects.rate(bob, movie, 2)
    return movie


def test_it_works(movie: Movie, alice: User, bob: User) -> None:
    before = RatingChanges.total()
    assert quarantine(User.objects.filter(pk=alice.pk)) == 1
    assert counts(movie) == (1, 4)
    assert RatingChanges.total() == before + 1
    assert read_snapshot().ratings.user_ids.tolist() == [bob.pk]

    assert release(User.objects.filter(pk=alice.pk)) == 1
    assert counts(movie) == (2, 14)
    assert read_snapshot().ratings.user_ids.tolist() == [alice.pk, bob.pk]
    assert rating_counts.recount(connection) == 0


def test_the_account_works_as_before(movie: Movie, alice: User, make_movie) -> None:
    quarantine(User.objects.filter(pk=alice.pk))
    client = Client()
    client.force_login(alice)
    other = make_movie("Brazil")
    client.post(reverse("movies:rate", args=[other.pk]), {"stars": "4"})
    assert Rating.objects.get(user=alice, movie=other).half_stars == 8
    assert counts(other) == (0, 0)
    Rating.objects.filter(user=alice, movie=movie).update(half_stars=1)
    Rating.objects.filter(user=alice, movie=movie).delete()
    assert counts(movie) == (1, 4)
    assert client.get("/").status_code == 200
    assert rating_counts.recount(connection) == 0


@pytest.mark.parametrize("change", [{"is_active": False}, {"trains_model": False}])
def test_who_is_deactivated_does_not_teach(movie: Movie, alice: User, bob: User, change) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    assert read_snapshot().ratings.user_ids.tolist() == [bob.pk]
    # Opting out of teaching leaves the averages alone.
    assert counts(movie) == ((1, 4) if "is_active" in change else (2, 14))


def test_a_rater_of_a_data_set_is_not_put_in_quarantine(movie: Movie, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False, is_dataset_member=True)
    assert counts(movie) == (2, 14)
    assert quarantine(User.objects.all()) == 1  # bob
    assert len(read_snapshot().ratings) == 1


def test_published_figures_leave_them_out(
    make_user: Callable[..., User], make_movie: Callable[..., Movie], settings
) -> None:
    settings.MIN_PUBLIC_RATERS = 2
    movie = make_movie()
    for number in range(6):
        Rating.objects.rate(make_user(f"u{number}"), movie, 5 if number < 3 else 1)
    published_figures.publish_due()
    movie.refresh_from_db()
    assert (movie.published_count, movie.average) == (6, 3.0)
    quarantine(User.objects.filter(username__in=["u0", "u1", "u2"]))
    published_figures.publish_due()
    movie.refresh_from_db()
    assert (movie.published_count, movie.average) == (3, 1.0)
    assert published_figures.publish_due() == 0


def test_an_upgrade_takes_deactivated_accounts_out_of_the_counts(movie: Movie, alice: User) -> None:
    migration = import_module("movies.migrations.0027_counts_without_deactivated_accounts")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    Movie.objects.filter(pk=movie.pk).update(n_ratings=2, half_star_sum=14)  # as before
    editor = SimpleNamespace(connection=connection)
    migration.leave_out(apps, editor)
    assert counts(movie) == (1, 4)
    assert rating_counts.recount(connection) == 0
    migration.count_again(apps, editor)
    assert counts(movie) == (2, 14)
