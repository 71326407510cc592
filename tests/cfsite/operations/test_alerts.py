"""Alerts: told once, told when it is over, tried again when it could not be told."""

from __future__ import annotations

import json
import threading
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from cfsite.operations import heartbeats
from cfsite.operations.alerts import channels, conditions, watch
from cfsite.operations.alerts.conditions import Trouble
from cfsite.operations.models import (
    Alert,
    AlertMessage,
    Heartbeat,
    OutgoingMail,
    ServerError,
)
from recommender.models import TrainingRun

pytestmark = pytest.mark.django_db
Kind = Alert.Kind


@pytest.fixture(autouse=True)
def a_site_that_is_well(staff: User, settings: Any) -> None:
    settings.ALERT_DISK_MB = 0
    heartbeats.beat(heartbeats.needed())


def later(**time: float) -> None:
    """As if so much time had passed since the last attempts."""
    AlertMessage.objects.update(next_attempt_at=timezone.now() - timedelta(**time))


def silence(name: str) -> None:
    Heartbeat.objects.filter(name=name).update(at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def received() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A web server, and what was posted to it."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if self.path == "/broken" else 200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()


def test_all_is_well(mailoutbox: list) -> None:
    assert watch.look() == 0
    assert not Alert.objects.exists()


def test_it_is_told_once_and_once_when_it_is_over() -> None:
    silence("worker")
    assert [watch.look(), watch.look(), watch.look()] == [1, 0, 0]
    told = mail.outbox.pop()
    assert told.to == ["staff@example.org"]
    assert "The worker is not running" in told.subject
    assert "silent for 60 minutes" in told.body
    heartbeats.beat(["worker"])
    assert [watch.look(), watch.look()] == [1, 0]
    assert "Over: The worker is not running" in mail.outbox.pop().subject
    silence("worker")
    assert watch.look() == 1, "it began again"


def test_beat_and_worker_are_two_alerts() -> None:
    silence("worker")
    silence("beat")
    assert watch.look() == 2
    assert {alert.kind for alert in Alert.objects.open()} == {Kind.WORKER_GONE, Kind.BEAT_GONE}


@pytest.mark.parametrize(
    ("state", "kind"), [("rejected", Kind.REFIT_REJECTED), ("failed", Kind.REFIT_FAILED)]
)
def test_a_refit_that_brought_nothing(state: str, kind: str) -> None:
    TrainingRun.objects.create(state=state, reason="no better than biases")
    watch.look()
    assert "no better than biases" in Alert.objects.open().get(kind=kind).detail
    TrainingRun.objects.create(state="cancelled")
    TrainingRun.objects.create(state="running")
    watch.look()
    assert Alert.objects.open().filter(kind=kind).exists(), "these say nothing"
    TrainingRun.objects.update(state="cancelled")
    TrainingRun.objects.create(state="ready")
    watch.look()
    assert not Alert.objects.open().exists()


def test_a_disk_that_is_almost_full(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALERT_DISK_MB = 500
    Usage = namedtuple("Usage", "total used free")
    usage = Usage(10**12, 0, 499_000_000)
    monkeypatch.setattr(conditions.shutil, "disk_usage", lambda folder: usage)
    watch.look()
    assert "499 MB" in Alert.objects.open().get(kind=Kind.DISK_LOW).detail
    usage = Usage(10**12, 0, 501_000_000)
    watch.look()
    assert not Alert.objects.open().exists()


def test_mail_that_fails_again_and_again() -> None:
    row = OutgoingMail(recipients=["alice@example.org"], subject="Hello", content={})
    row.attempts, row.error = 2, "SMTPServerDisconnected: alice@example.org"
    row.save()
    watch.look()
    assert not Alert.objects.exists(), "one failure is nothing"
    OutgoingMail.objects.update(attempts=3)
    watch.look()
    detail = Alert.objects.open().get(kind=Kind.MAIL_FAILING).detail
    assert detail == "1 not sent so far, the last one for SMTPServerDisconnected."
    row.delete()
    watch.look()
    assert not Alert.objects.open().exists()


def test_errors_are_over_after_an_hour_without_one() -> None:
    ServerError.objects.count_one("GET /movies/", "KeyError", "abcdefgh")
    watch.look()
    assert "KeyError in GET /movies/" in Alert.objects.open().get(kind=Kind.ERRORS).detail
    ServerError.objects.update(last_at=timezone.now() - timedelta(minutes=61))
    watch.look()
    assert not Alert.objects.open().exists()


def test_what_cannot_be_looked_at_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    watch.update([Kind.DISK_LOW], [Trouble(Kind.DISK_LOW, "1 MB")])

    def broken(folder: object) -> None:
        raise OSError("no such folder")

    monkeypatch.setattr(conditions.shutil, "disk_usage", broken)
    silence("worker")
    watch.look()
    assert {alert.kind for alert in Alert.objects.open()} == {Kind.DISK_LOW, Kind.WORKER_GONE}


def test_webhook_and_ntfy(received: tuple[str, list], settings: Any) -> None:
    address, got = received
    settings.ALERT_EMAILS = []
    settings.ALERT_WEBHOOK, settings.ALERT_NTFY = f"{address}/hook", f"{address}/films"
    silence("worker")
    assert watch.look() == 2
    assert mail.outbox == []
    hook, ntfy = sorted(got, key=lambda one: "topic" in one)
    assert (hook["event"], hook["kind"], hook["closed_at"]) == ("opened", "worker_gone", None)
    assert (ntfy["topic"], ntfy["tags"]) == ("films", ["warning"])


def test_one_channel_that_fails_is_tried_again_alone(
    received: tuple[str, list], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    address, got = received
    settings.ALERT_WEBHOOK = f"{address}/broken"
    silence("worker")
    assert watch.look() == 1, "the mail"
    assert "An alert could not be sent by webhook (HTTPError)" in caplog.text
    assert address not in caplog.text, "addresses of webhooks are secrets"
    assert watch.look() == 0
    assert len(got) == 1, "not at once"
    settings.ALERT_WEBHOOK = f"{address}/hook"
    later(minutes=1)
    assert watch.look() == 1
    assert (len(got), len(mail.outbox)) == (2, 1)
    assert not AlertMessage.objects.waiting().exists()


def test_it_is_given_up_in_the_end(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALERT_EMAILS = ["operator@example.org"]

    def refuse(message: AlertMessage) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(channels, "send_mail", refuse)
    silence("worker")
    for _attempt in range(watch.ATTEMPTS + 5):
        watch.look()
        later(minutes=1)
    message = AlertMessage.objects.get()
    assert (message.attempts, message.given_up) == (watch.ATTEMPTS, True)


def test_who_never_heard_of_it_does_not_hear_that_it_is_over(monkeypatch: Any) -> None:
    def refuse(message: AlertMessage) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(channels, "send_mail", refuse)
        silence("worker")
        watch.look()
    heartbeats.beat(["worker"])
    later(minutes=1)
    assert watch.look() == 0
    assert mail.outbox == []


def test_two_processes_send_one_message() -> None:
    silence("worker")
    watch.update([Kind.WORKER_GONE], list(conditions.processes()))
    both = [AlertMessage.objects.select_related("alert").get() for _ in range(2)]
    assert [watch._send(one) for one in both] == [True, False]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("given", "to"), [(None, ["staff@example.org"]), (["a@example.org"], ["a@example.org"])]
)
def test_recipients(settings: Any, bob: User, given: list[str] | None, to: list[str]) -> None:
    settings.ALERT_EMAILS = given
    assert channels.recipients() == to


def test_the_command_tells_and_fails_while_anything_is_wrong() -> None:
    call_command("alert")
    silence("beat")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("alert", stdout=out)
    assert ended.value.code == 1
    assert "beat" in out.getvalue()
    assert len(mail.outbox) == 1


def test_a_page_sends_nothing(staff_client: Any) -> None:
    silence("worker")
    for path in ("/readyz", "/admin/", "/admin/recommender/trainingrun/"):
        assert staff_client.get(path).status_code == 200
    assert mail.outbox == []
    assert not Alert.objects.exists()


def test_without_anybody_to_tell_it_is_in_the_log_and_the_admin(
    staff: User, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.update(email="")
    silence("worker")
    assert watch.look() == 0
    assert Alert.objects.open().count() == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]
