"""First lists and the price of being left out, on the accuracy page."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from recommender.accuracy import yardsticks
from recommender.accuracy.report import as_text
from recommender.accuracy.tables import METHOD_NAMES
from recommender.models import Evaluation, TrainingRun
from tests.recommender.accuracy.conftest import API, accuracy_page, make_evaluation


def test_it_works(client: Client, evaluation: Evaluation) -> None:
    page = " ".join(accuracy_page(client).split())
    for part in evaluation.table["yardsticks"]:
        first = part["contestants"][0]["rows"][0]
        assert f"<td>{first['ndcg']:.3f}</td>" in page
        assert f"<td>{10 * first['people_overlap']:.1f}</td>" in page
        assert f"<td>{100 * first['liked_over_disliked']:.0f} %</td>" in page
    n_people = evaluation.table["yardsticks"][0]["n_people"]
    assert f"Ratings in the order they were given, {n_people} people" in page
    assert f"Ratings in random order, {n_people} people" in page
    assert page.count('<th scope="row">SLIM</th>') >= 3  # lists, and both orders
    outside = evaluation.table["left_out"]["outside"]
    assert f"<td>{outside['rmse']:.3f}</td><td>{outside['ndcg']:.3f}</td>" in page
    assert "left 12 people out" in page
    assert "Offered too early: 0." in page


def test_evaluations_stored_before_are_shown_without(
    client: Client, run: TrainingRun, measured: dict[str, Any]
) -> None:
    del measured["yardsticks"], measured["left_out"], measured["folds"]
    for entry in measured["contestants"]:
        if entry["lists"]:
            del entry["lists"]["too_early"]
    old = make_evaluation(run, measured)
    assert "NDCG@10" in as_text(old)
    page = accuracy_page(client)
    assert "Where it doesn't win" in page
    for words in ("first-lists", "left-out", "too early"):
        assert words not in page
    assert client.get(API).status_code == 200


def test_too_few_people_leave_the_section_out(
    client: Client, run: TrainingRun, measured: dict[str, Any]
) -> None:
    make_evaluation(run, measured | {"yardsticks": [], "left_out": None})
    page = accuracy_page(client)
    assert "first-lists" not in page
    assert "left-out" not in page


def test_methods_are_compared_after_five_ratings(measured: dict[str, Any]) -> None:
    by_time, at_random = yardsticks.first_lists(measured, METHOD_NAMES)
    names = [str(row.name) for row in by_time.methods]
    assert names[0] == "Our model"
    assert "Most rated in the last 30 days" in names
    assert [row.is_model for row in at_random.methods] == [True] + [False] * (len(names) - 1)
    popularity = at_random.methods[names.index("Most rated movies")]
    assert popularity.cells[4:] == ["10.0", "0 %", "0", "–"]


def test_numbers_are_rounded_and_written_as_the_language_does() -> None:
    first = {y.key: y for y in yardsticks.YARDSTICKS}
    row = {"ndcg": 0.4196, "neighbours_median_fall": -1234.4, "inversions": None}
    assert first["ndcg"].cell(row) == "0.420"
    assert first["neighbours_median_fall"].cell(row) == "−1,234"
    assert first["inversions"].cell(row) == "–"
    with translation.override("de"):
        assert first["ndcg"].cell(row) == "0,420"


@pytest.mark.parametrize(
    ("stars", "lists", "words"),
    [
        ("level", "level", "small enough to be chance"),
        ("ahead", "level", "small enough to be chance"),
        ("behind", "level", "their lists are just as good"),
        ("level", "behind", "their predicted stars are just as good"),
        ("behind", "behind", "Both their predicted stars and their lists"),
    ],
)
def test_the_verdict_says_what_is_worse(
    measured: dict[str, Any], stars: str, lists: str, words: str
) -> None:
    measured["left_out"]["stars"]["verdict"] = stars
    measured["left_out"]["lists"]["verdict"] = lists
    shown = yardsticks.left_out(measured)
    assert shown is not None
    assert words in shown.verdict
