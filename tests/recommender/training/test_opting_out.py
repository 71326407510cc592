"""Users who opt out of training: no trace in the factors, and no loss of features."""

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import MovieFactors, TrainingRun, UserFactors
from recommender.serving import predictions, recommend
from recommender.training import refit

COLUMNS = ("movie_id", "bias", "vector", "implicit", "interest", "variance", "n_ratings")


def rows_of(run: TrainingRun) -> list[tuple]:
    """All stored factors of a run."""
    assert run.state == TrainingRun.State.READY, run.reason
    movies = MovieFactors.objects.filter(run=run).order_by("movie_id").values_list(*COLUMNS)
    people = UserFactors.objects.filter(run=run).order_by("user_id")
    people = people.values_list("user_id", "bias", "vector", "implicit", "interest")
    return [
        tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
        for row in (*movies, *people)
    ]


def test_factors_are_bit_equal_with_and_without_the_users_ratings(
    even_fan: User, alices_client: Client
) -> None:
    teaching = rows_of(refit.refit(seed=7))
    alices_client.post("/me/settings/", {"boldness": "0", "watchlist_in_lists": "on"})
    left_out = rows_of(refit.refit(seed=7))
    Rating.objects.of(even_fan).delete()
    not_there = rows_of(refit.refit(seed=7))
    assert left_out == not_there
    assert teaching != left_out, "else the test would see nothing"


def test_factors_are_bit_equal_for_a_user_whose_ids_lie_between_others(
    two_tastes: list[Movie],
) -> None:
    member = User.objects.get(username="set:7")
    User.objects.filter(pk=member.pk).update(trains_model=False)
    left_out = rows_of(refit.refit(seed=3))
    Rating.objects.of(member).delete()
    assert rows_of(refit.refit(seed=3)) == left_out


def test_opting_out_makes_a_refit_due(fitted: TrainingRun, even_fan: User, settings) -> None:
    refit.refit(seed=7)
    settings.REFIT_INTERVAL = 0
    assert not refit.is_due()
    even_fan.prefer(trains_model=False)
    assert refit.is_due()


def test_a_user_who_opted_out_gets_recommendations_and_predictions(
    two_tastes: list[Movie], even_fan: User, alices_client: Client, numbers: Callable
) -> None:
    even_fan.prefer(trains_model=False)
    refit.refit(seed=7)
    answer = recommend.recommend(even_fan, n=8)
    assert answer.source == "personal"
    assert all(number % 2 == 0 for number in numbers([item.movie_id for item in answer.items]))
    stars = predictions.predict(even_fan, [movie.pk for movie in two_tastes])
    assert len(stars) == len(two_tastes)
    assert np.std(list(stars.values())) > 0.3
    before = [item.movie_id for item in answer.items]
    url = f"/api/v1/movies/{before[0]}/rating/"
    alices_client.put(url, {"stars": 1}, content_type="application/json")
    api = alices_client.get("/api/v1/recommendations/", {"n": 8}).json()
    assert api["source"] == "personal"
    assert [item["movie"]["id"] for item in api["results"]] != before
    shown = alices_client.get("/movies/?order=for_you").content.decode()
    assert "with your first rating" not in shown


def test_the_preference_is_changed_through_the_api(alices_client: Client, alice: User) -> None:
    answer = alices_client.patch(
        "/api/v1/me/", {"trains_model": False}, content_type="application/json"
    )
    assert answer.json()["trains_model"] is False
    assert not User.objects.get(pk=alice.pk).trains_model
    with pytest.raises(ValueError, match="email"):
        alice.prefer(email="x@y.z")
