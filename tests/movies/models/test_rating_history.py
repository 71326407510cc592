"""Tests of earlier ratings: which are kept, whatever way a rating is changed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import EarlierRating, Movie, Rating
from movies.models.triggers import rating_history
from movies.my_ratings import bulk_edit

YEARS_AGO = datetime(2019, 5, 17, 20, tzinfo=UTC)


@pytest.fixture
def movie(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie()


def history() -> list[float]:
    """The earlier stars, oldest first."""
    return [one.stars for one in EarlierRating.objects.order_by("replaced_at", "pk")]


def rated_long_ago(user: User, movie: Movie, stars: float) -> Rating:
    return Rating.objects.rate(user, movie, stars, rated_at=YEARS_AGO)


def a_day_passes() -> None:
    """All that is stored was stored a day earlier."""
    day = timedelta(days=1)
    for rating in Rating.objects.all():
        Rating.objects.filter(pk=rating.pk).update(
            rated_at=rating.rated_at - day, updated_at=rating.updated_at - day
        )
    for earlier in EarlierRating.objects.all():
        EarlierRating.objects.filter(pk=earlier.pk).update(
            rated_at=earlier.rated_at - day, replaced_at=earlier.replaced_at - day
        )


def test_it_works(alice: User, movie: Movie) -> None:
    rated_long_ago(alice, movie, 4)
    before = timezone.now()
    Rating.objects.rate(alice, movie, 2.5)
    earlier = EarlierRating.objects.get()
    assert (earlier.user, earlier.movie, earlier.stars) == (alice, movie, 4)
    assert earlier.rated_at == YEARS_AGO
    assert before <= earlier.replaced_at <= timezone.now()


def test_a_rating_stays_one_statement(
    alice: User, movie: Movie, django_assert_num_queries: Callable
) -> None:
    rated_long_ago(alice, movie, 4)
    with django_assert_num_queries(1):
        Rating.objects.rate(alice, movie, 2.5)
    assert history() == [4]


def test_the_same_stars_again_keep_nothing(alice: User, movie: Movie) -> None:
    rated_long_ago(alice, movie, 4)
    Rating.objects.rate(alice, movie, 4)
    assert history() == []


def test_each_stretch_begins_where_the_last_one_ended(alice: User, movie: Movie) -> None:
    rated_long_ago(alice, movie, 4)
    Rating.objects.rate(alice, movie, 3)
    a_day_passes()
    Rating.objects.rate(alice, movie, 5)
    first, second = EarlierRating.objects.order_by("pk")
    assert (first.stars, second.stars) == (4, 3)
    assert second.rated_at == first.replaced_at


def test_a_slip_is_not_kept(alice: User, movie: Movie) -> None:
    rated_long_ago(alice, movie, 4)
    Rating.objects.rate(alice, movie, 0.5)
    Rating.objects.rate(alice, movie, 4.5)
    assert history() == [4]
    Rating.objects.rate(alice, movie, 4)
    assert history() == []


def test_stars_before_a_removal_outlive_a_slip(alice: User, movie: Movie) -> None:
    rated_long_ago(alice, movie, 4)
    Rating.objects.unrate(alice, movie)
    a_day_passes()
    Rating.objects.rate(alice, movie, 0.5)
    Rating.objects.rate(alice, movie, 4)
    assert history() == [4]


def test_a_removed_rating_is_kept_unless_it_was_a_slip(
    alice: User, movie: Movie, make_movie: Callable[..., Movie]
) -> None:
    rated_long_ago(alice, movie, 4)
    Rating.objects.unrate(alice, movie)
    other = make_movie("Heat")
    Rating.objects.rate(alice, other, 1)
    Rating.objects.unrate(alice, other)
    assert history() == [4]
    a_day_passes()
    rated_long_ago(alice, movie, 3)  # an import with a date of its own
    Rating.objects.unrate(alice, movie)
    assert history() == [4, 3]


def test_undo_of_a_change_and_of_a_removal(
    alices_client: Client, alice: User, movie: Movie
) -> None:
    rated_long_ago(alice, movie, 4)
    for change in ({"stars": "2"}, {"remove": "1"}):
        url = f"/movies/{movie.pk}/rate/"
        answer = alices_client.post(url, change, headers={"HX-Request": "true"})
        assert history() == [4]
        sealed = answer.context["sealed"]
        assert alices_client.post("/me/ratings/undo/", {"sealed": sealed}).status_code == 302
        assert history() == []
        assert Rating.objects.get().half_stars == 8


def test_changes_of_several_ratings_and_their_undo(
    alice: User, bob: User, movie: Movie, make_movie: Callable[..., Movie]
) -> None:
    for one in (movie, make_movie("Heat")):
        rated_long_ago(alice, one, 4)
        rated_long_ago(bob, one, 1)
    own = Rating.objects.of(alice)
    for change in (partial(bulk_edit.set_stars, half_stars=6), bulk_edit.remove_ratings):
        edit = change(alice, own)
        assert history() == [4, 4]
        bulk_edit.undo(alice, edit.pk)
        assert history() == []
    assert set(own.values_list("half_stars", flat=True)) == {8}


def test_raters_of_a_data_set_have_no_history(make_user: Callable, movie: Movie) -> None:
    rater = make_user("ml-100k:1", is_dataset_member=True, is_active=False)
    rated_long_ago(rater, movie, 4)
    Rating.objects.rate(rater, movie, 2)
    assert history() == []


def test_deleting_an_account_or_a_movie_takes_the_history_along(
    alice: User, bob: User, movie: Movie
) -> None:
    for user in (alice, bob):
        rated_long_ago(user, movie, 4)
        Rating.objects.rate(user, movie, 2)
    alice.delete()
    assert EarlierRating.objects.get().user == bob
    movie.delete()
    assert not EarlierRating.objects.exists()


def test_installing_again_keeps_once(alice: User, movie: Movie) -> None:
    rating_history.install(connection)
    rated_long_ago(alice, movie, 4)
    Rating.objects.rate(alice, movie, 2)
    assert history() == [4]
