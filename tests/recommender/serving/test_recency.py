"""Newer ratings count more, by the time of each rating that the database holds."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.core.fold_in import stars_weights
from recommender.core.recency import STEPS_A_MINUTE, rating_ages
from recommender.models import TrainingRun
from recommender.serving.model_cache import current_model
from recommender.serving.predictions import predict
from recommender.serving.recommend import recommend
from recommender.serving.users import FoldedInUser, fold_in_user

A_WHILE_AGO = timezone.now() - timedelta(days=30)


def rate_all(user: User, movies: Iterable[Movie], stars: float, since: datetime) -> None:
    """One movie an hour."""
    for hour, movie in enumerate(movies):
        Rating.objects.rate(user, movie, stars, rated_at=since + timedelta(hours=hour))


def ages_by_movie(folded_in: FoldedInUser) -> dict[int, float]:
    given = folded_in.user_ratings
    ages = rating_ages(given.times, len(given.stars))
    movie_ids = current_model().items.item_ids[given.item_index].tolist()
    return dict(zip(movie_ids, ages.tolist(), strict=True))


def liking_of_even(user: User, movies: list[Movie]) -> float:
    stars = predict(user, [movie.pk for movie in movies[20:]])
    even, odd = ([stars[movie.pk] for movie in movies[start::2]] for start in (20, 21))
    return float(np.mean(even) - np.mean(odd))


def test_what_one_liked_last_counts_more(
    fitted: TrainingRun, alice: User, bob: User, two_tastes: list[Movie]
) -> None:
    """The same ratings: Alice came to like the even movies, Bob the odd ones."""
    even, odd = two_tastes[0:20:2], two_tastes[1:20:2]
    later = A_WHILE_AGO + timedelta(days=10)
    rate_all(alice, odd, 4.5, A_WHILE_AGO)
    rate_all(alice, even, 4.5, later)
    rate_all(bob, even, 4.5, A_WHILE_AGO)
    rate_all(bob, odd, 4.5, later)
    assert liking_of_even(alice, two_tastes) > liking_of_even(bob, two_tastes) + 0.1
    top = [recommend(user, n=8) for user in (alice, bob)]
    of_even = [sum(two_tastes.index(movie) % 2 == 0 for movie in picks.movies) for picks in top]
    assert of_even[0] > of_even[1]


def test_days_do_not_matter_only_what_came_after(
    fitted: TrainingRun, alice: User, two_tastes: list[Movie]
) -> None:
    rate_all(alice, two_tastes[:6], 4.0, A_WHILE_AGO)
    before = recommend(alice, n=10)
    for rating in Rating.objects.of(alice):
        Rating.objects.filter(pk=rating.pk).update(
            rated_at=A_WHILE_AGO + 40 * (rating.rated_at - A_WHILE_AGO) - timedelta(days=4000)
        )
    assert recommend(alice, n=10) == before


def test_an_import_in_one_minute_is_no_long_history(
    fitted: TrainingRun, alice: User, two_tastes: list[Movie]
) -> None:
    by_hand, imported, newest = two_tastes[0], two_tastes[1:31], two_tastes[31]
    Rating.objects.rate(alice, by_hand, 4, rated_at=A_WHILE_AGO)
    minute = A_WHILE_AGO.replace(second=0) + timedelta(days=1)
    Rating.objects.bulk_create(
        Rating(user=alice, movie=movie, half_stars=7, rated_at=minute + timedelta(seconds=place))
        for place, movie in enumerate(imported)
    )
    Rating.objects.rate(alice, newest, 4)
    folded_in = fold_in_user(current_model(), alice)
    ages = ages_by_movie(folded_in)
    assert ages[newest.pk] == 0
    assert ages[imported[-1].pk] == 1
    assert ages[by_hand.pk] == pytest.approx(STEPS_A_MINUTE + 1)
    given = folded_in.user_ratings
    expected = stars_weights(folded_in.items.hyperparameters, np.array([21.0]), 32)
    place = given.item_index.tolist().index(int(current_model().rows([by_hand.pk])[0]))
    assert given.solution.weights[place] == pytest.approx(expected[0])


@pytest.mark.parametrize("is_new", [True, False])
def test_a_what_if_is_as_new_as_the_rating_it_supposes(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
    is_new: bool,
) -> None:
    """A rating changed in a what-if keeps its time, as one that is saved does."""
    movie = two_tastes[11 if is_new else 0]
    supposed = recommend(even_fan, n=12, what_if_ratings={movie.pk: 4.5})
    alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": "4.5"})
    assert recommend(even_fan, n=12) == supposed
    ages = ages_by_movie(fold_in_user(current_model(), even_fan))
    assert ages[two_tastes[2].pk] == (1 if is_new else 0)
    assert ages[movie.pk] == 0


def test_the_order_of_a_visitors_ratings_counts(
    client: Client, fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    def picks(order: Iterable[int]) -> list[int]:
        browser = Client()
        for number in order:
            browser.post("/try/", {"movie": two_tastes[number].pk, "stars": "4.5"})
        return [item.movie_id for item in browser.get("/").context["tried"].items]

    numbers = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    evens = [
        sum(two_tastes.index(Movie.objects.get(pk=pk)) % 2 == 0 for pk in picks(order))
        for order in (reversed(numbers), numbers)
    ]
    assert evens[0] >= evens[1]
    assert picks(numbers) != picks(list(reversed(numbers)))
