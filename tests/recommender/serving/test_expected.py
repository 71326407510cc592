"""What was to be expected of a rating, and the ratings that surprised."""

from collections.abc import Callable

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import LoggedPrediction, TrainingRun
from recommender.serving import model_cache
from recommender.serving.expected import expected, predicted
from recommender.serving.predictions import predict_rows
from recommender.serving.users import fold_in_user

PAGE = "/me/ratings/?order=surprise"


def test_a_rating_against_ones_taste_is_the_biggest_surprise(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(even_fan, two_tastes[10], 0.5)  # the others who like even ones love it
    first = alices_client.get(PAGE).context["page"][0]
    assert first.movie == two_tastes[10]
    assert first.expected > 3
    assert f"predicted: {first.expected:.1f} stars" in alices_client.get(PAGE).content.decode()


def test_what_was_expected_is_what_would_be_said_without_that_rating(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    """But for the weights of the others, which become newer when a rating is removed."""
    found = expected(even_fan)
    movie = two_tastes[4]
    Rating.objects.unrate(even_fan, movie)
    model = model_cache.current_model()
    said = predict_rows(model, fold_in_user(model, even_fan), model.rows([movie.pk]))[0]
    assert found[movie.pk] == pytest.approx(np.clip(said, 0.5, 5), abs=0.03)


def test_what_stood_when_it_was_rated_counts_more_than_what_the_model_says_now(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    rating = Rating.objects.get(user=even_fan, movie=two_tastes[2])
    LoggedPrediction.objects.create(
        user=even_fan, movie=rating.movie, run=fitted, predicted=1.25, half_stars=10,
        prediction_shown=False, rated_at=rating.rated_at,
    )  # fmt: skip
    assert expected(even_fan)[rating.movie_id] == 1.25


def test_without_a_model_nothing_was_expected(
    alice: User, make_movie: Callable[..., Movie]
) -> None:
    Rating.objects.rate(alice, make_movie(), 4)
    assert expected(alice) is None
    assert predicted(alice, []) is None


def test_the_questions_do_not_grow_with_the_ratings(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert alices_client.get(PAGE).status_code == 200
        return len(asked)

    n_queries()  # loads the model
    before = n_queries()
    for movie in two_tastes[10:30]:
        Rating.objects.rate(even_fan, movie, 3)
    assert n_queries() == before <= 10
