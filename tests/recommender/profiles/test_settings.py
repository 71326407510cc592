"""What a user enters for their profile."""

from html import unescape

import pytest
from django.test import Client

from accounts.models import Profile, User
from tests.recommender.profiles.conftest import SETTINGS, body


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "all"},
        {"display_name": "x" * 51},
        {"display_name": "BOB"},
        {"display_name": "Administrator"},
        {"bio": "x" * 501},
    ],
)
def test_bad_input_loses_nothing(alices_client: Client, bob: User, wrong: dict[str, str]) -> None:
    answer = alices_client.post(SETTINGS, body(bio="kept words") | wrong)
    assert answer.status_code == 422
    assert b'class="errorlist"' in answer.content
    assert wrong.get("bio", "kept words") in unescape(answer.content.decode())
    assert not Profile.objects.exists()


def test_invisible_characters_are_left_out(alices_client: Client, alice: User) -> None:
    alices_client.post(
        SETTINGS, body(display_name="A\u202el\u200bice\n2", bio="a\r\n\r\n\r\nb\x07")
    )
    stored = Profile.objects.get(user=alice)
    assert (stored.display_name, stored.bio) == ("Alice 2", "a\n\nb")


def test_strangers_are_asked_to_log_in(client: Client, db: None) -> None:
    assert client.get(SETTINGS).url == f"/accounts/login/?next={SETTINGS}"
