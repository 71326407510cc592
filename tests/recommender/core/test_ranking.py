"""Order and content of lists."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.core import (
    Factors,
    Hyperparameters,
    Ratings,
    fit,
    recommend,
    top_n,
)
from recommender.core.evaluation.metrics import rows_by_user
from recommender.core.ranking import half_steps, page_order, score_items
from tests.recommender.core.conftest import SMALL, make_checkerboard, make_ratings


def a_site_full_of_darlings(n_darlings: int = 300) -> Ratings:
    """Twenty people, movies that some of them share, and movies that one of them gave 5 stars."""
    core = make_ratings(n_users=20, n_items=80, density=0.25, seed=8)
    fans = np.random.default_rng(3).integers(0, 20, n_darlings)
    return Ratings.from_triples(
        np.append(core.user_ids[core.user_index], core.user_ids[fans]),
        np.append(core.item_ids[core.item_index], 10_000 + np.arange(n_darlings)),
        np.append(core.stars, np.full(n_darlings, 5.0)),
    )


def darlings_per_list(factors: Factors) -> list[int]:
    known = rows_by_user(factors.ratings)
    lists = [
        top_n(
            score_items(factors.items, factors.user_vector(row)),
            10,
            exclude=factors.ratings.item_index[known[row]],
        )
        for row in range(factors.user_ids.size)
    ]
    return [int((factors.items.item_ids[rows] >= 10_000).sum()) for rows in lists]


def test_movies_with_one_rating_do_not_fill_a_top_10() -> None:
    factors = fit(a_site_full_of_darlings(), SMALL, seed=1)
    assert max(darlings_per_list(factors)) <= 1
    # Without the doubt they would: what this test is worth.
    trusting = replace(factors, items=replace(factors.items))
    vars(trusting.items)["confidence"] = np.ones(factors.items.n_items, np.float32)
    assert max(darlings_per_list(trusting)) >= 3


def test_checkerboard_puts_the_withheld_item_first():
    board = make_checkerboard()
    factors = fit(board, Hyperparameters(n_factors=8, interest_factors=8, interest_user_ridge=1.0))
    for user in range(40):
        items, _ = recommend(factors, user, n=3)
        assert items[0] == user


def test_recommend_leaves_out_what_was_rated(fitted, ratings):
    user_id = int(ratings.user_ids[0])
    rated = set(ratings.item_ids[ratings.item_index[ratings.user_index == 0]].tolist())
    items, scores = recommend(fitted, user_id, n=1000)
    assert rated.isdisjoint(items.tolist())
    assert len(items) == ratings.n_items - len(rated)
    assert np.all(np.diff(scores) <= 0)


def test_an_unknown_person_gets_the_mean_persons_list(fitted):
    items, scores = recommend(fitted, -1, n=5)
    assert len(items) == 5
    assert np.isfinite(scores).all()


@given(st.lists(st.floats(-1, 7, width=32), max_size=24))
def test_no_movie_of_a_page_stands_before_one_with_half_a_star_more(predicted: list[float]) -> None:
    order = page_order(predicted).tolist()
    assert sorted(order) == list(range(len(predicted)))
    on_scale = np.clip(np.array(predicted)[order], 0.5, 5.0)
    highest_after = np.maximum.accumulate(on_scale[::-1])[::-1]
    assert (highest_after - on_scale <= 0.5 + 1e-6).all()
    printed = half_steps(on_scale)
    assert (np.diff(printed) <= 0).all(), "what is printed never rises"
    for step in set(printed.tolist()):
        places = [place for place, one in zip(order, printed, strict=True) if one == step]
        assert places == sorted(places), "within a step, best first"
