"""Suspicious profiles: what a refit lists, what staff see of it, and what they decide."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.core import Ratings
from recommender.core.fake_profiles.attacks import attacked
from recommender.fake_profiles import find
from recommender.fake_profiles.evidence import evidence_about
from recommender.models import SuspiciousProfile
from tests.recommender.core.fake_profiles.crowd import crowd

LIST = "admin:recommender_suspiciousprofile_changelist"
FAKES = range(301, 316)


@pytest.fixture
def ratings(db: None) -> Ratings:
    """A crowd of a data set and fifteen members who push a movie."""
    real = crowd(300, 400, seed=3)
    target = int(np.argmin(np.abs(np.bincount(real.item_index) - 8)))
    together, fakes = attacked(real, "random", target, 15, seed=4, whole_stars=False)
    assert fakes.tolist() == list(FAKES)
    User.objects.bulk_create(
        User(pk=pk, username=f"user{pk}", is_active=pk in FAKES, is_dataset_member=pk not in FAKES)
        for pk in together.user_ids.tolist()
    )
    return together


@pytest.fixture
def profile(alice: User, make_movie: Callable[..., Movie], bob: User) -> SuspiciousProfile:
    """Of Alice, who pushes one movie; Bob disagrees."""
    pushed, other = make_movie("Plan 9 <b>"), make_movie("Brazil")
    Rating.objects.rate(alice, pushed, 5)
    Rating.objects.rate(bob, pushed, 0.5)
    Rating.objects.rate(alice, other, 3)
    return SuspiciousProfile.objects.create(
        user=alice,
        suspicion=3.14,
        rdma=0.8,
        principal_share=0.001,
        n_ratings=2,
        found_at=timezone.now(),
    )


def decide(client: Client, action: str, *profiles: SuspiciousProfile, **query: str) -> str:
    body = {"action": action, "_selected_action": [profile.pk for profile in profiles]}
    page = client.post(reverse(LIST, query=query), body, follow=True)
    return page.content.decode()


def listed(client: Client, **query: str) -> list[str]:
    page = client.get(reverse(LIST), query)
    assert page.status_code == 200
    return [str(profile) for profile in page.context["cl"].result_list]


def test_it_works(ratings: Ratings) -> None:
    assert find.list_suspicious(ratings, seed=0) >= 12
    assert set(SuspiciousProfile.objects.values_list("user", flat=True)) <= set(FAKES)


def test_a_second_refit_renews_the_list(ratings: Ratings) -> None:
    find.list_suspicious(ratings, seed=0)
    first, second, third = SuspiciousProfile.objects.all()[:3]
    SuspiciousProfile.objects.filter(pk=second.pk).update(cleared_at=timezone.now())
    User.objects.filter(pk=third.user_id).update(quarantined_at=timezone.now())
    gone = [first.user_id, third.user_id]
    rest = ratings.take(~np.isin(ratings.user_ids[ratings.user_index], gone))
    find.list_suspicious(rest, seed=0)
    left = set(SuspiciousProfile.objects.values_list("pk", flat=True))
    assert first.pk not in left
    assert {second.pk, third.pk} <= left
    assert SuspiciousProfile.objects.get(pk=second.pk).cleared_at


def test_a_large_site_compares_with_a_sample(
    ratings: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "MOST_RATINGS", len(ratings) // 2)
    assert find.list_suspicious(ratings, seed=0) >= 10


def test_somebody_erased_meanwhile_is_left_out(ratings: Ratings) -> None:
    User.objects.filter(pk__in=FAKES).delete()
    assert find.list_suspicious(ratings, seed=0) == 0


def test_the_evidence_is_what_others_gave(
    profile: SuspiciousProfile, alice: User, staff_client: Client
) -> None:
    first = evidence_about(alice).odd_ratings[0]
    assert (first.stars, first.average, first.n_others, first.difference) == (5, 0.5, 1, 4.5)
    alice.quarantined_at = timezone.now()
    alice.save()
    assert evidence_about(alice).odd_ratings[0] == first
    url = reverse("admin:recommender_suspiciousprofile_change", args=[profile.pk])
    page = staff_client.get(url).content.decode()
    assert "Plan 9 &lt;b&gt;" in page
    assert "+4.50" in page
    assert "2 ratings." in page


def test_a_history_in_an_hour_is_seen(alice: User, make_movie, make_rating) -> None:
    now = timezone.now()
    for minutes in (0, 30, 59, 61, 300):
        Rating.objects.rate(
            alice, make_movie(str(minutes)), 3, rated_at=now - timedelta(minutes=minutes)
        )
    assert evidence_about(alice).most_in_an_hour == 3


def test_staff_quarantine_release_and_clear(
    profile: SuspiciousProfile, alice: User, staff_client: Client
) -> None:
    assert listed(staff_client) == ["alice"]
    assert "1 account is in quarantine" in decide(staff_client, "quarantine", profile)
    alice.refresh_from_db()
    assert alice.quarantined_at
    assert listed(staff_client) == []
    assert listed(staff_client, decision="quarantined") == ["alice"]

    assert "1 account is released" in decide(
        staff_client, "release", profile, decision="quarantined"
    )
    assert listed(staff_client) == ["alice"]

    assert "1 profile is cleared" in decide(staff_client, "clear", profile)
    assert listed(staff_client) == []
    assert listed(staff_client, decision="cleared") == ["alice"]
    alice.refresh_from_db()
    assert alice.quarantined_at is None


def test_who_may_only_look_decides_nothing(
    profile: SuspiciousProfile, alice: User, make_user: Callable[..., User]
) -> None:
    helper = make_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="view_suspiciousprofile"))
    client = Client()
    client.force_login(helper)
    assert listed(client) == ["alice"]
    decide(client, "quarantine", profile)
    alice.refresh_from_db()
    assert alice.quarantined_at is None


def test_quarantine_from_the_list_of_accounts(alice: User, staff_client: Client) -> None:
    body = {"action": "quarantine", "_selected_action": [alice.pk]}
    page = staff_client.post(reverse("admin:accounts_user_changelist"), body, follow=True)
    assert "In quarantine now: 1." in page.content.decode()
    assert User.objects.get(pk=alice.pk).quarantined_at
    staff_client.post(
        reverse("admin:accounts_user_changelist"), {**body, "action": "release"}, follow=True
    )
    assert User.objects.get(pk=alice.pk).quarantined_at is None
