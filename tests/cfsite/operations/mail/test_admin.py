"""Unsent mail in the admin, and `manage.py send_mail`."""

from io import StringIO
from typing import Any

import pytest
from django.core.mail import send_mail
from django.core.management import CommandError, call_command
from django.test import Client

from cfsite.operations.models import OutgoingMail
from tests.smtp import MailServer

PAGE = "/admin/operations/outgoingmail/"


@pytest.fixture
def given_up(outbox: None) -> OutgoingMail:
    send_mail("Set a new password", "https://secret-link", None, ["alice@example.org"])
    OutgoingMail.objects.update(next_attempt_at=None, attempts=10, error="refused")
    return OutgoingMail.objects.get()


def test_it_works(staff_client: Client, given_up: OutgoingMail) -> None:
    for page in (PAGE, f"{PAGE}{given_up.pk}/change/", f"{PAGE}?state=given-up"):
        content = staff_client.get(page).content.decode()
        assert "Set a new password" in content
        assert "alice@example.org" in content
        assert "secret-link" not in content
    assert "Set a new password" not in staff_client.get(f"{PAGE}?state=waiting").content.decode()


def test_it_is_sent_again(staff_client: Client, given_up: OutgoingMail) -> None:
    data = {"action": "send_again", "_selected_action": [given_up.pk]}
    answer = staff_client.post(PAGE, data, follow=True)
    assert "1 mail will be sent again." in answer.content.decode()
    assert OutgoingMail.objects.due().get() == given_up


def test_without_its_text_it_is_not(staff_client: Client, given_up: OutgoingMail) -> None:
    OutgoingMail.objects.update(content=None)
    data = {"action": "send_again", "_selected_action": [given_up.pk]}
    answer = staff_client.post(PAGE, data, follow=True)
    assert "its text has been deleted" in answer.content.decode()
    assert not OutgoingMail.objects.due().exists()


def test_members_see_nothing_of_it(alices_client: Client, given_up: OutgoingMail) -> None:
    assert alices_client.get(PAGE).status_code == 302


class TestCommand:
    def run(self) -> str:
        out = StringIO()
        call_command("send_mail", stdout=out)
        return out.getvalue()

    def test_it_works(self, mail_server: MailServer) -> None:
        send_mail("Hello", "you", None, ["alice@example.org"])
        assert self.run() == "1 sent, 0 not sent.\n"

    def test_a_server_that_is_away_is_named(self, outbox: None) -> None:
        send_mail("Hello", "you", None, ["alice@example.org"])
        with pytest.raises(CommandError, match=r"mail server cannot be used: .*refused"):
            self.run()

    def test_without_a_server_nothing_waits(self, settings: Any, db: None) -> None:
        settings.EMAIL_DELIVERY_BACKEND = ""
        assert "no mail waits" in self.run()
