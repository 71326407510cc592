"""Requests at the same moment keep within the bounds of a group."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from movies.models import Movie
from recommender.groups import guests, membership
from recommender.models import Group, Guest

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6


def all_at_once(calls: list[Callable[[], int]]) -> list[int]:
    def closing(call: Callable[[], int]) -> int:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(closing, calls))


def fill_but_one(group: Group) -> None:
    for number in range(membership.MAX_GUESTS - 1):
        membership.join_as_guest(group, f"Guest {number}")


def join_at_once(group: Group) -> None:
    path = f"{group.get_absolute_url()}join/"
    answers = all_at_once(
        [
            lambda number=number: Client().post(path, {"name": f"Late {number}"}).status_code
            for number in range(AT_ONCE)
        ]
    )
    assert set(answers) == {302}


def test_one_of_several_gets_the_last_place(alice: User, group: Group) -> None:
    fill_but_one(group)
    join_at_once(group)
    assert Guest.objects.count() == membership.MAX_GUESTS
    assert group.members.count() == membership.MAX_GUESTS + 1


@pytest.mark.slow
def test_without_the_lock_all_of_them_would_get_it(
    alice: User, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the test above sees a race if there is one."""

    @contextmanager
    def unlocked(group: Group) -> Iterator[Group]:
        yield group

    make_room = membership._check_room
    all_have_looked = threading.Barrier(AT_ONCE)

    def make_room_then_wait(*args: object) -> object:
        try:
            return make_room(*args)
        finally:
            # Nobody writes before everybody has counted the free places.
            all_have_looked.wait(timeout=60)

    fill_but_one(group)
    monkeypatch.setattr(membership, "locked", unlocked)
    monkeypatch.setattr(membership, "_check_room", make_room_then_wait)
    join_at_once(group)
    assert Guest.objects.count() == membership.MAX_GUESTS - 1 + AT_ONCE


def test_a_member_who_joins_twice_at_once_is_in_once(group: Group, bob: User) -> None:
    clients = [Client() for _ in range(AT_ONCE)]
    for client in clients:
        client.force_login(bob)
    path = f"{group.get_absolute_url()}join/"
    answers = all_at_once([lambda c=c: c.post(path).status_code for c in clients])
    assert set(answers) == {302}
    assert group.members.filter(user=bob).count() == 1


def test_a_guest_with_several_windows_keeps_within_the_limit(
    group: Group, make_movie: Callable[..., Movie]
) -> None:
    guest = membership.join_as_guest(group, "Dora").guest
    movies = [make_movie(f"Movie {n}") for n in range(60)]

    def rate(number: int) -> int:
        try:
            guests.rate(guest, {movie.pk: 8 for movie in movies[10 * number : 10 * number + 10]})
        except membership.Refused:
            return 0
        return 1

    stored = all_at_once([lambda number=number: rate(number) for number in range(AT_ONCE)])
    assert sum(stored) == 5
    assert guest.ratings.count() == guests.MAX_RATINGS


def test_joining_a_group_that_is_being_deleted_leads_nowhere(group: Group, bob: User) -> None:
    client = Client()
    client.force_login(bob)
    path = f"{group.get_absolute_url()}join/"

    def delete() -> int:
        membership.delete(Group.objects.get(pk=group.pk))
        return 302

    answers = all_at_once([delete, *(lambda: client.post(path).status_code for _ in range(3))])
    assert set(answers) <= {302, 404}
    assert not Group.objects.exists()
