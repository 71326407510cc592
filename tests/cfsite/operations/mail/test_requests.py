"""Pages and the API write mail and wait for no mail server."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from cfsite.operations.mail.outbox import send_due
from cfsite.operations.models import OutgoingMail
from tests.smtp import MailServer

SIGN_UP = {"username": "carol", "email": "carol@example.org", "password1": "mauve-teapot-77"}
HEADLESS = "/_allauth/app/v1/auth"


def sign_up(client: Client) -> Any:
    return client.post("/accounts/signup/", SIGN_UP)


def reset(client: Client) -> Any:
    return client.post("/accounts/password/reset/", {"email": "alice@example.org"})


def reset_unknown(client: Client) -> Any:
    return client.post("/accounts/password/reset/", {"email": "nobody@example.org"})


def sign_up_by_api(client: Client) -> Any:
    body = {"username": "carol", "email": "carol@example.org", "password": "mauve-teapot-77"}
    return client.post(f"{HEADLESS}/signup", body, content_type="application/json")


def reset_by_api(client: Client) -> Any:
    body = {"email": "alice@example.org"}
    return client.post(f"{HEADLESS}/password/request", body, content_type="application/json")


@pytest.mark.parametrize("send", [sign_up, reset, reset_unknown, sign_up_by_api, reset_by_api])
def test_a_hanging_server_is_not_asked(
    hanging_server: MailServer, alice: User, send: Callable[[Client], Any]
) -> None:
    assert send(Client()).status_code in {200, 302, 401}  # 401: an app has a code to enter next
    assert OutgoingMail.objects.count() == 1
    assert hanging_server.connections == 0


def test_a_refusing_server_fails_no_sign_up(outbox: None) -> None:
    client = Client()
    assert sign_up(client)["Location"] == "/start/"
    assert send_due().failed == 1
    assert client.get("/me/ratings/").status_code == 200


def test_the_mail_arrives_later(mail_server: MailServer) -> None:
    sign_up(Client())
    assert send_due().sent == 1
    assert b"/accounts/confirm-email/" in mail_server.received[0]


def test_an_erased_account_takes_its_mail_along(
    outbox: None, alices_client: Client, bob: User
) -> None:
    reset(Client())
    Client().post("/accounts/password/reset/", {"email": bob.email})
    alices_client.post("/me/erase/", {"password": "a good password 1"})
    assert not User.objects.filter(username="alice").exists()
    assert [mail.recipients for mail in OutgoingMail.objects.all()] == [["bob@example.org"]]
