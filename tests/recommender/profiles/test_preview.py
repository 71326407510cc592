"""The owner's preview of their profile, as others see it."""

from django.test import Client

from accounts.models import Profile, User, set_profile
from movies.models import Movie
from tests.recommender.profiles.conftest import ALL, PAGE, text_of


def test_as_others_see_it(
    alices_client: Client, bobs_client: Client, alice: User, history: list[Movie]
) -> None:
    set_profile(alice, level="members", **ALL)
    as_stranger = text_of(alices_client.get(f"{PAGE}?as=stranger"))
    assert "Visitors can't see this page" in as_stranger
    assert "Story 0" not in as_stranger
    as_member = text_of(alices_client.get(f"{PAGE}?as=member"))
    assert "This is how other members see you" in as_member
    assert "Story 0" in as_member
    assert "This is how other members" not in text_of(bobs_client.get(f"{PAGE}?as=member"))


def test_who_never_saved_one_sees_what_it_would_be(alices_client: Client) -> None:
    page = text_of(alices_client.get(PAGE))
    assert "Only you can see this page." in page
    assert not Profile.objects.exists()
