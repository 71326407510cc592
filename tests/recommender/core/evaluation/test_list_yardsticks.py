"""Yardsticks of lists, on lists worked out by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fold_in, predicted_stars
from recommender.core.evaluation import list_yardsticks as yardsticks
from recommender.core.evaluation.list_yardsticks import Person, Setting, Told
from recommender.core.ranking import half_steps

NAN = float("nan")


def test_a_hit_weighs_what_its_item_weighs() -> None:
    weights = yardsticks.inverse_propensity([100, 25, 4, 0])
    assert weights == pytest.approx([1, 2, 5, 10])
    # Items 0 and 2 are wanted; the perfect list is [2, 0].
    best = 5 / np.log2(2) + 1 / np.log2(3)
    assert yardsticks.weighted_ndcg([2, 0, 1], [0, 2], weights, 2) == pytest.approx(1)
    assert yardsticks.weighted_ndcg([0, 1, 2], [0, 2], weights, 2) == pytest.approx(1 / best)
    assert yardsticks.weighted_ndcg([1, 2, 0], [0, 2], weights, 2) == pytest.approx(
        5 / np.log2(3) / best
    )
    assert yardsticks.weighted_ndcg([1, 2], [], weights, 2) == 0


def test_equal_weights_give_plain_ndcg() -> None:
    ranked, wanted = [4, 2, 0, 1], [0, 2, 3]
    assert yardsticks.weighted_ndcg(ranked, wanted, np.ones(5), 3) == pytest.approx(
        yardsticks.ndcg(ranked, wanted, 3)
    )


def test_liked_over_disliked_counts_pairs_and_ties_half() -> None:
    scores = [0.9, 0.5, 0.5, 0.1]
    assert yardsticks.liked_over_disliked(scores, [0], [3]) == 1
    assert yardsticks.liked_over_disliked(scores, [3], [0]) == 0
    # 0 over 2, 1 level with 2, 0 and 1 over 3
    assert yardsticks.liked_over_disliked(scores, [0, 1], [2, 3]) == pytest.approx(3.5 / 4)
    assert np.isnan(yardsticks.liked_over_disliked(scores, [0], []))


def test_people_overlap_is_the_mean_over_pairs_of_people() -> None:
    lists = [np.array(rows) for rows in ([1, 2, 3], [1, 2, 4], [7, 8, 1])]
    pairs = [2 / 3, 1 / 3, 1 / 3]
    assert yardsticks.people_overlap(lists, 3) == pytest.approx(np.mean(pairs))
    assert yardsticks.people_overlap(lists[:1] * 4, 3) == 1
    assert np.isnan(yardsticks.people_overlap(lists[:1], 3))


def test_stars_turn_around_the_middle_of_their_scale() -> None:
    assert list(yardsticks.upside_down([0.5, 3, 5])) == [5, 2.5, 0.5]
    assert list(yardsticks.upside_down([1, 3, 5], lowest=1)) == [5, 3, 1]


def test_places_fallen_leave_out_what_is_no_candidate() -> None:
    before, after = [5, 4, 3, 2, 1], [5, 0, 3, 2, 1]
    assert list(yardsticks.places_fallen(before, after, [1, 2])) == [3, -1]
    assert list(yardsticks.places_fallen(before, after, [1], exclude=[3])) == [2]
    # From a tie of three, the middle of places 0 to 2, to the third of them.
    assert list(yardsticks.places_fallen([1, 1, 1], [3, 2, 1], [2])) == [1]
    assert list(yardsticks.places_fallen([1, 1], [1, 1], [0])) == [0]


def test_inversions_are_pairs_printed_against_their_order() -> None:
    assert yardsticks.inversions([4.5, 4, 4, 3]) == 0
    assert yardsticks.inversions([4, 4.5, 3]) == pytest.approx(1 / 3)
    assert yardsticks.inversions([3, 4, 5]) == 1
    assert yardsticks.inversions([3.9, 4.4, 3.0], tolerance=0.5) == 0
    assert yardsticks.inversions([3.9, 4.5, 3.0], tolerance=0.5) == pytest.approx(1 / 3)
    assert yardsticks.inversions([4.0]) == 0


def test_what_nobody_had_rated_is_shown_too_early() -> None:
    first_rated = np.array([10.0, 20.0, np.inf])
    assert yardsticks.shown_too_early([0, 1, 2], 21.0, first_rated) == 1
    assert yardsticks.shown_too_early([0, 1, 2], 20.0, first_rated) == 2
    assert yardsticks.shown_too_early([0, 1], 15.0, first_rated) == 1
    assert yardsticks.shown_too_early([], 15.0, first_rated) == 0


def told(*pairs: tuple[int, float]) -> Told:
    return Told(np.array([item for item, _ in pairs]), np.array([s for _, s in pairs], np.float32))


def by_last_rating(item_index: np.ndarray, stars: np.ndarray, times: object) -> np.ndarray:
    """Items in order of their rows; the one after the last told goes where its stars send it."""
    scores = -np.arange(8, dtype=np.float32)
    if item_index.size:
        scores[item_index[-1] + 1] = 100 if stars[-1] > 3 else -100
    return scores


SETTING = Setting(
    np.array([64, 16, 16, 4, 4, 4, 1, 1.0]), nearest=lambda item: np.array([item + 1]), n=2, page=3
)


def test_each_figure_after_one_rating() -> None:
    likes = Person(told((0, 5.0), (5, 3.0)), told((1, 4.0), (7, 5.0), (2, 1.0), (4, 2.0)))
    hates = Person(told((0, 1.0), (5, 3.0)), told((2, 4.0), (1, 2.0), (3, 3.0)))
    (row,) = yardsticks.list_yardsticks(
        [likes, hates], by_last_rating, SETTING, [1], printed=lambda *own: np.arange(8.0)
    )
    # Pages [1, 2, 3] and [2, 3, 4]; upside down the other way round. Tops of two overlap in 2.
    assert (row.n_given, row.n_people) == (1, 2)
    assert row.people_overlap == row.flip_overlap == 0.5
    discount = 1 / np.log2(3)
    assert row.ndcg == pytest.approx((1 / (1 + discount) + 1) / 2)
    # Weights: items 1 and 2 weigh 2, item 7 weighs 8.
    assert row.ips_ndcg == pytest.approx((2 / (8 + 2 * discount) + 1) / 2)
    # Item 1 over 2 and 4, item 7 under both; item 2 over item 1.
    assert row.liked_over_disliked == pytest.approx((0.5 + 1) / 2)
    # Hated, item 0 sends item 1 from the first of seven places to the last.
    assert (row.neighbours_falling, row.neighbours_median_fall) == (1, 6)
    assert row.inversions == 1
    json.dumps(row.to_dict(), allow_nan=False)


def test_what_might_have_been_told_is_no_hit_and_no_candidate() -> None:
    person = Person(told((0, 5.0), (1, 5.0)), told((2, 4.0), (3, 4.0)))
    for row in yardsticks.list_yardsticks([person], by_last_rating, SETTING, [1, 2]):
        assert row.ndcg == 1


def test_no_list_shows_what_nobody_had_rated_before_it() -> None:
    first, later = told((0, 5.0)), told((2, 4.0), (3, 4.0))
    person = Person(
        first._replace(times=np.array([10.0])), later._replace(times=np.array([20.0, 30.0]))
    )
    first_rated = np.array([1.0, 25.0, 2.0, 30.0, 3.0, 20.0, 4.0, 5.0])
    setting = replace(SETTING, first_rated=first_rated)
    pages: list[np.ndarray] = []

    def keep(of: Told, rows: np.ndarray) -> np.ndarray:
        pages.append(rows)
        return rows

    yardsticks.list_yardsticks([person], by_last_rating, setting, [1], order_page=keep)
    assert [list(rows) for rows in pages] == [[2, 4, 6]] * 3
    assert not any(yardsticks.shown_too_early(rows, 20.0, first_rated) for rows in pages)


def test_without_predicted_stars_or_neighbours_nothing_is_made_up() -> None:
    person = Person(told((0, 5.0)), told((1, 3.0)))
    setting = Setting(SETTING.counts)
    (row,) = yardsticks.list_yardsticks([person], by_last_rating, setting, [1])
    assert row.ndcg is row.ips_ndcg is row.liked_over_disliked is row.people_overlap is None
    assert row.neighbours_falling is row.neighbours_median_fall is row.inversions is None


def test_the_order_of_the_page_is_what_is_judged() -> None:
    person = Person(told((0, 3.0)), told((3, 5.0)))
    (row,) = yardsticks.list_yardsticks(
        [person], by_last_rating, SETTING, [1], order_page=lambda of, rows: rows[::-1]
    )
    assert row.ndcg == pytest.approx(1 / np.log2(3))  # [4, 3, 2] instead of [2, 3, 4]


def test_people_tell_their_ratings_in_order_of_time_or_in_none(ratings: Ratings) -> None:
    people = yardsticks.people_with_history(ratings, 5)
    counts = np.bincount(ratings.user_index)
    assert len(people) == np.count_nonzero(counts >= 10)
    assert sum(p.told.stars.size + p.later.stars.size for p in people) == counts[counts >= 10].sum()
    for person in people:
        assert person.told.item_index.size == 5
        together = np.concatenate([person.told.times, person.later.times])
        assert (np.diff(together) >= 0).all()
    drawn = yardsticks.people_with_history(ratings, 5, in_order=False)
    assert all(person.told.times is None for person in drawn)
    assert any(
        set(a.told.item_index) != set(b.told.item_index) for a, b in zip(people, drawn, strict=True)
    )


def test_it_works_on_a_fitted_model(ratings: Ratings, fitted: Factors) -> None:
    people = yardsticks.people_with_history(ratings, 5)
    setting = Setting(
        np.bincount(ratings.item_index).astype(float), yardsticks.nearest_items(fitted.items, 5)
    )
    model = yardsticks.folded_in(fitted.items)
    rows = yardsticks.list_yardsticks(
        people, model, setting, [1, 5], printed=yardsticks.printed_stars(fitted.items)
    )
    assert [row.n_given for row in rows] == [1, 5]
    for row in rows:
        figures = row.to_dict()
        assert None not in figures.values()
        figures.pop("neighbours_median_fall")
        assert all(0 <= value <= 1 for name, value in figures.items() if name[0] != "n"), row
        assert row.liked_over_disliked > 0.5


def test_stars_are_those_of_a_card(fitted: Factors) -> None:
    first = told((0, 5.0), (3, 1.0))
    shown = yardsticks.printed_stars(fitted.items)(*first)
    exact = predicted_stars(fitted.items, fold_in(fitted.items, first.item_index, first.stars))
    assert shown.tolist() == half_steps(exact).tolist()
    assert (np.abs(shown - np.clip(exact, 0.5, 5.0)) <= 0.25 + 1e-6).all()
