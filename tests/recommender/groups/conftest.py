"""A group of two in the small world where people like the even movies or the odd ones."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.groups import guests, membership
from recommender.models import Group, Guest, Member
from tests.recommender.conftest import (
    even_fan,
    fitted,
    no_model_from_another_test,
    numbers,
    two_tastes,
)

__all__ = ["even_fan", "fitted", "no_model_from_another_test", "numbers", "two_tastes"]


@pytest.fixture
def odd_fan(bob: User, two_tastes: list[Movie]) -> User:
    """Bob, after he gave five stars to five odd movies and one to two even ones, a minute ago."""
    before = timezone.now() - timedelta(minutes=1)
    for number in (11, 13, 15, 17, 19):
        Rating.objects.rate(bob, two_tastes[number], 5, rated_at=before)
    for number in (10, 12):
        Rating.objects.rate(bob, two_tastes[number], 1, rated_at=before)
    return bob


@pytest.fixture
def group(alice: User) -> Group:
    """Alice's group with nobody else in it."""
    return membership.create(alice, "Friday evening")


@pytest.fixture
def members(group: Group) -> Callable[[], list[Member]]:
    return lambda: list(group.members.present())


@pytest.fixture
def guest_client(group: Group) -> Client:
    """A browser in which Dora joined as a guest."""
    client = Client()
    response = client.post(f"{group.get_absolute_url()}join/", {"name": "Dora"})
    assert response.status_code == 302, response.content
    return client


@pytest.fixture
def dora(guest_client: Client) -> Guest:
    return Guest.objects.get(name="Dora")


@pytest.fixture
def rated_by_dora(dora: Guest, two_tastes: list[Movie]) -> Guest:
    """Dora loves the even movies too."""
    guests.rate(dora, {two_tastes[n].pk: half for n, half in ((20, 10), (22, 9), (21, 1))})
    return dora


def url(group: Group, action: str = "") -> str:
    return group.get_absolute_url() + (f"{action}/" if action else "")


def names(group: Group) -> list[str]:
    return [member.name for member in group.members.present()]
