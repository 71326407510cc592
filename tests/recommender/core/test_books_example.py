"""The numbers of docs/how-it-works.md."""

import numpy as np
import pytest

STAR_WARS = np.array([0.98, -0.9, 0.9])
CASABLANCA = np.array([-0.99, -0.97, 0.4])
USER_1 = np.array([0.9, -0.6, 0.8])


def test_the_dot_products_of_the_example_hold():
    assert pytest.approx(2.142) == STAR_WARS @ USER_1
    assert pytest.approx(0.011) == CASABLANCA @ USER_1


def test_a_fitted_prediction_is_that_same_product_plus_the_biases(fitted):
    items = fitted.items
    user, item = 3, 5
    by_hand = (
        items.global_mean
        + fitted.user_bias[user]
        + items.bias[item]
        + fitted.user_factors[user] @ items.vectors[item]
    )
    predicted = fitted.predict([fitted.user_ids[user]], [items.item_ids[item]])
    assert predicted[0] == pytest.approx(float(by_hand), abs=1e-5)
