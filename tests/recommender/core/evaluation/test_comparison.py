"""Evaluations: who is asked what, and what the comparison says."""

import json
from dataclasses import replace

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fit
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.evaluation import baselines, item_item_baselines
from recommender.core.evaluation.comparison import TooFewRatings, compare_models
from recommender.core.evaluation.entries import compare_lists, compare_stars
from recommender.core.evaluation.metrics import ListFigures, StarErrors
from recommender.core.evaluation.splits import PROTOCOLS
from tests.recommender.core.conftest import SMALL, make_ratings


def learn(ratings: Ratings) -> Factors:
    return fit(ratings, SMALL, seed=1)


@pytest.fixture(scope="module")
def table(ratings: Ratings) -> dict:
    return compare_models(ratings, PROTOCOLS["temporal"], learn, item_item_baselines.ALL)


def contestant(table: dict, name: str) -> dict:
    return next(entry for entry in table["contestants"] if entry["name"] == name)


def test_it_works(table: dict, ratings: Ratings) -> None:
    model, everyone_alike = table["contestants"][0], contestant(table, "global mean")
    assert model["is_model"]
    assert model["stars"]["rmse"] < everyone_alike["stars"]["rmse"]
    assert everyone_alike["stars"]["model"]["verdict"] == "ahead"
    assert everyone_alike["stars"]["model"]["difference"] < 0
    assert model["stars"]["rmse_low"] < model["stars"]["rmse"] < model["stars"]["rmse_high"]
    assert model["stars"]["n_ratings"] == table["n_held_out"]
    assert table["n_ratings"] == len(ratings)
    assert [row["boldness"] for row in table["boldness"]] == list(BOLDNESS_STOPS)
    json.dumps(table, allow_nan=False)


def test_first_lists_are_measured_in_both_orders() -> None:
    table = compare_models(
        make_ratings(n_items=110), PROTOCOLS["temporal"], learn, item_item_baselines.ALL
    )
    by_time, at_random = table["yardsticks"]
    assert (by_time["order"], at_random["order"]) == ("time", "random")
    assert by_time["n_people"] == at_random["n_people"] >= 5
    names = [entry["name"] for entry in by_time["contestants"]]
    assert names == [
        "latent factors",
        *(make.name for make in item_item_baselines.ALL if make.ranks),
    ]
    for entry in [*by_time["contestants"], *at_random["contestants"]]:
        assert [row["n_given"] for row in entry["rows"]] == [1, 5, 10, 20]
        # The model's lists in the order of pages: no movie before one that prints more stars.
        in_order = 0.0 if entry["is_model"] else None
        assert all(row["inversions"] == in_order for row in entry["rows"])
        if entry["name"] == "popularity":
            assert {row["flip_overlap"] for row in entry["rows"]} == {1}
            assert {row["neighbours_falling"] for row in entry["rows"]} == {0}
            assert len({row["ndcg"] for row in entry["rows"]}) == 1
    assert table["left_out"]["n_people"] == 12
    assert all(entry["lists"]["too_early"] == 0 for entry in table["contestants"] if entry["lists"])
    json.dumps(table, allow_nan=False)


def test_too_few_people_with_a_history_get_no_yardsticks(table: dict) -> None:
    assert table["yardsticks"] == []


def test_without_times_there_is_one_order_and_no_recent_popularity() -> None:
    timeless = replace(make_ratings(n_items=110), times=None)
    table = compare_models(timeless, PROTOCOLS["5fold"], learn, baselines.CHEAP)
    assert [part["order"] for part in table["yardsticks"]] == ["random"]
    assert "recent popularity" not in {entry["name"] for entry in table["contestants"]}


def test_nobody_is_measured_on_what_they_have_no_opinion_of(table: dict) -> None:
    assert contestant(table, "global mean")["lists"] is None
    assert contestant(table, "popularity")["stars"] is None
    assert contestant(table, "EASE")["stars"] is None
    strangers = table["by_given"][0]
    assert strangers["given"] == "0"
    assert contestant(strangers, "EASE")["lists"] is None
    assert contestant(strangers, "popularity")["lists"] is not None


def test_the_plain_stop_is_the_list_that_was_measured(table: dict) -> None:
    plain = next(row for row in table["boldness"] if row["boldness"] == 0)
    assert plain["ndcg"] == table["contestants"][0]["lists"]["ndcg"]


def test_every_rating_is_tested_once_in_five_folds(ratings: Ratings) -> None:
    table = compare_models(ratings, PROTOCOLS["5fold"], learn, [baselines.BiasOnly])
    assert table["n_held_out"] == len(ratings)
    assert table["contestants"][1]["stars"]["n_ratings"] == len(ratings)
    squares = [fold["rmse"] ** 2 for fold in table["folds"]]  # of folds of nearly the same size
    assert np.mean(squares) == pytest.approx(table["contestants"][0]["stars"]["rmse"] ** 2, 0.01)


def test_too_few_ratings_are_refused() -> None:
    with pytest.raises(TooFewRatings, match=r"60 to test on; 100 are needed"):
        compare_models(make_ratings(), PROTOCOLS["lastone"], learn, baselines.CHEAP)


def errors(*values: float) -> StarErrors:
    """Each rating by a person of its own, in the order given."""
    return StarErrors(np.array(values), np.arange(len(values)))


def test_verdicts_look_at_pairs() -> None:
    hard = errors(*[0.5, 3.0] * 50)
    slightly_worse = errors(*[0.6, 3.1] * 50)
    noisy = errors(*[3.0, 0.5] * 50)
    assert compare_stars(hard, slightly_worse)["verdict"] == "ahead"
    assert compare_stars(slightly_worse, hard)["verdict"] == "behind"
    assert compare_stars(hard, noisy)["verdict"] == "level"
    assert compare_stars(hard, hard) == {"difference": 0.0, "verdict": "level"}


def lists(*ndcg: float) -> ListFigures:
    values = np.array(ndcg)
    return ListFigures(np.arange(values.size), values, values, values, values, 1.0)


def test_lists_are_compared_person_by_person() -> None:
    assert compare_lists(lists(0.5, 0.9, 0.1), lists(0.4, 0.8, 0.0))["verdict"] == "ahead"
    assert compare_lists(lists(0.5, 0.0), lists(0.0, 0.5))["verdict"] == "level"
    assert compare_lists(lists(), lists()) == {"difference": 0.0, "verdict": "level"}


def test_a_newcomers_untold_ratings_are_no_candidates(ratings: Ratings) -> None:
    """What is to be chosen from is the same whatever is known: only knowledge differs."""
    table = compare_models(ratings, PROTOCOLS["temporal"], learn, [baselines.Popularity])
    figures = {
        row["contestants"][1]["lists"]["ndcg"]
        for row in table["by_given"]
        if row["n_people"] == table["by_given"][0]["n_people"]
    }
    assert len(figures) == 1
