"""One order for several people: what each rule promises, for any people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.core import (
    Factors,
    ItemFactors,
    UserRatings,
    UserVector,
    contributions,
    explain,
    fold_in,
    score_items,
    top_n,
)
from recommender.core.group_ranking import (
    VETO_BELOW,
    Rule,
    group_scores,
    half_steps,
    member_scores,
    member_stars,
)

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=30, deadline=None, derandomize=True)


@pytest.fixture(scope="module")
def items(fitted: Factors) -> ItemFactors:
    return fitted.items


def people(items: ItemFactors, seed: int, n: int = 4) -> list[UserVector]:
    """People with ratings of their own; the last has none."""
    rng = np.random.default_rng(seed)
    rated = [rng.choice(items.n_items, rng.integers(1, 20), replace=False) for _ in range(n - 1)]
    users = [fold_in(items, index, rng.integers(1, 11, index.size) / 2) for index in rated]
    return [*users, UserVector.mean_of(items)]


def test_it_works_on_a_hand_worked_table() -> None:
    scores = np.array([[3.0, 1.0, 2.0, 0.0], [0.0, 1.5, 2.0, 3.0]])
    stars = np.array([[5.0, 3.0, 4.0, 2.0], [2.0, 3.5, 4.0, 5.0]], np.float32)
    assert group_scores(scores, Rule.AVERAGE).tolist() == [1.5, 1.25, 2.0, 1.5]
    least = group_scores(scores, Rule.LEAST_MISERY, stars)
    assert top_n(least, 9).tolist() == [2, 1, 0, 3], "4, 3, then twice 2 stars, by scores alike"
    vetoed = group_scores(scores, Rule.VETO, stars)
    assert top_n(vetoed, 9).tolist() == [2, 1]


@some
@given(seed=seeds, rule=st.sampled_from(list(Rule)))
def test_the_order_of_the_members_does_not_matter(
    items: ItemFactors, seed: int, rule: Rule
) -> None:
    users = people(items, seed)
    scores, stars = member_scores(items, users), member_stars(items, users)
    turned = np.random.default_rng(seed).permutation(len(users))
    np.testing.assert_allclose(
        group_scores(scores, rule, stars),
        group_scores(scores[turned], rule, stars[turned]),
        atol=1e-12,
    )
    again = member_scores(items, [users[place] for place in turned])
    np.testing.assert_allclose(again, scores[turned], atol=1e-5)


@some
@given(seed=seeds)
def test_a_group_of_one_has_that_persons_list(items: ItemFactors, seed: int) -> None:
    user = people(items, seed, 2)[0]
    own = top_n(score_items(items, user), items.n_items)
    scores, stars = member_scores(items, [user]), member_stars(items, [user])
    assert top_n(group_scores(scores, Rule.AVERAGE), 99).tolist() == own.tolist()
    vetoed = [row for row in own if stars[0, row] >= VETO_BELOW]
    assert top_n(group_scores(scores, Rule.VETO, stars), 99).tolist() == vetoed
    steps = half_steps(stars)[0]
    by_steps = sorted(own.tolist(), key=lambda row: -steps[row])
    assert top_n(group_scores(scores, Rule.LEAST_MISERY, stars), 99).tolist() == by_steps


@some
@given(seed=seeds, rule=st.sampled_from(list(Rule)), times=st.integers(2, 5))
def test_the_same_person_many_times_is_that_person_once(
    items: ItemFactors, seed: int, rule: Rule, times: int
) -> None:
    user = people(items, seed, 2)[:1]
    scores, stars = member_scores(items, user), member_stars(items, user)
    often = group_scores(scores.repeat(times, axis=0), rule, stars.repeat(times, axis=0))
    np.testing.assert_allclose(group_scores(scores, rule, stars), often, atol=1e-12)


@some
@given(seed=seeds)
def test_nobody_is_outvoted_by_a_louder_scale(items: ItemFactors, seed: int) -> None:
    """Every person's scores have mean 0 and spread 1 before they are put together."""
    scores = member_scores(items, people(items, seed))
    np.testing.assert_allclose(scores.mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(scores.std(axis=1), 1, atol=1e-9)


@some
@given(seed=seeds)
def test_no_movie_makes_the_least_happy_happier_than_least_misery(
    items: ItemFactors, seed: int
) -> None:
    users = people(items, seed)
    scores, stars = member_scores(items, users), member_stars(items, users)
    order = top_n(group_scores(scores, Rule.LEAST_MISERY, stars), items.n_items)
    least = half_steps(stars).min(axis=0)[order]
    assert (np.diff(least) <= 0).all()
    among_the_best = order[least == least[0]]
    assert (np.diff(scores.min(axis=0)[among_the_best]) <= 1e-12).all()


@some
@given(seed=seeds)
def test_a_veto_removes_what_somebody_would_hate_and_nothing_else(
    items: ItemFactors, seed: int
) -> None:
    users = people(items, seed)
    scores, stars = member_scores(items, users), member_stars(items, users)
    average = group_scores(scores, Rule.AVERAGE)
    veto = group_scores(scores, Rule.VETO, stars)
    hated = (stars < VETO_BELOW).any(axis=0)
    assert np.isnan(veto[hated]).all()
    np.testing.assert_array_equal(veto[~hated], average[~hated])
    assert not set(top_n(veto, items.n_items)) & set(np.flatnonzero(hated))


def test_somebody_joining_can_only_lower_the_least_happy(items: ItemFactors) -> None:
    users = people(items, 3)
    few, more = (
        group_scores(member_scores(items, us), Rule.LEAST_MISERY, member_stars(items, us))
        for us in (users[:2], users)
    )
    assert (more <= few + 1e-6).all()


def test_nobody_is_no_group_and_a_veto_needs_stars() -> None:
    with pytest.raises(ValueError, match="at least one"):
        group_scores(np.empty((0, 3)), Rule.AVERAGE)
    for rule in (Rule.VETO, Rule.LEAST_MISERY):
        with pytest.raises(ValueError, match="predicted stars"):
            group_scores(np.zeros((1, 3)), rule)


def test_stars_are_those_of_each_person_alone(items: ItemFactors) -> None:
    from recommender.core import predicted_stars

    users = people(items, 5)
    rows = np.array([3, 1, 7])
    together = member_stars(items, users, rows)
    for user, stars in zip(users, together, strict=True):
        np.testing.assert_allclose(stars, predicted_stars(items, user, rows), atol=1e-5)


def test_contributions_are_those_of_the_explanation(items: ItemFactors) -> None:
    rng = np.random.default_rng(0)
    index, stars = rng.choice(items.n_items, 9, replace=False), rng.integers(1, 11, 9) / 2
    targets = np.array([0, 4, 9])
    ratings = UserRatings(index, stars)
    shares = contributions(items, ratings, targets)
    assert shares.shape == (9, 3)
    for place, target in enumerate(targets):
        expected = explain(items, ratings, int(target), without=0).contributions
        np.testing.assert_allclose(shares[:, place], expected, atol=1e-9)
    assert contributions(items, UserRatings([], []), targets).shape == (0, 3)
