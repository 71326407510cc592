"""Which user names are allowed, at every door."""

import unicodedata
from collections.abc import Callable
from html import unescape
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from accounts.models import User
from accounts.usernames import check_characters, skeleton

PASSWORD = "mauve-teapot-77"
JOSE = "josé"
DECOMPOSED = unicodedata.normalize("NFD", JOSE)
CYRILLIC_A = "\u0430"

GOOD = ["bo", JOSE, "straße", "иван", "ευα", "映画", "film_fan-7", "a.b", "7", "日本film"]
BAD = {
    "..": "at least one letter or digit",
    "-_-": "at least one letter or digit",
    "bob@example.org": "@",
    "@bob": "@",
    f"{CYRILLIC_A}lice": "mix alphabets",
    "b\u03bfb": "mix alphabets",  # a Greek omicron
    "two words": "letters, digits",
    "zero\u200bwidth": "letters, digits",
    "\u202ebob": "letters, digits",
}


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def sign_up(username: str) -> Any:
    return Client().post("/accounts/signup/", {"username": username, "password1": PASSWORD})


def sign_up_by_api(username: str) -> Any:
    body = {"username": username, "password": PASSWORD}
    return Client().post("/_allauth/app/v1/auth/signup", body, content_type="application/json")


def add_in_admin(username: str) -> Any:
    operator = User.objects.create_superuser("boss")
    client = Client()
    client.force_login(operator)
    body = {"username": username, "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/admin/accounts/user/add/", {**body, "usable_password": "true"})
    operator.delete()
    return answer


def create_superuser(username: str) -> str:
    try:
        call_command("createsuperuser", username=username, email="", interactive=False)
    except CommandError as error:
        return str(error)
    return ""


def said(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize("username", GOOD)
def test_good_names(username: str) -> None:
    check_characters(username)


@pytest.mark.parametrize(("username", "reason"), BAD.items())
def test_bad_names_are_refused_with_the_reason(username: str, reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        User._meta.get_field("username").clean(username, None)
    assert reason in refused.value.messages[0]


@pytest.mark.parametrize("door", [sign_up, sign_up_by_api, add_in_admin, create_superuser])
@pytest.mark.parametrize("username", ["..", "bob@example.org", f"{CYRILLIC_A}lice"])
def test_every_door_refuses_them(door: Callable[[str], Any], username: str, alice: User) -> None:
    answer = door(username)
    text = answer if isinstance(answer, str) else answer.content.decode("unicode-escape")
    assert "user name" in text
    assert list(User.objects.all()) == [alice]


@pytest.mark.parametrize("door", [sign_up, sign_up_by_api, add_in_admin, create_superuser])
def test_every_door_takes_a_decomposed_name(door: Callable[[str], Any]) -> None:
    door(DECOMPOSED)
    assert User.objects.get().username == JOSE


@pytest.mark.parametrize(
    "username", [JOSE, DECOMPOSED, "JOSÉ", unicodedata.normalize("NFD", "José")]
)
def test_any_composition_logs_in(username: str) -> None:
    sign_up(JOSE)
    client = Client()
    client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    assert client.get("/me/ratings/").status_code == 200


# All of one alphabet, so that only the comparison with "ape" tells.
APE_IN_CYRILLIC = "\u0430\u0440\u0435"


@pytest.mark.parametrize("door", [sign_up, sign_up_by_api, add_in_admin, create_superuser])
def test_look_alikes_of_members_are_refused(
    door: Callable[[str], Any], make_user: Callable[..., User]
) -> None:
    make_user("ape")
    door(APE_IN_CYRILLIC)
    assert [user.username for user in User.objects.all()] == ["ape"]


@pytest.mark.parametrize("username", ["admin", "ADMİN", "adm\u0131n", "Support"])
def test_reserved_names_and_their_look_alikes_are_for_operators(username: str) -> None:
    assert "isn’t available" in said(sign_up(username))
    assert not User.objects.exists()


def test_an_operator_may_be_called_admin() -> None:
    assert create_superuser("admin") == ""


def test_accents_and_digits_tell_names_apart(make_user: Callable[..., User]) -> None:
    for username in ("jose", JOSE, "anna1", "annal"):
        make_user(username)
    assert User.objects.count() == 4


def test_the_database_refuses_the_second_look_alike(make_user: Callable[..., User]) -> None:
    make_user("ape")
    with pytest.raises(IntegrityError):
        make_user(APE_IN_CYRILLIC)


class TestOlderNames:
    """Accounts from before the rules go on as they are."""

    @pytest.fixture
    def older(self, make_user: Callable[..., User]) -> User:
        make_user("ape")
        user = make_user("x")
        User.objects.filter(pk=user.pk).update(username=APE_IN_CYRILLIC, username_skeleton=None)
        user.refresh_from_db()
        return user

    def test_they_can_be_saved(self, older: User) -> None:
        older.first_name = "Old"
        older.save()
        older.full_clean()

    def test_operators_can_change_them(self, older: User, staff_client: Client) -> None:
        User.objects.filter(pk=older.pk).update(username="old@example.org")
        url = f"/admin/accounts/user/{older.pk}/change/"
        body = {"username": "old@example.org", "email": "", "first_name": "Old", "is_active": "on"}
        assert staff_client.post(url, body).status_code == 302
        assert "contain @" in said(staff_client.post(url, body | {"username": "new@example.org"}))

    def test_a_new_name_gets_a_skeleton(self, older: User) -> None:
        older.username = "new"
        older.save()
        assert older.username_skeleton == "new"

    def test_the_migration_gives_it_to_the_oldest(
        self, older: User, make_user: Callable[..., User]
    ) -> None:
        rater = make_user("set:1", is_dataset_member=True, is_active=False)
        User.objects.update(username_skeleton=None)
        migration = import_module("accounts.migrations.0008_username_skeletons")
        migration.fill(apps, SimpleNamespace(connection=connection))
        keys = dict(User.objects.values_list("username", "username_skeleton"))
        assert keys == {"ape": "ape", APE_IN_CYRILLIC: None, rater.username: None}


def test_a_look_alike_has_the_same_skeleton() -> None:
    assert {skeleton(name) for name in ("ADMIN", "ADMİN", "adm\u0131n", "\u0430dm\u0456n")} == {
        "admin"
    }
    assert len({skeleton(name) for name in ("jose", JOSE)}) == 2
