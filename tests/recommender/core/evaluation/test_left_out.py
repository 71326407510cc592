"""The same people inside the fit and left out of it."""

import json

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fit
from recommender.core.evaluation import splits
from recommender.core.evaluation.baselines import item_counts
from recommender.core.evaluation.entries import Task
from recommender.core.evaluation.left_out import MOST_GROUPS, LeftOut
from recommender.core.evaluation.model_adapter import LatentFactors
from tests.recommender.core.conftest import SMALL


def left_out(ratings: Ratings) -> LeftOut:
    train, test = map(ratings.take, splits.temporal(ratings))
    task = Task(train, test, item_counts(train))
    return LeftOut(task, LatentFactors.of(fit(train, SMALL, seed=1)))


def test_groups_are_outside_their_own_fit_only(ratings: Ratings) -> None:
    fitted: list[set[int]] = []

    def learn(others: Ratings) -> Factors:
        fitted.append(set(others.user_index.tolist()))
        return fit(others, SMALL, seed=1)

    phases: list[str] = []
    measured = left_out(ratings)
    measured.measure_groups(20, learn, phases.append)
    everyone = set(ratings.user_index.tolist())
    missing = [everyone - people for people in fitted]
    assert [len(people) for people in missing] == [20, 20, 20]
    assert set().union(*missing) == everyone
    assert phases == [f"fitting without group {n} of 3" for n in (1, 2, 3)]
    figures = measured.figures()
    assert (figures["n_people"], figures["n_at_a_time"]) == (60, 20)
    rmse = figures["outside"]["rmse"] - figures["inside"]["rmse"]
    assert figures["stars"]["difference"] == rmse
    assert figures["inside"]["rmse"] < 1
    json.dumps(figures, allow_nan=False)


def test_the_number_of_fits_is_bounded(ratings: Ratings) -> None:
    measured, model = left_out(ratings), []

    def learn(others: Ratings) -> Factors:
        model.append(len(others))
        return fit(others, SMALL, seed=1) if len(model) == 1 else first

    first = fit(ratings, SMALL, seed=1)
    measured.measure_groups(2, learn, lambda phase: None)
    assert len(model) == MOST_GROUPS
    assert measured.figures()["n_people"] == 2 * MOST_GROUPS


@pytest.mark.parametrize("n_people", [0, 4])
def test_too_few_people_are_no_figure(ratings: Ratings, n_people: int) -> None:
    measured = left_out(ratings)
    assert measured.figures() is None
    measured.add(measured.inside, np.arange(n_people))
    assert measured.figures() is None
