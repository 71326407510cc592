"""The public accuracy page and its API."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recommender.accuracy.summary import CACHE_KEY
from recommender.models import Evaluation, TrainingRun
from tests.recommender.accuracy.conftest import API, PAGE, accuracy_page, make_evaluation


def test_it_works(client: Client, evaluation: Evaluation) -> None:
    page = accuracy_page(client)
    model = evaluation.table["contestants"][0]
    assert f"{model['stars']['rmse']:.3f}" in page
    assert f"{model['lists']['ndcg']:.3f}" in page
    for words in (
        *("Average adjusted for movie and person", "EASE", "Item neighbours", "temporal", "11-20"),
        *("Where it doesn't win", "Off the beaten track", f"#{evaluation.run_id}"),
    ):
        assert words in page, words
    assert page.count("<polyline") > 8
    assert "style=" not in page
    assert "Lists were tested on 2,000 people" in page
    assert 'href="/accuracy/"' in client.get("/movies/").content.decode()


def test_it_lists_the_baselines_it_does_not_beat(
    client: Client, run: TrainingRun, measured: dict[str, Any]
) -> None:
    row = measured["by_given"][1]["contestants"][3]
    assert row["name"] == "biases only"
    row["stars"] = row["stars"] | {
        "rmse": 0.5,
        "model": {"difference": 0.4, "verdict": "behind"},
    }
    for entry in measured["contestants"][1:]:
        for part in ("stars", "lists"):
            if entry[part]:
                entry[part]["model"]["verdict"] = "ahead"
    make_evaluation(run, measured)
    losses = accuracy_page(client).partition("Where it doesn't win")[2]
    line = losses.partition("1-2 ratings given")[2].partition("3-5 ratings given")[0]
    assert (
        "Better than our model: Average adjusted for movie and person, RMSE 0.500 (ours:"
        in " ".join(line.split())
    )
    assert "Everybody" not in losses


def test_before_the_first_evaluation_it_shows_the_metrics_of_the_gate(
    client: Client, run: TrainingRun
) -> None:
    page = accuracy_page(client)
    assert "hasn't run yet" in page
    assert "0.912" in page
    assert "0.946" in page
    assert "19,633" in page


def test_without_a_model_it_says_so(client: Client, db: None) -> None:
    assert "learned anything yet" in accuracy_page(client)


def test_too_few_ratings_to_hold_some_back(client: Client, run: TrainingRun) -> None:
    TrainingRun.objects.update(metrics={"rmse": None, "n_held_out": 3})
    assert "enough ratings yet" in accuracy_page(client)


def test_it_says_that_another_run_serves_now(client: Client, evaluation: Evaluation) -> None:
    TrainingRun.objects.update(is_active=False)
    newer = TrainingRun.objects.create(state="ready", is_active=True, activated_at=timezone.now())
    assert f"run #{newer.pk} is live now" in accuracy_page(client)


def test_evaluations_of_data_sets_and_unfinished_ones_are_not_shown(
    client: Client, run: TrainingRun, measured: dict[str, Any]
) -> None:
    make_evaluation(None, measured, source="ml-100k")
    make_evaluation(run, {}, state="running")
    make_evaluation(run, {}, state="failed")
    assert "hasn't run yet" in accuracy_page(client)


def test_random_folds_are_shown_only_if_there_is_no_other_evaluation(
    client: Client, run: TrainingRun, measured: dict[str, Any]
) -> None:
    make_evaluation(run, measured, protocol="5fold")
    assert "better than they are" in accuracy_page(client)
    make_evaluation(run, measured)
    make_evaluation(run, measured, protocol="5fold")
    assert "optimistic" not in accuracy_page(client)


def test_the_api_says_what_the_page_says(client: Client, evaluation: Evaluation) -> None:
    answer = client.get(API).json()
    assert answer["evaluation"]["table"] == evaluation.table
    assert answer["evaluation"]["run"] == answer["run"]["id"]
    assert answer["run"]["metrics"]["rmse"] == 0.9123
    verdicts = {entry["verdict"] for entry in answer["evaluation"]["not_beaten"]}
    assert verdicts <= {"level", "behind"}


def test_the_api_of_a_new_site_answers_null(client: Client, db: None) -> None:
    assert client.get(API).json() == {"run": None, "evaluation": None, "live": None}


def test_the_page_is_read_only(client: Client, db: None) -> None:
    assert client.post(PAGE).status_code == 405
    assert client.put(API).status_code in {401, 403, 405}


def test_the_number_of_queries_does_not_grow(
    client: Client, evaluation: Evaluation, log: Callable, measured: dict[str, Any]
) -> None:
    def count() -> int:
        cache.delete(CACHE_KEY)
        with CaptureQueriesContext(connection) as captured:
            accuracy_page(client)
        ours = [query["sql"] for query in captured if "cfsite_cache" not in query["sql"]]
        return sum("SAVEPOINT" not in sql for sql in ours)

    log(5, 4)
    before = count()
    log(10, 8, name="more")
    for _ in range(3):
        make_evaluation(evaluation.run, measured)
    assert count() == before <= 6


def test_a_check_by_folds_says_so(client: Client, run: TrainingRun) -> None:
    by_time = "newest fifth of each person"
    assert by_time in accuracy_page(client)
    run.metrics["protocol"] = "every rating once, by 5 folds"
    run.save()
    page = accuracy_page(client)
    assert "each was predicted once" in page
    assert by_time not in page
