"""Making a group and choosing its rule."""

import pytest
from django.test import Client

from accounts.models import User
from recommender.groups import membership
from recommender.models import Group
from tests.recommender.groups.conftest import url


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "x" * 61, "\x00"])
def test_a_group_has_a_name_one_can_see(alices_client: Client, name: str) -> None:
    answer = alices_client.post("/together/make/", {"name": name, "rule": "average"})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Group.objects.exists()


def test_names_are_text_on_one_line(alices_client: Client) -> None:
    name = "<b>Fri\u202eday</b>\n {{ x }}"
    made = alices_client.post("/together/make/", {"name": name, "rule": "veto"})
    assert Group.objects.get().name == "<b>Friday</b> {{ x }}"
    assert "<b>Friday" not in alices_client.get(made.url).content.decode()


def test_an_unknown_rule_is_refused(group: Group, alices_client: Client) -> None:
    assert alices_client.post("/together/make/", {"name": "X", "rule": "x"}).status_code == 422
    alices_client.post(url(group, "rule"), {"rule": "dictatorship"})
    group.refresh_from_db()
    assert (Group.objects.count(), group.rule) == (1, "average")
    alices_client.post(url(group, "rule"), {"rule": "veto"})
    group.refresh_from_db()
    assert group.rule == "veto"


def test_a_person_owns_so_many_groups(alice: User, alices_client: Client) -> None:
    for number in range(membership.MAX_OWNED_GROUPS):
        membership.create(alice, f"Group {number}")
    page = alices_client.post("/together/make/", {"name": "X", "rule": "veto"}, follow=True)
    assert "Delete one to start another" in page.content.decode()
    assert Group.objects.count() == membership.MAX_OWNED_GROUPS


def test_a_visitor_makes_no_group(client: Client, db: None) -> None:
    answer = client.post("/together/make/", {"name": "X", "rule": "average"})
    assert answer.url.startswith("/accounts/login/")
    assert not Group.objects.exists()
    assert client.get("/together/").status_code == 200
