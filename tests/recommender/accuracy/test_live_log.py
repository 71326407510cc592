"""Errors of live predictions: correct, and over enough people to identify nobody."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from movies.models import Rating
from tests.recommender.accuracy.conftest import API, accuracy_page


def test_the_live_log_adds_up(client: Client, log: Callable) -> None:
    log(5, 8)
    log(5, 4, shown=False, name="other")
    live = client.get(API).json()["live"]
    assert live["together"] == {
        "n_ratings": 60, "n_people": 10, "mean_absolute_error": 0.5, "rmse": 0.5,
    }  # fmt: skip
    assert (live["shown"]["n_ratings"], live["hidden"]["n_ratings"]) == (40, 20)
    assert [(part["mean_predicted"], part["mean_given"]) for part in live["bins"]] == [
        (1.5, 1), (2.5, 2), (3.5, 3), (4.5, 4),
    ]  # fmt: skip
    assert live["bins"][0]["predicted_from"] == 1.5
    page = accuracy_page(client)
    assert "across 60 ratings by 10 people" in page
    assert page.count("plot-dot") == 4


@pytest.mark.parametrize(("n_people", "n_each"), [(4, 100), (5, 3)])
def test_too_few_people_or_ratings_show_nothing(
    client: Client, log: Callable, n_people: int, n_each: int
) -> None:
    log(n_people, n_each)
    assert client.get(API).json()["live"] is None
    assert "so nobody can be identified" in accuracy_page(client)


def test_a_part_with_too_few_people_cannot_be_computed_from_the_rest(
    client: Client, log: Callable
) -> None:
    log(6, 8)
    log(1, 40, shown=False, name="alone")
    live = client.get(API).json()["live"]
    assert live["together"]["n_people"] == 7
    assert live["shown"] is None
    assert live["hidden"] is None


def test_nobody_is_named(client: Client, log: Callable) -> None:
    people = log(6, 8)
    answers = accuracy_page(client) + client.get(API).content.decode()
    assert not any(user.username in answers for user in people)


def test_removed_ratings_leave_the_figures(client: Client, log: Callable) -> None:
    people = log(6, 8)
    for rating in list(Rating.objects.of(people[0])):
        Rating.objects.unrate(people[0], rating.movie)
    assert client.get(API).json()["live"]["together"]["n_people"] == 5


def test_the_log_is_not_read_on_every_request(client: Client, log: Callable) -> None:
    log(5, 4)
    accuracy_page(client)
    with CaptureQueriesContext(connection) as captured:
        accuracy_page(client)
    assert not any("loggedprediction" in query["sql"] for query in captured)
