"""An evaluation of a small data set, and a log of predictions."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.core import fit
from recommender.core.evaluation import item_item_baselines
from recommender.core.evaluation.comparison import compare_models
from recommender.core.evaluation.splits import PROTOCOLS
from recommender.models import Evaluation, LoggedPrediction, TrainingRun
from tests.recommender.core.conftest import SMALL, make_ratings

PAGE, API = "/accuracy/", "/api/v1/accuracy/"


@pytest.fixture(autouse=True)
def no_figures_of_another_test(db: None) -> None:
    """The live log is cached for a minute."""
    cache.clear()


@pytest.fixture(scope="session")
def measured_once() -> dict[str, Any]:
    def fit_ratings(ratings: Any) -> Any:
        return fit(ratings, SMALL, seed=1)

    table = compare_models(
        make_ratings(n_items=110), PROTOCOLS["temporal"], fit_ratings, item_item_baselines.ALL
    )
    return table | {"peers": True, "seed": 1, "limits": {"people_for_lists": 2000}}


@pytest.fixture
def measured(measured_once: dict[str, Any]) -> dict[str, Any]:
    """The table of an evaluation; a test may change it."""
    return copy.deepcopy(measured_once)


def make_evaluation(run: TrainingRun | None, table: dict[str, Any], **fields: Any) -> Evaluation:
    fields = {"protocol": "temporal", "state": "finished", "finished_at": timezone.now()} | fields
    return Evaluation.objects.create(run=run, table=table, **fields)


@pytest.fixture
def run(db: None) -> TrainingRun:
    metrics = {"rmse": 0.9123, "bias_rmse": 0.9456, "ndcg": 0.1789, "popularity_ndcg": 0.0987,
               "n_held_out": 19_633}  # fmt: skip
    return TrainingRun.objects.create(
        state="ready", is_active=True, activated_at=timezone.now(), metrics=metrics
    )


@pytest.fixture
def evaluation(run: TrainingRun, measured: dict[str, Any]) -> Evaluation:
    return make_evaluation(run, measured)


@pytest.fixture
def log(
    run: TrainingRun, make_user: Callable[..., User], make_movie: Callable[..., Movie]
) -> Callable[..., list[User]]:
    """Log `n_each` predictions for each of `n_people`, all half a star too high."""

    def make(n_people: int, n_each: int, shown: bool = True, name: str = "person") -> list[User]:
        movies = [make_movie(f"Movie {n}") for n in range(n_each)]
        people = [make_user(f"{name}{n}") for n in range(n_people)]
        for user in people:
            for n, movie in enumerate(movies):
                stars = 1 + n % 4
                rating = Rating.objects.rate(user, movie, stars, prediction_shown=shown)
                LoggedPrediction.objects.create(
                    user=user, movie=movie, run=run, predicted=stars + 0.5,
                    half_stars=rating.half_stars, prediction_shown=shown, rated_at=rating.rated_at,
                )  # fmt: skip
        return people

    return make


def accuracy_page(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()
