"""Hyperparameter searches in the admin: they can be viewed and switched, never edited."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from recommender.core import Hyperparameters
from recommender.models import HyperparameterSearch
from recommender.training.hyperparameter_space import recipe
from recommender.training.hyperparameters import current_hyperparameters

SEARCHES = "/admin/recommender/hyperparametersearch/"
STRONGER = 1.5 * Hyperparameters().regularization


@pytest.fixture
def make_search(db: None) -> Callable[..., HyperparameterSearch]:
    def make(**fields: object) -> HyperparameterSearch:
        scores = {
            "stars": {"before": 0.91234, "after": 0.90876, "gain": 0.00358, "low": 0.001},
            "lists": {"accepted": False, "reason": "no trial was better than the <defaults>"},
        }
        scores["stars"]["accepted"] = True
        search = HyperparameterSearch.objects.create(
            **{
                "state": HyperparameterSearch.State.FINISHED,
                "budget_seconds": 60,
                "scores": scores,
                "values": {"regularization": STRONGER},
                "recipe": recipe(),
                **fields,
            }
        )
        search.trials.create(
            stage="stars",
            state="complete",
            values={"regularization": STRONGER},
            score=0.91,
            seconds=2.5,
        )
        return search

    return make


def act(client: Client, action: str, *searches: HyperparameterSearch) -> str:
    body = {"action": action, "_selected_action": [search.pk for search in searches]}
    return client.post(SEARCHES, body, follow=True).content.decode()


def test_it_works(staff_client: Client, make_search: Callable[..., HyperparameterSearch]) -> None:
    search = make_search()
    assert "0.9123 → 0.9088" in staff_client.get(SEARCHES).content.decode()
    shown = staff_client.get(f"{SEARCHES}{search.pk}/change/").content.decode()
    assert "0.0036" in shown
    assert "the &lt;defaults&gt;" in shown
    assert "2.5" in shown
    assert "style=" not in shown.partition("<main")[2]


def test_values_are_used_and_put_away_again(
    staff_client: Client, make_search: Callable[..., HyperparameterSearch]
) -> None:
    search = make_search()
    assert "Refits will use" in act(staff_client, "use_this_search", search)
    assert current_hyperparameters().regularization == STRONGER
    assert "use the defaults" in act(staff_client, "use_the_defaults_again", search)
    assert current_hyperparameters() == Hyperparameters()
    assert "already" in act(staff_client, "use_the_defaults_again", search)


def test_what_cannot_be_used_is_refused(
    staff_client: Client, make_search: Callable[..., HyperparameterSearch]
) -> None:
    first, second = make_search(), make_search(values={"regularization": 1e9})
    assert "Select exactly one" in act(staff_client, "use_this_search", first, second)
    assert "be used: " in act(staff_client, "use_this_search", second)
    empty = make_search(values={})
    assert "be used: " in act(staff_client, "use_this_search", empty)
    assert HyperparameterSearch.objects.in_use() is None


@pytest.mark.parametrize("values", [[], "x", None, 3, {"regularization": "strong"}])
def test_a_page_with_poisoned_values_opens(
    staff_client: Client, make_search: Callable[..., HyperparameterSearch], values: object
) -> None:
    search = make_search(values={})
    if values is not None:
        HyperparameterSearch.objects.update(values=values)
    assert staff_client.get(f"{SEARCHES}{search.pk}/change/").status_code == 200


def test_nobody_writes_a_search(
    staff_client: Client, make_search: Callable[..., HyperparameterSearch]
) -> None:
    search = make_search()
    assert staff_client.get(f"{SEARCHES}add/").status_code == 403
    assert staff_client.post(f"{SEARCHES}{search.pk}/delete/").status_code == 403
    body = {"values": '{"regularization": 0.01}'}
    assert staff_client.post(f"{SEARCHES}{search.pk}/change/", body).status_code == 403


def test_a_member_of_staff_without_the_right_may_not_switch(
    make_user: Callable[..., User], make_search: Callable[..., HyperparameterSearch], client: Client
) -> None:
    from django.contrib.auth.models import Permission

    clerk = make_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_hyperparametersearch"))
    client.force_login(clerk)
    search = make_search()
    assert client.get(SEARCHES).status_code == 200
    act(client, "use_this_search", search)
    assert HyperparameterSearch.objects.in_use() is None


def test_the_list_asks_as_often_for_many_as_for_one(
    staff_client: Client,
    make_search: Callable[..., HyperparameterSearch],
    django_assert_max_num_queries: Callable,
) -> None:
    for _ in range(10):
        make_search()
    with django_assert_max_num_queries(9):
        staff_client.get(SEARCHES)
