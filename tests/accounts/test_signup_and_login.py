"""Signing up, in and out, through the site's own pages."""

import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User

PASSWORD = "a good password 1"
SIGN_UP = {"username": "carol", "email": "carol@example.org", "password1": "mauve-teapot-77"}


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def log_in(client: Client, name: str, password: str = PASSWORD, **data: str) -> object:
    return client.post("/accounts/login/", {"login": name, "password": password, **data})


def is_logged_in(client: Client) -> bool:
    return client.get("/me/ratings/").status_code == 200


class TestSignUp:
    def test_it_works(self, client: Client) -> None:
        answer = client.post("/accounts/signup/", SIGN_UP)
        assert answer["Location"] == "/start/"
        assert is_logged_in(client)
        assert User.objects.get().email == "carol@example.org"
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", "ml-100k:17"),
            ("username", "admin"),
            ("username", "x"),
            ("username", "ALICE"),
            ("email", "no address"),
            ("password1", "12345678"),
            ("password1", "carol"),
            ("username", "nul\x00"),
        ],
    )
    def test_it_rejects(self, client: Client, alice: User, field: str, value: str) -> None:
        client.post("/accounts/signup/", {**SIGN_UP, field: value})
        assert list(User.objects.all()) == [alice]
        assert not is_logged_in(client)

    def test_an_email_address_is_optional(self, client: Client) -> None:
        page = client.get("/accounts/signup/").content.decode()
        assert "Email (optional)" in page
        assert re.findall(r'<input type="(?!hidden)\w+" name="(\w+)"', page) == [
            "username",
            "password1",
            "email",
        ]
        client.post("/accounts/signup/", {**SIGN_UP, "email": ""})
        assert is_logged_in(client)
        assert User.objects.get().email == ""
        assert mail.outbox == []

    def test_an_operator_who_wants_it_confirmed_gets_it(self) -> None:
        """In a process of its own: the form is made from the settings at the start."""
        script = (
            "import django; django.setup()\n"
            "from accounts.login.forms import SignupForm\n"
            "print(SignupForm().fields['email'].required)"
        )
        environment = {**os.environ, "CFSITE_EMAIL_VERIFICATION": "mandatory"}
        environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        command = [sys.executable, "-c", script]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert found.stdout.strip() == "True"

    def test_password_rules_are_told_once_and_only_when_broken(self, client: Client) -> None:
        rule = "at least 8 characters"
        assert rule not in client.get("/accounts/signup/").content.decode()
        content = client.post("/accounts/signup/", {**SIGN_UP, "password1": "x"}).content.decode()
        assert content.count(rule) == 1

    def test_one_line_welcomes(self, client: Client) -> None:
        page = client.post("/accounts/signup/", SIGN_UP, follow=True)
        assert [str(message) for message in page.context["messages"]] == [
            "Welcome, carol. "
            "We’ve sent a link to carol@example.org: open it to confirm your address."
        ]

    def test_without_an_address_it_says_nothing_of_one(self, client: Client) -> None:
        page = client.post("/accounts/signup/", {**SIGN_UP, "email": ""}, follow=True)
        assert [str(message) for message in page.context["messages"]] == ["Welcome, carol."]

    def test_errors_stand_beside_their_field(self, client: Client) -> None:
        content = client.post("/accounts/signup/", {**SIGN_UP, "username": ""}).content.decode()
        assert 'aria-invalid="true"' in content
        described = re.search(r'name="username"[^>]*aria-describedby="([^"]+)"', content)[1]
        assert f'id="{described.split()[-1]}"' in content

    def test_it_can_be_closed(self, client: Client, settings: object) -> None:
        settings.ACCOUNT_SIGNUP_OPEN = False
        client.post("/accounts/signup/", SIGN_UP)
        assert not User.objects.exists()

    def test_it_makes_no_staff(self, client: Client) -> None:
        client.post("/accounts/signup/", {**SIGN_UP, "is_staff": "1", "is_superuser": "1"})
        assert not User.objects.get().is_staff


class TestLogIn:
    @pytest.mark.parametrize("name", ["alice", "alice@example.org", "Alice"])
    def test_it_works(self, client: Client, alice: User, name: str) -> None:
        log_in(client, name)
        assert is_logged_in(client)

    def test_it_says_the_same_for_known_and_unknown_names(
        self, client: Client, alice: User
    ) -> None:
        def complaint(name: str) -> str:
            content = log_in(client, name, "wrong").content.decode()
            return re.sub(r'value="[^"]*"|csrf\S*|"X-CSRFToken": "\w+"', "", content)

        assert complaint("alice") == complaint("nobody")

    def test_the_session_gets_a_new_key(self, client: Client, alice: User) -> None:
        client.get("/accounts/login/")
        session = client.session
        session["x"] = 1
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        log_in(client, "alice")
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key

    @pytest.mark.parametrize(
        "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1"]
    )
    def test_it_leads_nowhere_else(self, client: Client, alice: User, target: str) -> None:
        assert log_in(client, "alice", next=target).url == "/"

    def test_it_leads_back(self, client: Client, alice: User) -> None:
        assert log_in(client, "alice", next="/me/ratings/").url == "/me/ratings/"

    def test_too_many_tries_are_stopped_even_with_the_right_password(
        self, client: Client, alice: User
    ) -> None:
        for _ in range(12):
            log_in(client, "alice", "wrong")
        log_in(client, "alice")
        assert not is_logged_in(client)

    def test_a_rater_of_a_data_set_cannot(self, client: Client, make_user: Callable) -> None:
        make_user("rater", is_dataset_member=True, is_active=False)
        log_in(client, "rater")
        assert not is_logged_in(client)

    def test_staff_come_through_the_same_door(self, client: Client, staff: User) -> None:
        answer = client.get("/admin/", follow=True)
        assert answer.request["PATH_INFO"] == "/accounts/login/"
        assert log_in(client, "staff", next="/admin/").url == "/admin/"
        assert client.get("/admin/").status_code == 200


def test_logging_out_takes_a_post(alices_client: Client) -> None:
    alices_client.get("/accounts/logout/")
    assert is_logged_in(alices_client)
    alices_client.post("/accounts/logout/")
    assert not is_logged_in(alices_client)


class TestPassword:
    NEW = "mauve-teapot-77"

    def test_change(self, client: Client, alice: User) -> None:
        log_in(client, "alice")
        data = {"oldpassword": PASSWORD, "password1": self.NEW, "password2": self.NEW}
        client.post("/accounts/password/change/", data)
        client.post("/accounts/logout/")
        log_in(client, "alice", self.NEW)
        assert is_logged_in(client)

    def test_change_needs_the_old_one(self, client: Client, alice: User) -> None:
        log_in(client, "alice")
        data = {"oldpassword": "wrong", "password1": self.NEW, "password2": self.NEW}
        client.post("/accounts/password/change/", data)
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)

    def test_reset_by_mail_works_once(self, client: Client, alice: User) -> None:
        client.post("/accounts/password/reset/", {"email": "alice@example.org"})
        link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
        form = client.get(link, follow=True)
        data = {"password1": self.NEW, "password2": self.NEW}
        client.post(form.request["PATH_INFO"], data)
        alice.refresh_from_db()
        assert alice.check_password(self.NEW)
        again = Client()
        form = again.get(link, follow=True)
        again.post(
            form.request["PATH_INFO"], {"password1": "x-other-77", "password2": "x-other-77"}
        )
        alice.refresh_from_db()
        assert alice.check_password(self.NEW)

    def test_reset_tells_nothing_of_who_is_here(self, client: Client, alice: User) -> None:
        known, unknown = (
            client.post("/accounts/password/reset/", {"email": f"{name}@example.org"})
            for name in ("alice", "nobody")
        )
        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


@pytest.mark.parametrize(
    "page",
    ["login/", "signup/", "password/reset/", "password/reset/done/", "inactive/", "confirm-email/"],
)
def test_pages_for_visitors(client: Client, db: None, page: str) -> None:
    answer = client.get(f"/accounts/{page}")
    assert answer.status_code == 200
    assert b'class="wordmark"' in answer.content
    assert answer.content.count(b"<h1>") == 1


@pytest.mark.parametrize("page", ["email/", "password/change/", "logout/", "reauthenticate/"])
def test_pages_for_members(client: Client, alice: User, page: str) -> None:
    log_in(client, "alice")
    answer = client.get(f"/accounts/{page}")
    assert answer.status_code == 200
    assert b'class="wordmark"' in answer.content


def test_an_account_that_is_off_is_told_so(client: Client, make_user: Callable) -> None:
    make_user("dave", is_active=False)
    log_in(client, "dave")
    assert not is_logged_in(client)
