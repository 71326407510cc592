"""Guests: joining without an account, and being forgotten."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie
from recommender.groups import membership
from recommender.models import Group, Guest, GuestRating, TrainingRun
from tests.recommender.groups.conftest import names, url


@pytest.mark.parametrize("name", ["", " \t", "\u200b", "x" * 31, "ALICE", "ａlice"])
def test_a_guest_has_a_name_of_their_own(group: Group, client: Client, name: str) -> None:
    page = client.post(url(group, "join"), {"name": name}, follow=True)
    assert page.status_code in {200, 422}
    assert names(group) == ["alice"]
    assert not Guest.objects.exists()


def test_a_group_has_room_for_eight_guests(group: Group) -> None:
    for number in range(membership.MAX_GUESTS):
        membership.join_as_guest(group, f"Guest {number}")
    page = Client().post(url(group, "join"), {"name": "One more"}, follow=True)
    assert "room for 8 guests" in page.content.decode()
    assert Guest.objects.count() == membership.MAX_GUESTS
    Guest.objects.filter(name="Guest 3").update(expires_at=timezone.now())
    Client().post(url(group, "join"), {"name": "One more"})
    assert "One more" in names(group)
    assert not Guest.objects.filter(name="Guest 3").exists(), "forgotten on the way"


def test_too_many_guests_from_one_address_wait(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.groups.rate_limits.GuestsPerAddress.rate", "3/hour")
    groups = [membership.create(alice, f"Group {n}") for n in range(4)]
    for number, group in enumerate(groups):
        forged = {"X-Forwarded-For": f"10.0.0.{number}"}
        page = Client(headers=forged).post(url(group, "join"), {"name": "Eve"}, follow=True)
    assert "Too many guests" in page.content.decode()
    assert Guest.objects.count() == 3


def test_a_guest_is_one_browser(
    group: Group, guest_client: Client, client: Client, dora: Guest
) -> None:
    assert guest_client.get(url(group)).context["you"].guest == dora
    assert "invites you" in client.get(url(group)).content.decode()
    # Another browser that knows the id of the guest, but not the session, is nobody.
    client.cookies["guest"] = str(dora.pk)
    assert "invites you" in client.get(url(group)).content.decode()


def test_becoming_a_guest_changes_the_session_key(group: Group) -> None:
    victim = Client()
    session = victim.session
    session["planted"] = True
    session.save()
    before = victim.cookies["sessionid"].value
    victim.post(url(group, "join"), {"name": "Dora"})
    assert victim.cookies["sessionid"].value != before


def test_the_same_guest_in_a_second_group_keeps_the_ratings(
    group: Group, alice: User, guest_client: Client, dora: Guest, make_movie: Callable[..., Movie]
) -> None:
    guest_client.post(url(group, "rate"), {f"stars-{make_movie().pk}": "4"})
    second = membership.create(alice, "Saturday")
    guest_client.post(url(second, "join"), {"name": "Dora D."})
    assert Guest.objects.count() == 1
    assert names(second) == ["alice", "Dora D."]
    assert len(guest_client.get("/together/").context["groups"]) == 2
    guest_client.post(url(group, "leave"))
    assert dora.ratings.count() == 1
    guest_client.post(url(second, "leave"))
    assert not Guest.objects.exists()
    assert not GuestRating.objects.exists()


def test_after_seven_days_a_guest_is_forgotten(
    fitted: TrainingRun,
    even_fan: User,
    group: Group,
    guest_client: Client,
    rated_by_dora: Guest,
    alices_client: Client,
) -> None:
    left = rated_by_dora.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    Guest.objects.update(expires_at=timezone.now())
    page = alices_client.get(url(group))
    assert "Dora" not in page.content.decode(), "at once, before anything is deleted"
    assert "invites you" in guest_client.get(url(group)).content.decode()
    answer = guest_client.post(url(group, "rate"), {"stars-1": "4"})
    assert answer.status_code == 404

    from recommender.tasks import forget_guests

    assert forget_guests() == {"forgotten": 1}
    assert not Guest.objects.exists()
    assert not GuestRating.objects.exists()
    assert group.members.count() == 1
    assert forget_guests() == {"forgotten": 0}


def test_forgetting_guests_is_on_the_schedule() -> None:
    from django.conf import settings

    from cfsite.celery import app

    app.loader.import_default_modules()
    task = settings.CELERY_BEAT_SCHEDULE["forget guests"]["task"]
    assert task in app.tasks
