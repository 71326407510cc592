"""Mail that is stored by requests and sent by the worker."""

import logging
from datetime import timedelta
from email import message_from_bytes

import pytest
import time_machine
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction
from django.utils import timezone

from cfsite.operations.mail.outbox import Round, send_due
from cfsite.operations.models import OutgoingMail
from cfsite.operations.models.outgoing_mail import ATTEMPTS
from tests.smtp import MailServer


def write(to: str = "alice@example.org", subject: str = "Grüße") -> OutgoingMail:
    send_mail(subject, "Hello, Amélie", "site@example.org", [to])
    return OutgoingMail.objects.latest("pk")


def test_it_works(mail_server: MailServer) -> None:
    write()
    assert mail_server.connections == 0
    assert send_due() == Round(sent=1)
    (text,) = mail_server.received
    message = message_from_bytes(text)
    assert (message["To"], message["From"]) == ("alice@example.org", "site@example.org")
    assert "Hello, Amélie" in message.get_payload(decode=True).decode()
    assert not OutgoingMail.objects.exists(), "nothing of it is kept"


def test_one_connection_carries_a_round(mail_server: MailServer) -> None:
    for number in range(5):
        write(f"member{number}@example.org")
    assert send_due().sent == 5
    assert mail_server.connections == 1
    assert [message_from_bytes(text)["To"] for text in mail_server.received] == [
        f"member{number}@example.org" for number in range(5)
    ]


def test_all_parts_of_a_message_arrive(mail_server: MailServer) -> None:
    message = EmailMultiAlternatives(
        *("Subject", "plain", "site@example.org", ["a@example.org"]),
        bcc=["b@example.org"],
        cc=["c@example.org"],
        reply_to=["d@example.org"],
        headers={"X-Kind": "test"},
    )
    message.attach_alternative("<p>rich</p>", "text/html")
    message.send()
    assert OutgoingMail.objects.get().recipients == [f"{name}@example.org" for name in "acb"]
    send_due()
    found = message_from_bytes(mail_server.received[0])
    assert (found["Cc"], found["Reply-To"]) == ("c@example.org", "d@example.org")
    assert (found["X-Kind"], found["Bcc"]) == ("test", None)
    assert [part.get_content_type() for part in found.walk()] == [
        *("multipart/alternative", "text/plain", "text/html")
    ]


def test_a_request_that_fails_sends_nothing(outbox: None) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


def test_attachments_are_refused_at_once(outbox: None) -> None:
    message = EmailMessage("s", "b", "site@example.org", ["a@example.org"])
    message.attach("poster.txt", "x", "text/plain")
    with pytest.raises(NotImplementedError):
        message.send()


class TestAServerThatFails:
    def test_one_that_hangs_is_asked_once_a_round(self, hanging_server: MailServer) -> None:
        for number in range(5):
            write(f"member{number}@example.org")
        done = send_due()
        assert (done.sent, done.failed) == (0, 1)
        assert done.problem
        assert hanging_server.connections == 1
        assert OutgoingMail.objects.count() == 5

    def test_attempts_become_rarer_until_it_is_given_up(
        self, outbox: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        write()
        waits = []
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for _ in range(ATTEMPTS - 1):
                assert send_due().failed == 1
                mail = OutgoingMail.objects.get()
                waits.append(mail.next_attempt_at - timezone.now())
                assert send_due().failed == 0, "not before its time"
                clock.shift(waits[-1])
            assert send_due().failed == 1
            clock.shift(timedelta(hours=2))
            assert send_due().failed == 0, "given up"
        minutes = [wait.total_seconds() / 60 for wait in waits]
        assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]
        mail = OutgoingMail.objects.get()
        assert (mail.attempts, mail.next_attempt_at) == (ATTEMPTS, None)
        assert "refused" in mail.error.lower()
        last = caplog.records[-1]
        assert last.levelno == logging.ERROR
        assert "alice" not in caplog.text, "logs name nobody"

    def test_a_refused_recipient_is_given_up_and_others_are_sent(
        self, mail_server: MailServer
    ) -> None:
        mail_server.refused["gone@example.org"] = "550 no such user"
        mail_server.refused["later@example.org"] = "450 try again"
        for name in ("gone", "later", "alice"):
            write(f"{name}@example.org")
        assert send_due() == Round(sent=1, failed=2)
        gone, later = OutgoingMail.objects.order_by("pk")
        assert gone.next_attempt_at is None
        assert later.next_attempt_at > timezone.now()

    def test_mail_that_cannot_be_made_stops_nobody(self, mail_server: MailServer) -> None:
        broken = write()
        OutgoingMail.objects.filter(pk=broken.pk).update(
            content={**broken.content, "subject": "two\nlines"}
        )
        write("bob@example.org")
        assert send_due() == Round(sent=1, failed=1)


class TestTwoWorkers:
    def test_each_mail_is_claimed_once(self, outbox: None) -> None:
        write()
        assert OutgoingMail.objects.claim() is not None
        assert OutgoingMail.objects.claim() is None

    def test_a_mail_whose_sender_died_is_sent_later(self, mail_server: MailServer) -> None:
        write()
        OutgoingMail.objects.claim()
        assert send_due().sent == 0
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            assert send_due().sent == 1

    def test_a_second_attempt_is_the_same_mail(self, outbox: None) -> None:
        mail = write()
        first, second = mail.message().message(), OutgoingMail.objects.get().message().message()
        assert (first["Message-ID"], first["Date"]) == (second["Message-ID"], second["Date"])
        assert first["Message-ID"] is not None


class TestForgetting:
    def test_the_text_is_kept_for_a_day_and_the_rest_for_two_weeks(self, outbox: None) -> None:
        mail = write()
        OutgoingMail.objects.filter(pk=mail.pk).update(next_attempt_at=None)
        with time_machine.travel(timezone.now() + timedelta(hours=23)):
            OutgoingMail.objects.forget_old()
            assert OutgoingMail.objects.get().content
        with time_machine.travel(timezone.now() + timedelta(hours=25)):
            OutgoingMail.objects.forget_old()
            assert OutgoingMail.objects.get().content is None
            assert OutgoingMail.objects.all().send_again() == 0
        with time_machine.travel(timezone.now() + timedelta(days=15)):
            OutgoingMail.objects.forget_old()
            assert not OutgoingMail.objects.exists()
