"""Who may do what with a group."""

import re

import pytest
from django.test import Client

from accounts.models import User
from recommender.groups import membership
from recommender.models import Group
from tests.recommender.groups.conftest import names, url

CLOSED_TO_STRANGERS = ("rate", "leave", "rule", "invitation", "remove", "delete")


@pytest.mark.parametrize("action", CLOSED_TO_STRANGERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_may_do_nothing(
    group: Group, client: Client, bobs_client: Client, action: str, method: str
) -> None:
    before = Group.objects.values().get()
    member = group.members.get()
    for stranger in (client, bobs_client):
        body = {"member": member.pk, "rule": "veto", "end": 1, "post": "yes"}
        answer = getattr(stranger, method)(url(group, action), body)
        assert answer.status_code in ({404} if method == "post" else {404, 405})
    assert Group.objects.values().get() == before
    assert names(group) == ["alice"]


@pytest.mark.parametrize("action", ["rule", "invitation", "remove", "delete"])
def test_members_may_not_do_what_is_the_owners(
    group: Group, bob: User, bobs_client: Client, guest_client: Client, action: str
) -> None:
    membership.join(group, bob)
    before = Group.objects.values().get()
    body = {"member": group.members.first().pk, "rule": "veto", "end": 1}
    for member in (bobs_client, guest_client):
        assert member.post(url(group, action), body).status_code == 404
    assert Group.objects.values().get() == before
    assert names(group) == ["alice", "Dora", "bob"]


def test_the_owner_of_one_group_has_no_say_in_another(
    group: Group, bob: User, bobs_client: Client
) -> None:
    own = membership.create(bob, "Bob's")
    alices = group.members.get()
    bobs_client.post(url(own, "remove"), {"member": alices.pk})
    assert names(group) == ["alice"]


def test_an_address_that_leads_nowhere_says_so(client: Client, db: None) -> None:
    for path in ("/together/" + "x" * 22 + "/", "/together/" + "x" * 5000 + "/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "find that group" in answer.content.decode()
    assert client.post("/together/xxxxxxxxxxxxxxxxxxxxxx/join/", {"name": "X"}).status_code == 404


def test_every_write_needs_its_csrf_token(group: Group, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    actions = ("join", "leave", "rule", "invitation", "remove", "delete", "rate")
    paths = [url(group, action) for action in actions]
    for path in (*paths, "/together/make/", "/together/guest/keep/", "/together/guest/forget/"):
        assert client.post(path, {"name": "X", "rule": "veto"}).status_code == 403, path
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", Group.objects.get().token)
