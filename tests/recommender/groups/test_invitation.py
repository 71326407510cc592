"""Joining by invitation, and the end of an invitation."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import User
from recommender.groups import membership
from recommender.models import Group
from tests.recommender.groups.conftest import names, url


def test_joining_twice_is_joining_once(group: Group, bobs_client: Client) -> None:
    for _ in range(2):
        assert bobs_client.post(url(group, "join")).status_code == 302
    assert names(group) == ["alice", "bob"]


def test_an_invitation_ends(
    group: Group, client: Client, bobs_client: Client, alices_client: Client
) -> None:
    Group.objects.update(invites_until=timezone.now() - timedelta(seconds=1))
    for stranger in (client, bobs_client):
        answer = stranger.get(url(group))
        assert answer.status_code == 410
        assert "has ended" in answer.content.decode()
        stranger.post(url(group, "join"), {"name": "X"})
    assert names(group) == ["alice"]
    assert alices_client.get(url(group)).status_code == 200, "it stays the members' own"


def test_the_owner_ends_the_invitation_and_makes_another(
    group: Group, alices_client: Client, bobs_client: Client, bob: User
) -> None:
    alices_client.post(url(group, "invitation"), {"end": "1"})
    assert bobs_client.get(url(group)).status_code == 410
    old = url(group)
    new = alices_client.post(url(group, "invitation"), {"renew": "1"}).url
    assert new != old
    assert bobs_client.get(old).status_code == 404
    assert bobs_client.post(f"{old}join/").status_code == 404
    assert bobs_client.get(new).status_code == 200
    assert bobs_client.post(f"{new}join/").status_code == 302


def test_whoever_is_removed_does_not_come_back_by_the_same_link(
    group: Group, alices_client: Client, bobs_client: Client, bob: User
) -> None:
    member = membership.join(group, bob)
    old = url(group)
    page = alices_client.post(url(group, "remove"), {"member": member.pk}, follow=True)
    assert "bob has been removed" in page.content.decode()
    assert names(group) == ["alice"]
    assert bobs_client.get(old).status_code == 404
    assert bobs_client.post(f"{old}join/").status_code == 404


def test_a_group_is_full_at_twelve(
    group: Group, make_user: Callable[..., User], bobs_client: Client, bob: User
) -> None:
    for number in range(membership.MAX_MEMBERS - 1):
        membership.join(group, make_user(f"friend{number}"))
    page = bobs_client.post(url(group, "join"), follow=True)
    assert "room for 12" in page.content.decode()
    assert len(names(group)) == membership.MAX_MEMBERS
