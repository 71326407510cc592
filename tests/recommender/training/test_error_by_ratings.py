"""The error of predicted stars by number of ratings."""

import numpy as np

from recommender.core import Ratings
from recommender.training.error_by_ratings import errors_by_ratings


def test_it_works() -> None:
    """Movie 10 has six ratings in the fit, movie 20 one."""
    catalogue = np.array([10, 20, 30])
    users = [1, 2, 3, 4, 5, 6, 1]
    train = Ratings.from_triples(
        np.array(users), np.array([10] * 6 + [20]), np.full(7, 3.0), catalogue=catalogue
    )
    held_out = train.take(np.array([0, 1, 6]))
    predicted = np.array([3.5, 2.5, 5.0])
    found = errors_by_ratings(predicted, train, held_out)
    assert found["by_movie_ratings"] == [
        {"from": 1, "to": 4, "n": 1, "rmse": 2.0},
        {"from": 5, "to": 19, "n": 2, "rmse": 0.5},
    ]
    (group,) = found["by_rater_ratings"]
    assert (group["from"], group["to"], group["n"]) == (1, 4, 3)
    assert abs(group["rmse"] - np.sqrt(4.5 / 3)) < 1e-5
