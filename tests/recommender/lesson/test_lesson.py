"""The how-it-works page: exact numbers, taken from the query string."""

import json
import re
from decimal import Decimal

import numpy as np
import pytest
from django.test import Client

from recommender.core.tiny_fit import TinySchedule, fit_tiny, step
from recommender.lesson.example import book, dot_product

PATH = "/how-it-works/"


def page(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == status, query
    return answer.content.decode()


def totals(content: str) -> list[str]:
    return re.findall(r"data-total>([^<]+)<", content)


def test_it_works(client: Client, db: None) -> None:
    content = page(client)
    assert "How predictions work" in content
    numbers = book().numbers
    wanted = [
        float(np.dot(*(np.array(numbers[key], float) for key in ("p", movie)))) for movie in "abc"
    ]
    shown = [float(text.replace("−", "-")) for text in totals(content)]
    assert shown == pytest.approx(wanted, abs=1e-9), "exact, not rounded"


def test_the_numbers_come_from_the_query_string(client: Client, db: None) -> None:
    content = page(client, "p=1&p=0&p=0&a=0.5&a=1&a=1&b=-1&b=0&b=0&c=0&c=0&c=0")
    assert totals(content) == ["0.5", "−1", "0"]


@pytest.mark.parametrize(
    "query", ["p=2&p=0&p=0", "p=nan&p=0&p=0", "p=1", "seed=0", "seed=x", "epoch=-1", "epoch=9999"]
)
def test_invalid_parameters_are_explained(client: Client, db: None, query: str) -> None:
    content = page(client, query, 400)
    assert "message-error" in content


def test_the_tiny_fit_steps_through_its_epochs(client: Client, db: None) -> None:
    start, later = page(client, "epoch=0"), page(client, "epoch=20")
    assert start != later
    data = json.loads(re.search(r'id="tiny-fit"[^>]*>(.*?)</script>', start, re.S)[1])
    errors = np.ravel(data["rmse"])
    assert len(errors) == TinySchedule().n_epochs + 1
    assert errors[-1] < errors[0] / 2


def test_products_add_up_exactly() -> None:
    products, total = dot_product(
        [Decimal("0.9"), Decimal("-0.6")], [Decimal("0.98"), Decimal("-0.9")]
    )
    assert (products, total) == ([Decimal("0.882"), Decimal("0.54")], Decimal("1.422"))


def test_a_step_goes_against_the_gradient() -> None:
    rng = np.random.default_rng(3)
    p, q, above, how = rng.normal(size=2), rng.normal(size=2), 1.3, TinySchedule()

    def loss(p: np.ndarray, q: np.ndarray) -> float:
        error = above - p @ q
        return float(error**2 + how.regularization * (p @ p + q @ q)) / 2

    moved_p, moved_q = step(p, q, above, how)
    for k in range(2):
        nudge = np.eye(2)[k] * 1e-6
        slope_p = (loss(p + nudge, q) - loss(p - nudge, q)) / 2e-6
        slope_q = (loss(p, q + nudge) - loss(p, q - nudge)) / 2e-6
        assert moved_p[k] - p[k] == pytest.approx(-how.learning_rate * slope_p, abs=1e-6)
        assert moved_q[k] - q[k] == pytest.approx(-how.learning_rate * slope_q, abs=1e-6)


def test_negative_numbers_after_an_operator_have_brackets(client: Client, db: None) -> None:
    assert re.search(r"× <span data-theirs>\(−0\.6\)</span>", page(client))


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit_tiny(np.full((2, 2), np.nan), seed=1)


def test_the_same_seed_learns_the_same() -> None:
    table = np.array([[5, np.nan], [1, 4]])
    one, two, other = (fit_tiny(table, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.user_factors, two.user_factors)
    assert not np.array_equal(one.user_factors, other.user_factors)
