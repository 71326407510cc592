"""Sessions are stored, expire, and cannot be forged."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DjangoSessionStore
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from accounts.sessions import SessionStore

SETTINGS = "/me/settings/"


def test_it_works(alices_client: Client) -> None:
    assert alices_client.get(SETTINGS).status_code == 200
    store = SessionStore(Session.objects.get().session_key)
    store["seen"] = {"ünï": [1, None]}
    store.save()
    assert SessionStore(store.session_key)["seen"] == {"ünï": [1, None]}


def test_an_expired_one_is_over(alices_client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert alices_client.get(SETTINGS).status_code == 302


def test_one_that_was_changed_by_somebody_is_worth_nothing(alices_client: Client) -> None:
    kept = Session.objects.get()
    kept.session_data = kept.session_data[:-3] + "abc"
    kept.save()
    assert alices_client.get(SETTINGS).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 32, "a" * 5000, "' OR 1=1 --", "\\000" * 10, "ä" * 32])
def test_a_made_up_key_opens_nothing(key: str, alice: User) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get(SETTINGS).status_code == 302


def test_logging_out_ends_it(alices_client: Client) -> None:
    key = Session.objects.get().session_key
    alices_client.post("/accounts/logout/")
    assert SessionStore(key).load() == {}


def test_an_answer_that_comes_after_the_login_leaves_it_alone(alice: User) -> None:
    """Its request was sent with the key from before, which the login replaced."""
    before = SessionStore()
    before["seen"] = 1
    before.save()
    client = Client()
    client.cookies["sessionid"] = before.session_key
    client.force_login(alice)
    late = Client(headers={"Cookie": f"sessionid={before.session_key}"})
    for path in ("/manifest.webmanifest", "/service-worker.js", "/offline/"):
        answer = late.get(path)
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies
    assert client.get(SETTINGS).status_code == 200
    assert client.post("/accounts/logout/").cookies["sessionid"].value == ""


def test_sessions_of_before_move_to_the_table_that_knows_their_user(alice: User) -> None:
    """Nobody is logged out by the upgrade."""
    theirs = DjangoSessionStore()
    theirs[SESSION_KEY] = str(alice.pk)
    theirs.save()
    visitors = DjangoSessionStore()
    visitors["seen"] = 1
    visitors.save()
    erased = DjangoSessionStore()
    erased[SESSION_KEY] = "999999999"
    erased.save()
    migration = import_module("accounts.migrations.0007_sessions_and_data_exports")
    migration.move_sessions(apps, SimpleNamespace(connection=connection))
    moved = dict(Session.objects.values_list("session_key", "user"))
    assert moved == {theirs.session_key: alice.pk, visitors.session_key: None}
    assert SessionStore(theirs.session_key)[SESSION_KEY] == str(alice.pk)
    assert not DjangoSessionStore.get_model_class().objects.exists()


def test_it_knows_its_user_and_goes_with_them(alices_client: Client, alice: User) -> None:
    assert Session.objects.get().user == alice
    alice.delete()
    assert not Session.objects.exists()
