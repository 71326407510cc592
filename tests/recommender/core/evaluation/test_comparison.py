"""Evaluations: who is asked what, and what the comparison says."""

import json

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fit, fold_in
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.evaluation import baselines
from recommender.core.evaluation.comparison import (
    TooFewRatings,
    compare_lists,
    compare_models,
    compare_stars,
)
from recommender.core.evaluation.metrics import ListFigures, StarErrors
from recommender.core.evaluation.model_adapter import LatentFactors
from recommender.core.evaluation.new_users import BUCKETS, NewUsers
from recommender.core.evaluation.splits import PROTOCOLS, has_times
from tests.recommender.core.conftest import SMALL, make_ratings


def learn(ratings: Ratings) -> Factors:
    return fit(ratings, SMALL, seed=1)


@pytest.fixture(scope="module")
def table(ratings: Ratings) -> dict:
    return compare_models(ratings, PROTOCOLS["temporal"], learn, baselines.ALL)


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


def test_too_few_ratings_are_refused() -> None:
    with pytest.raises(TooFewRatings, match=r"60 to test on; 100 are needed"):
        compare_models(make_ratings(), PROTOCOLS["lastone"], learn, baselines.CHEAP)


def test_newcomers_are_strangers_to_the_fit(ratings: Ratings) -> None:
    split = PROTOCOLS["temporal"].split(ratings)[0]
    new_users = NewUsers.draw(ratings, split, in_order=True)
    people = np.unique(new_users.held_out.user_index)
    assert people.size == 12  # a fifth of sixty
    assert not np.isin(new_users.others.user_index, people).any()
    assert np.isin(new_users.own.user_index, people).all()


@pytest.mark.parametrize("bucket", BUCKETS)
def test_only_the_first_ratings_of_a_newcomer_are_known(ratings: Ratings, bucket) -> None:
    split = PROTOCOLS["temporal"].split(ratings)[0]
    new_users = NewUsers.draw(ratings, split, in_order=True)
    known, held_out = new_users.in_bucket(bucket)
    for user in np.unique(held_out.user_index):
        n_given = np.count_nonzero(known.user_index == user)
        assert bucket.lowest <= n_given <= (bucket.highest or len(ratings))
        own = new_users.own.take(new_users.own.user_index == user)
        first = known.times[known.user_index == user]
        assert sorted(first) == sorted(own.times)[:n_given]


def test_the_model_answers_as_it_does_on_a_page(ratings: Ratings, fitted: Factors) -> None:
    model = LatentFactors.of(fitted)
    users, items = ratings.user_index[::7], ratings.item_index[::7]
    expected = fitted.predict(ratings.user_ids[users], ratings.item_ids[items])
    assert model.predict(users, items) == pytest.approx(expected, abs=1e-5)
    some = ratings.take(np.flatnonzero(ratings.user_index == 3)[:4])
    folded = fold_in(fitted.items, some.item_index, some.stars)
    assert model.for_users_of(some).vector_of(3).vector == pytest.approx(folded.vector)
    assert model.for_users_of(some).vector_of(4).n_ratings == 0


@pytest.mark.parametrize("make", baselines.ALL)
def test_a_baseline_that_knows_the_same_says_the_same(make, ratings: Ratings) -> None:
    first = make(ratings)
    again = first.for_users_of(ratings)
    people, items = ratings.user_index[:50], ratings.item_index[:50]
    assert again.predict(people, items) == pytest.approx(first.predict(people, items), abs=1e-4)
    asked = np.arange(10)
    assert again.score(asked) == pytest.approx(first.score(asked), abs=1e-4)


@pytest.mark.parametrize("make", [baselines.BiasOnly, baselines.ItemNeighbours, baselines.Ease])
def test_a_baseline_learns_a_new_person_from_their_ratings(make, ratings: Ratings) -> None:
    mine = ratings.user_index == 5
    others = make(ratings.take(~mine))
    before = others.score(np.array([5])), others.predict(np.array([5]), np.array([0]))
    others = others.for_users_of(ratings.take(mine))
    after = others.score(np.array([5])), others.predict(np.array([5]), np.array([0]))
    assert not np.allclose(before[0], after[0]) or not np.allclose(before[1], after[1])


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


def test_times_that_are_all_the_same_are_none(ratings: Ratings) -> None:
    assert has_times(ratings)
    for times in (None, np.zeros(len(ratings))):
        same = Ratings.from_triples(ratings.user_index, ratings.item_index, ratings.stars, times)
        assert not has_times(same)
