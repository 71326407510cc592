"""Leaving a group, and being removed from it."""

import pytest
from django.test import Client

from accounts.models import User
from recommender.groups import membership
from recommender.models import Group, Guest, Member
from tests.recommender.groups.conftest import names, url


@pytest.mark.parametrize("member", ["", "abc", "-1", "9" * 30, "0", "①"])
def test_removing_nobody_changes_nothing(group: Group, alices_client: Client, member: str) -> None:
    page = alices_client.post(url(group, "remove"), {"member": member}, follow=True)
    assert "already left" in page.content.decode()
    assert names(group) == ["alice"]


def test_the_owner_stays_or_deletes(
    group: Group, alice: User, alices_client: Client, guest_client: Client, bob: User
) -> None:
    membership.join(group, bob)
    own = group.members.get(user=alice)
    alices_client.post(url(group, "leave"))
    alices_client.post(url(group, "remove"), {"member": own.pk})
    group.refresh_from_db()
    assert names(group) == ["alice", "Dora", "bob"]
    assert "Delete Friday evening?" in alices_client.get(url(group, "delete")).content.decode()
    assert Group.objects.exists(), "asking deletes nothing"
    assert alices_client.post(url(group, "delete")).url == "/together/"
    assert not Group.objects.exists()
    assert not Guest.objects.exists()
    assert User.objects.filter(pk=bob.pk).exists()


def test_leaving(group: Group, bob: User, bobs_client: Client) -> None:
    membership.join(group, bob)
    assert bobs_client.post(url(group, "leave")).url == "/together/"
    assert names(group) == ["alice"]
    assert "Friday evening" not in bobs_client.get("/together/").context["groups"]


def test_whoever_closed_their_account_is_not_there(
    group: Group, bob: User, alices_client: Client
) -> None:
    membership.join(group, bob)
    bob.is_active = False
    bob.save()
    assert names(group) == ["alice"]
    page = alices_client.get(url(group))
    assert "bob" not in page.content.decode()
    bob.delete()
    assert group.members.count() == 1
    User.objects.get(username="alice").delete()
    assert not Group.objects.exists()
    assert not Member.objects.exists()
