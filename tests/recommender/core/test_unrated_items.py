"""A new item stands among those it is like, and its prediction is unsure."""

import numpy as np
import pytest

from recommender.core import Factors, Hyperparameters, Ratings, fit, fold_in, predicted_stars
from recommender.core.explain.intervals import UserUncertainty, half_width
from recommender.core.explain.user_ratings import UserRatings
from recommender.core.unrated_items import place_items, with_placed


@pytest.fixture(scope="module")
def factors() -> Factors:
    """Forty users who love the first ten items and hate the other ten, or the reverse."""
    triples = [
        (user, item, 5.0 if (user % 2 == 0) == (item < 10) else 1.0)
        for user in range(40)
        for item in range(20)
        if (user + item) % 5
    ]
    columns = (np.array(column) for column in zip(*triples, strict=True))
    return fit(Ratings.from_triples(*columns), Hyperparameters(n_factors=4, n_epochs=30), seed=1)


def likeness(*rows: int) -> np.ndarray:
    return np.isin(np.arange(20), rows)[None].astype(float)


def test_it_works(factors: Factors) -> None:
    items = factors.items
    fan = fold_in(items, [0, 1, 12], [5.0, 5.0, 1.0])
    loved = place_items(items, [100], likeness(*range(2, 10)))
    hated = place_items(items, [100], likeness(*range(10, 20)))
    assert predicted_stars(loved, fan, [0])[0] > predicted_stars(hated, fan, [0])[0] + 1


def test_the_interval_is_wider_than_that_of_any_rated_item(factors: Factors) -> None:
    items = factors.items
    placed = place_items(items, [100], likeness(2, 3, 4))
    doubt = UserUncertainty.of_ratings(items, UserRatings([0, 1, 12], [5.0, 5.0, 1.0]))
    assert half_width(placed, doubt, [0])[0] > half_width(items, doubt, range(20)).max()


def test_an_item_like_none_is_the_mean_item(factors: Factors) -> None:
    items = factors.items
    placed = place_items(items, [100], likeness())
    trust = items.n_ratings / (items.n_ratings + 5.0)
    mean = np.average(items.vectors, axis=0, weights=trust)
    np.testing.assert_allclose(placed.vectors[0], mean, atol=1e-5)


def test_well_known_look_alikes_weigh_more(factors: Factors) -> None:
    items = factors.items
    few = items.n_ratings.copy()
    few[:10] = 1
    rare = type(items)(**{**vars_of(items), "n_ratings": few})
    both = likeness(*range(20))
    near_second = place_items(rare, [100], both).vectors[0]
    middle = place_items(items, [100], both).vectors[0]
    second = items.vectors[10:].mean(axis=0)
    assert np.linalg.norm(near_second - second) < np.linalg.norm(middle - second)


def vars_of(items: object) -> dict:
    return {name: getattr(items, name) for name in items.__dataclass_fields__}


def test_placed_items_come_after_the_others(factors: Factors) -> None:
    items = factors.items
    placed = place_items(items, [7_000, 6_000], np.concatenate([likeness(1), likeness(12)]))
    both = with_placed(items, placed)
    assert both.item_ids[-2:].tolist() == [7_000, 6_000]
    assert both.n_ratings[-2:].tolist() == [0, 0]
    fan = fold_in(items, [0, 1], [5.0, 5.0])
    np.testing.assert_allclose(
        predicted_stars(both, fan), [*predicted_stars(items, fan), *predicted_stars(placed, fan)]
    )
    np.testing.assert_allclose(both.interest_gram, items.interest_gram)
