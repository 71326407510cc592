"""The language of pages: browser, cookie and account."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating

CODES = [code for code, _ in settings.LANGUAGES]


def language_of(client: Client, path: str = "/movies/", **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert f'<html lang="{answer["Content-Language"]}"' in answer.content.decode()
    return answer["Content-Language"]


def choose(client: Client, code: str, **more: str) -> object:
    return client.post("/language/", {"language": code, "next": "/movies/?q=x", **more})


def test_it_works(alices_client: Client, alice: User) -> None:
    assert CODES == ["en", "de", "fr", "es"]
    assert language_of(alices_client) == "en"
    answer = choose(alices_client, "fr")
    assert answer.url == "/movies/?q=x"
    assert language_of(alices_client) == "fr"
    # On another device too, whatever that one asks for.
    elsewhere = Client()
    elsewhere.force_login(alice)
    assert language_of(elsewhere, accept_language="de") == "fr"


def test_a_visitor_gets_what_the_browser_asks_for_until_they_choose(db: None) -> None:
    client = Client()
    assert language_of(client, accept_language="es-MX, de;q=0.5") == "es"
    assert language_of(client, accept_language="tlh") == "en"
    choose(client, "de")
    assert language_of(client, accept_language="es") == "de"


@pytest.mark.parametrize("code", ["tlh", "", "en\0", "x" * 5000, "../../etc"])
def test_a_language_the_site_has_not_changes_nothing(
    alices_client: Client, alice: User, code: str
) -> None:
    choose(alices_client, "de")
    assert choose(alices_client, code).status_code == 302
    alice.refresh_from_db()
    assert alice.language == "de"
    assert language_of(alices_client) == "de"


def test_a_language_taken_away_since_is_no_crash(alices_client: Client, alice: User) -> None:
    alice.prefer(language="tlh")
    assert language_of(alices_client) == "en"


def test_it_leads_to_no_other_site(alices_client: Client) -> None:
    answer = choose(alices_client, "de", next="https://elsewhere.example/")
    assert "elsewhere" not in answer.url


def test_only_a_form_changes_it(alices_client: Client) -> None:
    assert alices_client.get("/language/").status_code == 405
    assert (
        Client(enforce_csrf_checks=True).post("/language/", {"language": "de"}).status_code == 403
    )


def test_mails_come_in_it(db: None, make_user: Callable[..., User]) -> None:
    make_user("carla")
    client = Client()
    choose(client, "de")
    client.post("/accounts/password/reset/", {"email": "carla@example.org"})
    assert "Passwort" in mail.outbox[0].subject + mail.outbox[0].body


def test_an_app_chooses_it(alices_client: Client, alice: User) -> None:
    path, json = "/api/v1/me/", "application/json"
    assert alices_client.patch(path, {"language": "es"}, json).json()["language"] == "es"
    assert language_of(alices_client) == "es"
    assert alices_client.patch(path, {"language": "tlh"}, json).status_code == 400
    assert alices_client.patch(path, {"language": ""}, json).status_code == 200


class Stars(HTMLParser):
    """The values of the radio buttons of a page's first rating form."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        if tag == "input" and fields.get("name") == "stars":
            self.values.append(fields.get("value") or "")


@pytest.mark.parametrize("code", CODES)
def test_a_rating_means_the_same_in_every_language(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie], code: str
) -> None:
    """Where 4.5 is written 4,5, what a form sends must still be understood."""
    movie = make_movie()
    choose(alices_client, code)
    form = Stars()
    form.feed(alices_client.get(movie.get_absolute_url()).content.decode())
    assert len(form.values) == 10
    alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": form.values[8]})
    assert Rating.objects.of(alice).get().stars == 4.5


class TestMails:
    """In the language of whoever gets them, whatever browser they were asked for with."""

    ENGLISH = {"accept-language": "en"}

    @pytest.fixture
    def german(self, alice: User) -> User:
        alice.prefer(language="de")
        return alice

    def test_a_new_password(
        self, german: User, client: Client, mailoutbox: list[EmailMessage]
    ) -> None:
        sent = {"email": german.email}
        client.post("/accounts/password/reset/", sent, headers=self.ENGLISH)
        assert "Passwort" in mailoutbox[0].subject
        assert "Passwort" in mailoutbox[0].body
        page = client.get("/accounts/login/", headers=self.ENGLISH).content.decode()
        assert "Log in" in page, "the browser that asked goes on in its own"

    def test_somebody_signs_up_with_this_address(
        self, german: User, client: Client, mailoutbox: list[EmailMessage], settings: Any
    ) -> None:
        settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
        new = {"username": "carol", "email": german.email, "password1": "mauve-teapot-77"}
        client.post("/accounts/signup/", new, headers=self.ENGLISH)
        assert "Konto" in mailoutbox[0].subject + mailoutbox[0].body

    def test_an_account_without_a_language_gets_that_of_the_request(
        self, alice: User, client: Client, mailoutbox: list[EmailMessage]
    ) -> None:
        sent = {"email": alice.email}
        client.post("/accounts/password/reset/", sent, headers={"accept-language": "de"})
        assert "Passwort" in mailoutbox[0].subject

    def test_a_language_that_went_away_stops_no_mail(
        self, alice: User, client: Client, mailoutbox: list[EmailMessage]
    ) -> None:
        alice.prefer(language="xx")
        client.post("/accounts/password/reset/", {"email": alice.email}, headers=self.ENGLISH)
        assert "assword" in mailoutbox[0].subject

    def test_a_visitors_choice_goes_with_them(
        self, client: Client, db: None, mailoutbox: list[EmailMessage]
    ) -> None:
        client.post("/language/", {"language": "fr"})
        new = {"username": "carol", "email": "carol@example.org", "password1": "mauve-teapot-77"}
        client.post("/accounts/signup/", new)
        assert User.objects.get(username="carol").language == "fr"
