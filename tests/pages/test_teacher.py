"""The people of a data set teach the site and are seen nowhere outside the admin."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import CharField, Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import reverse

from accounts.models import User, set_profile
from movies.lists import entries, lifecycle
from movies.models import Movie, Person, PersonalImport, Rating
from recommender.groups import membership
from tests.api.conftest import API
from tests.api.test_matrix import ADDRESSES, EXPECTED
from tests.pages.test_all_pages import fitted, looked_at, no_model_from_another_test, two_tastes
from tests.site_pages import MEMBER, VISITOR

__all__ = ["fitted", "looked_at", "no_model_from_another_test", "two_tastes"]

pytestmark = pytest.mark.slow

NAME = "zzteacherzz"


@pytest.fixture
def teacher(looked_at: Any, two_tastes: list[Movie]) -> User:
    """One of many that are named alike, with all that could ever make one of them be seen."""
    raters = User.objects.filter(is_dataset_member=True)
    raters.update(
        username=Concat(Value(NAME), "pk", output_field=CharField()),
        email=Concat(Value(NAME), "pk", Value("@example.org"), output_field=CharField()),
        first_name=NAME,
    )
    rater = raters.order_by("pk")[0]
    set_profile(rater, level="public", display_name=NAME, bio=NAME, shows_ratings=True)
    entries.add(lifecycle.create(rater, NAME, visibility="public"), two_tastes[0], note=NAME)
    return rater


def text_of(answer: Any) -> str:
    """What was sent, in one piece, streamed or zipped."""
    sent = b"".join(answer) if answer.streaming else answer.content
    if sent.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(sent)) as files:
            sent = b"\n".join(files.read(name) for name in files.namelist())
    return sent.decode(errors="replace")


def test_on_no_page(looked_at: tuple[dict, dict], teacher: User) -> None:
    clients, by_who = looked_at
    seen = [
        (who, path)
        for who, paths in by_who.items()
        for path in paths.values()
        if NAME in text_of(clients[who].get(path))
    ]
    assert seen == []
    for client in clients.values():
        assert client.get(f"/people/{teacher.username}/").status_code == 404
        for page in (f"/movies/?q={NAME}", f"/movies/suggest/?q={NAME}", f"/lists/?q={NAME}"):
            assert teacher.username not in text_of(client.get(page))


def test_at_no_address_of_the_api(
    looked_at: tuple[dict, dict], teacher: User, alice: User, two_tastes: list[Movie]
) -> None:
    clients, _ = looked_at
    group = membership.create(alice, "Friday")
    places = {
        **{"movie": two_tastes[0].pk, "group": group.pk, "member": group.members.get().pk},
        **{"list": alice.movie_lists.get().pk, "key": teacher.movie_lists.get().key},
        **{
            "imported": PersonalImport.objects.of(alice).first().pk,
            "viewing": alice.viewings.first().pk,
            "artist": Person.objects.create(name="Ridley Scott").pk,
        },
    }
    asked = 0
    for route, address in ADDRESSES.items():
        if "get" not in EXPECTED[route]:
            continue
        for who in (VISITOR, MEMBER):
            answer = clients[who].get(f"{API}/{address.format(**places)}")
            asked += answer.status_code == 200
            assert NAME not in text_of(answer), (route, who)
    assert asked > 40
    # Its public list included, by number and by link.
    for address in (f"lists/{teacher.movie_lists.get().pk}/", f"lists/shared/{places['key']}/"):
        assert clients[MEMBER].get(f"{API}/{address}").status_code == 404


def test_in_no_export(
    looked_at: tuple[dict, dict], teacher: User, alice: User, tmp_path: Any
) -> None:
    clients, _ = looked_at
    answer = clients[MEMBER].get(reverse("accounts:export"))
    assert answer.status_code == 200
    sent = text_of(answer)
    assert alice.username in sent
    assert NAME not in sent
    call_command("export_movielens", tmp_path / "out", verbosity=0)
    rated = (tmp_path / "out" / "ratings.csv").read_text().splitlines()[1:]
    assert len(rated) == Rating.objects.filter(user__is_dataset_member=False).count() > 0


def test_no_group_takes_one_in(teacher: User, alice: User) -> None:
    """Joining takes a login, which there is none of: no usable password, and not active."""
    membership.create(alice, "Friday")
    client = Client()
    assert not client.login(username=teacher.username, password="")
    teacher.set_password("known after all")
    teacher.save()
    assert not client.login(username=teacher.username, password="known after all")
