"""Predictions compared with the ratings that followed."""

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import LoggedPrediction, TrainingRun
from tests.recommender.taste.conftest import API, STATISTICS, page_of


def test_errors_are_counted_and_the_largest_shown(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
) -> None:
    assert "Nothing to compare yet" in page_of(alices_client, STATISTICS)
    for number, predicted, shown in ((0, 4.5, True), (1, 4.0, False), (2, 4.9, True)):
        rating = Rating.objects.get(user=even_fan, movie=two_tastes[number])
        LoggedPrediction.objects.create(
            user=even_fan,
            movie=rating.movie,
            run=fitted,
            predicted=predicted,
            half_stars=rating.half_stars,
            prediction_shown=shown,
            rated_at=rating.rated_at,
        )
    said = alices_client.get(API).json()["said"]
    assert said["n"] == 3
    assert said["mean_error"] == pytest.approx((0.5 + 3.0 + 0.1) / 3)
    assert (said["n_shown"], said["n_hidden"], said["hidden_error"]) == (2, 1, 3.0)
    first = said["surprises"][0]
    assert (first["movie"]["title"], first["predicted"], first["stars"]) == ("Movie 1", 4, 1)
    content = page_of(alices_client, STATISTICS)
    assert "between our predictions and your ratings on average (3 ratings)" in content
    assert "too few to say how well we know you" in content
