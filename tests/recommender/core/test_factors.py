"""Predictions from the stored rows of a fit."""

import pytest


def test_unknown_users_and_items_fall_back(fitted):
    items = fitted.items
    nobody, nothing = fitted.predict([-1, -1], [int(items.item_ids[2]), -1])
    assert nobody == pytest.approx(
        items.global_mean
        + items.mean_user_bias
        + items.bias[2]
        + items.mean_user_vector @ items.vectors[2],
        abs=1e-5,
    )
    assert nothing == pytest.approx(items.global_mean + items.mean_user_bias, abs=1e-5)
    known = fitted.predict([int(fitted.user_ids[0])], [-1])[0]
    assert known == pytest.approx(items.global_mean + fitted.user_bias[0], abs=1e-5)
