"""What may be named as a reason: liked, near, and for the item; with an effect, or called less."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.core import (
    Factors,
    ItemFactors,
    UserRatings,
    contributions,
    cosine_similarity,
    explain,
    fold_in,
    reasons_for,
    score_items,
)
from recommender.core.explain.reasons import FEWEST_NEAR, SMALLEST_EFFECT, Reason, ReasonKind
from recommender.core.ranking import top_n
from tests.recommender.core.conftest import random_items
from tests.recommender.core.explain.conftest import all_weigh_alike, anyone, person, without

EVERY = 1000


def nearest(items: ItemFactors, target: int, n: int) -> set[int]:
    closeness = cosine_similarity(items, items.interest[target])
    closeness[target] = np.nan
    return set(top_n(np.where(closeness > 0, closeness, np.nan), n).tolist())


def test_it_works(fitted: Factors) -> None:
    everybody = [person(fitted, row, 20, row) for row in range(10)]
    found = [reasons_for(fitted.items, who, np.arange(50), EVERY) for who in everybody]
    assert {len(whole) for whole in found} == {50}
    kinds = {reason.kind for whole in found for why in whole for reason in why}
    assert kinds == {ReasonKind.STARS, ReasonKind.AUDIENCE}


@settings(max_examples=40, deadline=None)
@given(who=anyone, target=st.integers(0, 49))
def test_what_is_named_is_liked_near_and_for_the_item(
    fitted: Factors, who: tuple, target: int
) -> None:
    items, ratings = fitted.items, person(fitted, *who)
    [found] = reasons_for(items, ratings, [target], EVERY)
    shares = contributions(items, ratings, [target])[:, 0]
    named = [reason.place for reason in found]
    near = nearest(items, target, FEWEST_NEAR)
    expected = {
        place
        for place, (row, stars) in enumerate(zip(ratings.item_index, ratings.stars, strict=True))
        if stars >= max(3.5, ratings.stars.mean()) and row in near and shares[place] >= 0
    }
    assert set(named) == expected
    assert [reason.share for reason in found] == pytest.approx(shares[named])
    closeness = cosine_similarity(items, items.interest[target])[ratings.item_index]
    order = [(r.kind != ReasonKind.STARS, -closeness[r.place]) for r in found]
    assert order == sorted(order), "those with an effect first, then the nearest"


@settings(max_examples=40, deadline=None)
@given(who=anyone, target=st.integers(0, 49))
def test_a_reason_for_the_stars_has_an_effect_both_ways(
    fitted: Factors, who: tuple, target: int
) -> None:
    ratings, items = person(fitted, *who), all_weigh_alike(fitted.items)
    prediction = explain(items, ratings, target, without=0).prediction
    [found] = reasons_for(items, ratings, [target], EVERY)
    for reason in found:
        rest = without(ratings, reason.place)
        instead = explain(items, rest, target, without=0).prediction
        effect = min(reason.share, prediction - instead)
        if reason.kind == ReasonKind.STARS:
            assert effect >= SMALLEST_EFFECT - 1e-6
            assert reason.without == pytest.approx(instead, abs=1e-6)
        else:
            assert effect < SMALLEST_EFFECT + 1e-6
            assert reason.without is None


def test_the_first_few_are_the_first_of_all_and_items_do_not_mix(fitted: Factors) -> None:
    who, targets = person(fitted, None, 30, 5), [4, 17, 9]
    every = reasons_for(fitted.items, who, targets, EVERY)
    assert any(len(why) > 1 for why in every)
    few, alone = (
        reasons_for(fitted.items, who, targets),
        [reasons_for(fitted.items, who, [target])[0] for target in targets],
    )
    for whole, first, single in zip(every, few, alone, strict=True):
        assert places(first) == places(single) == places(whole[:1])


def places(why: list[Reason]) -> list[tuple[int, ReasonKind]]:
    return [(reason.place, reason.kind) for reason in why]


@pytest.mark.parametrize(("stars", "named"), [(0.5, False), (3.0, False), (5.0, True)])
def test_one_who_gives_everything_the_same(fitted: Factors, stars: float, named: bool) -> None:
    who = UserRatings(np.arange(20), np.full(20, stars, np.float32))
    found = reasons_for(fitted.items, who, np.arange(20, 50))
    assert any(found) is named


def test_what_hardly_anybody_rated_is_no_reason_and_has_none(fitted: Factors) -> None:
    who, targets = person(fitted, None, 30, 5), np.arange(50)
    found = reasons_for(fitted.items, who, targets, EVERY)
    target = next(row for row in targets if len(found[row]) > 1)
    first = found[target][0].place
    rare = np.array(fitted.items.n_ratings)
    rare[who.item_index[first]] = 2
    [why] = reasons_for(replace(fitted.items, n_ratings=rare), who, [target], EVERY)
    assert why
    assert first not in [reason.place for reason in why]
    rare[target] = 2
    assert reasons_for(replace(fitted.items, n_ratings=rare), who, [target]) == [[]]


def test_nothing_said_or_asked_is_no_reason(fitted: Factors) -> None:
    assert reasons_for(fitted.items, UserRatings([], []), [1, 2]) == [[], []]
    assert reasons_for(fitted.items, person(fitted, 3, 12, 0), []) == []
    unknown = replace(fitted.items, n_ratings=np.zeros(50, np.int32))
    assert reasons_for(unknown, person(fitted, 3, 12, 0), [1]) == [[]]


def test_in_a_large_catalogue_near_is_among_the_nearest_twentieth() -> None:
    items = random_items(9000, 8, 8)
    rng = np.random.default_rng(0)
    who = UserRatings(rng.permutation(9000)[:900], np.full(900, 4.0))
    targets = np.flatnonzero(items.n_ratings >= 3)[:30]
    for target, why in zip(targets, reasons_for(items, who, targets, EVERY), strict=True):
        assert why
        named = {int(who.item_index[reason.place]) for reason in why}
        # Found from a sample of the catalogue: 5 % give or take.
        assert named <= nearest(items, int(target), int(0.08 * items.n_items))


def test_on_real_ratings_the_first_reason_has_the_fans_of_the_pick(ml_100k: Factors) -> None:
    """By the ratings themselves: `benchmarks/reasons.py` measures the same for everybody."""
    given, items = ml_100k.ratings, ml_100k.items
    fans = np.zeros((given.n_users, given.n_items), np.float32)
    fans[given.user_index, given.item_index] = given.stars >= 4
    lengths = np.sqrt(np.maximum(fans.sum(axis=0), 1))
    common = fans.T @ fans / lengths / lengths[:, None]
    n_near = int(0.05 * given.n_items) + 1  # and the movie itself
    threshold = np.partition(common, -n_near, axis=1)[:, -n_near]
    named = has_fans = picked = 0
    for user in range(0, given.n_users, 16):
        rows = np.flatnonzero(given.user_index == user)
        who = UserRatings(given.item_index[rows], given.stars[rows])
        scores = score_items(items, fold_in(items, **who.arguments()))
        picks = top_n(scores, 12, exclude=who.item_index)
        picked += picks.size
        for pick, why in zip(picks, reasons_for(items, who, picks), strict=True):
            if why:
                named += 1
                has_fans += common[pick, who.item_index[why[0].place]] >= threshold[pick]
    assert named >= 0.8 * picked
    assert has_fans >= 0.85 * named
