"""Groups when an account is deleted, and in the data export."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.account_deletion import erase
from accounts.models import User
from recommender.groups import membership
from recommender.models import Group, Guest, Member


@pytest.fixture
def group(alice: User) -> Group:
    return membership.create(alice, "Friday")


def test_a_group_passes_to_its_longest_standing_member(
    group: Group, alice: User, bob: User, make_user: Callable[..., User]
) -> None:
    membership.join_as_guest(group, "Guest")
    membership.join(group, bob)
    membership.join(group, make_user("carol"))
    erase(alice)
    group.refresh_from_db()
    assert group.owner == bob
    assert {member.name for member in group.members.all()} == {"Guest", "bob", "carol"}


def test_a_group_of_guests_only_is_deleted(group: Group, alice: User) -> None:
    membership.join_as_guest(group, "Guest")
    erase(alice)
    assert not Group.objects.exists()
    assert not Member.objects.exists()
    assert Guest.objects.forget_gone() == 1


def test_the_group_of_another_owner_stays(group: Group, alice: User, bob: User) -> None:
    membership.join(group, bob)
    erase(bob)
    group.refresh_from_db()
    assert group.owner == alice
    assert [member.user for member in group.members.all()] == [alice]


def test_groups_are_in_the_export(group: Group, bob: User, bobs_client: Client) -> None:
    membership.join(group, bob)
    content = bobs_client.get("/me/export/").getvalue()
    archive = zipfile.ZipFile(io.BytesIO(content))
    (row,) = json.loads(archive.read("everything.json"))["groups"]
    assert (row["name"], row["rule"], row["is_yours"]) == ("Friday", "average", False)
    assert b"alice" not in archive.read("groups.csv")
