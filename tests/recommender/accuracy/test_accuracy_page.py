"""The public accuracy page and its API: figures as stored, nobody to be told from them."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.accuracy.plots import calibration_plot, line_plot, strips
from recommender.accuracy.published import Bin
from recommender.core import fit
from recommender.core.evaluation import baselines
from recommender.core.evaluation.comparison import compare_models
from recommender.core.evaluation.splits import PROTOCOLS
from recommender.models import Evaluation, LoggedPrediction, TrainingRun
from tests.recommender.core.conftest import SMALL, make_ratings

PAGE, API = "/accuracy/", "/api/v1/accuracy/"


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    def learn(ratings: Any) -> Any:
        return fit(ratings, SMALL, seed=1)

    table = compare_models(make_ratings(), PROTOCOLS["temporal"], learn, baselines.ALL)
    return table | {"peers": True, "seed": 1, "limits": {"people_for_lists": 2000}}


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


def make_evaluation(run: TrainingRun | None, table: dict[str, Any], **fields: Any) -> Evaluation:
    fields = {"protocol": "temporal", "state": "finished", "finished_at": timezone.now()} | fields
    return Evaluation.objects.create(run=run, table=copy.deepcopy(table), **fields)


@pytest.fixture
def log(
    run: TrainingRun, make_user: Callable[..., User], make_movie: Callable[..., Movie]
) -> Callable[..., list[User]]:
    """So many people with so many predictions each, all of them half a star too high."""

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


def shown(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def test_it_works(client: Client, evaluation: Evaluation) -> None:
    page = shown(client)
    model = evaluation.table["contestants"][0]
    assert f"{model['stars']['rmse']:.3f}" in page
    assert f"{model['lists']['ndcg']:.3f}" in page
    for words in (
        *("Movie and person biases", "EASE", "Item neighbours", "temporal", "11-20"),
        *("Where it does not win", "Off the beaten track", f"#{evaluation.run_id}"),
    ):
        assert words in page, words
    assert page.count("<polyline") > 8
    assert "style=" not in page
    assert "Lists were measured on 2,000 people" in page
    assert 'href="/accuracy/"' in client.get("/movies/").content.decode()


def test_it_says_where_it_loses(client: Client, run: TrainingRun, measured: dict[str, Any]) -> None:
    behind = copy.deepcopy(measured)
    row = behind["by_given"][1]["contestants"][3]
    assert row["name"] == "biases only"
    row["stars"] = row["stars"] | {
        "rmse": 0.5,
        "model": {"difference": 0.4, "verdict": "behind"},
    }
    for entry in behind["contestants"][1:]:
        for part in ("stars", "lists"):
            if entry[part]:
                entry[part]["model"]["verdict"] = "ahead"
    make_evaluation(run, behind)
    losses = shown(client).partition("Where it does not win")[2]
    line = losses.partition("1-2 ratings given")[2].partition("3-5 ratings given")[0]
    assert "Behind: Movie and person biases, RMSE 0.500 against" in " ".join(line.split())
    assert "Everybody" not in losses


def test_before_the_first_evaluation_the_check_of_the_run_stands_in(
    client: Client, run: TrainingRun
) -> None:
    page = shown(client)
    assert "has not run yet" in page
    assert "0.912" in page
    assert "0.946" in page
    assert "19,633" in page


def test_without_a_model_there_is_nothing_to_say(client: Client, db: None) -> None:
    assert "Nothing has been learned here yet" in shown(client)


def test_too_few_ratings_to_hold_some_back(client: Client, run: TrainingRun) -> None:
    TrainingRun.objects.update(metrics={"rmse": None, "n_held_out": 3})
    assert "too few ratings" in shown(client)


def test_another_run_serves_by_now(client: Client, evaluation: Evaluation) -> None:
    TrainingRun.objects.update(is_active=False)
    newer = TrainingRun.objects.create(state="ready", is_active=True, activated_at=timezone.now())
    assert f"run #{newer.pk} serves now" in shown(client)


def test_data_sets_and_what_is_not_finished_stay_away(
    client: Client, run: TrainingRun, measured: dict[str, Any]
) -> None:
    make_evaluation(None, measured, source="ml-100k")
    make_evaluation(run, {}, state="running")
    make_evaluation(run, {}, state="failed")
    assert "has not run yet" in shown(client)


def test_random_folds_only_where_there_is_nothing_else(
    client: Client, run: TrainingRun, measured: dict[str, Any]
) -> None:
    make_evaluation(run, measured, protocol="5fold")
    assert "optimistic" in shown(client)
    make_evaluation(run, measured)
    make_evaluation(run, measured, protocol="5fold")
    assert "optimistic" not in shown(client)


def test_the_live_log_adds_up(client: Client, log: Callable) -> None:
    log(5, 8)
    log(5, 4, shown=False, name="other")
    live = client.get(API).json()["live"]
    assert live["together"] == {
        "n_ratings": 60, "n_people": 10, "mean_absolute_error": 0.5, "rmse": 0.5,
    }  # fmt: skip
    assert (live["shown"]["n_ratings"], live["hidden"]["n_ratings"]) == (40, 20)
    assert [(part["mean_predicted"], part["mean_given"]) for part in live["bins"]] == [
        (1.5, 1), (2.5, 2), (3.5, 3), (4.5, 4),
    ]  # fmt: skip
    assert live["bins"][0]["predicted_from"] == 1.5
    page = shown(client)
    assert "over 60 ratings by 10 people" in page
    assert page.count("plot-dot") == 4


@pytest.mark.parametrize(("n_people", "n_each"), [(4, 100), (5, 3)])
def test_too_few_people_or_ratings_show_nothing(
    client: Client, log: Callable, n_people: int, n_each: int
) -> None:
    log(n_people, n_each)
    assert client.get(API).json()["live"] is None
    assert "so that nobody can be told from them" in shown(client)


def test_a_part_with_too_few_people_is_not_told_by_the_rest(client: Client, log: Callable) -> None:
    log(6, 8)
    log(1, 40, shown=False, name="alone")
    live = client.get(API).json()["live"]
    assert live["together"]["n_people"] == 7
    assert live["shown"] is None
    assert live["hidden"] is None


def test_nobody_is_named(client: Client, log: Callable) -> None:
    people = log(6, 8)
    answers = shown(client) + client.get(API).content.decode()
    assert not any(user.username in answers for user in people)


def test_removed_ratings_leave_the_figures(client: Client, log: Callable) -> None:
    people = log(6, 8)
    for rating in list(Rating.objects.of(people[0])):
        Rating.objects.unrate(people[0], rating.movie)
    assert client.get(API).json()["live"]["together"]["n_people"] == 5


def test_the_api_says_what_the_page_says(client: Client, evaluation: Evaluation) -> None:
    answer = client.get(API).json()
    assert answer["evaluation"]["table"] == evaluation.table
    assert answer["evaluation"]["run"] == answer["run"]["id"]
    assert answer["run"]["metrics"]["rmse"] == 0.9123
    verdicts = {entry["verdict"] for entry in answer["evaluation"]["not_beaten"]}
    assert verdicts <= {"level", "behind"}


def test_before_anything_the_api_answers_too(client: Client, db: None) -> None:
    assert client.get(API).json() == {"run": None, "evaluation": None, "live": None}


def test_the_page_is_read_only(client: Client, db: None) -> None:
    assert client.post(PAGE).status_code == 405
    assert client.put(API).status_code in {401, 403, 405}


def test_the_number_of_queries_does_not_grow(
    client: Client, evaluation: Evaluation, log: Callable, measured: dict[str, Any]
) -> None:
    def count() -> int:
        cache.delete("accuracy.live")
        with CaptureQueriesContext(connection) as captured:
            shown(client)
        ours = [query["sql"] for query in captured if "cfsite_cache" not in query["sql"]]
        return sum("SAVEPOINT" not in sql for sql in ours)

    log(5, 4)
    before = count()
    log(10, 8, name="more")
    for _ in range(3):
        make_evaluation(evaluation.run, measured)
    assert count() == before <= 6


def test_the_log_is_not_read_for_every_visitor(client: Client, log: Callable) -> None:
    log(5, 4)
    shown(client)
    with CaptureQueriesContext(connection) as captured:
        shown(client)
    assert not any("loggedprediction" in query["sql"] for query in captured)


def test_a_line_is_broken_where_a_method_says_nothing() -> None:
    plot = line_plot(
        ["0", "1-2", "3-5"], [("a", "one", [None, 1.0, 1.1]), ("b", "two", [1.2, None, 0.9])]
    )
    assert [len(line.pieces) for line in plot.lines] == [1, 2]
    assert [len(line.points) for line in plot.lines] == [2, 2]
    assert plot.y_ticks[0].at > plot.y_ticks[-1].at  # larger is higher
    assert [tick.label for tick in plot.y_ticks] == ["0.9", "1", "1.1", "1.2"]


def test_plots_of_nothing_are_none() -> None:
    assert line_plot(["0"], [("a", "one", [1.0])]) is None
    assert line_plot(["0", "1"], [("a", "one", [None, None])]) is None
    assert calibration_plot([Bin(3.0, 10, 3.2, 3.1)]) is None
    assert strips([]) == []


@pytest.mark.parametrize(
    "values", [(1.0, 1.0), (0.0, 0.0), (0.02, 0.2), (0.95, 1.24), (0.05, 0.14), (1e-9, 3e3)]
)
def test_ticks_hold_every_value(values: tuple[float, float]) -> None:
    plot = line_plot(["0", "1"], [("a", "one", values)])
    heights = [point.y for point in plot.lines[0].points]
    assert plot.top <= min(heights) <= max(heights) <= plot.bottom
    assert 2 <= len(plot.y_ticks) <= 7


def test_strips_share_a_scale() -> None:
    first, second = strips([(1.0, 1.5, 2.0), (1.5, 2.0, 3.0)])
    assert first.low < first.middle == second.low < first.high == second.middle < second.high
