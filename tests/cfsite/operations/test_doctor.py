"""The doctor on broken installations: each fault is named, with what to do."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.models import User
from cfsite.operations import heartbeats
from cfsite.operations.doctor import ERROR, OK, WARNING, Finding, connections, examine, files
from cfsite.operations.models import Backup, Heartbeat
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.training import refit

Visit = Callable[[], dict[str, Finding]]


@pytest.fixture
def healthy(
    settings: Any, tmp_path: Path, db: None, mail_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that lacks nothing."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").touch(0o600)
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "site.123.css").touch()
    manifest = json.dumps({"paths": {"site.css": "site.123.css"}})
    (settings.STATIC_ROOT / "staticfiles.json").write_text(manifest)
    monkeypatch.setattr(files, "_of_this_version", lambda: {"site.css"})
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_DELIVERY_BACKEND = ""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server
    for name in heartbeats.needed():
        Heartbeat.objects.beat(name, "here", 1)
    TrainingRun.objects.create(
        state=TrainingRun.State.READY, is_active=True, finished_at=timezone.now()
    )


@pytest.fixture
def mail_server() -> Iterator[int]:
    """Greets, and agrees to whatever it is told."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _address = server.accept()
                except OSError:
                    return
                with caller, caller.makefile("rb") as lines:
                    caller.sendall(b"220 mail\r\n")
                    in_text = False
                    for line in lines:
                        if not in_text or line == b".\r\n":
                            in_text = line.lower().startswith(b"data")
                            caller.sendall(b"354 go on\r\n" if in_text else b"250 ok\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def visit(healthy: None) -> Visit:
    """The worst finding of each topic."""

    def look() -> dict[str, Finding]:
        badness = [OK, WARNING, ERROR].index
        return {one.topic: one for one in sorted(examine(), key=lambda one: badness(one.status))}

    return look


def only_wrong(found: dict[str, Finding]) -> Finding:
    wrong = [finding for finding in found.values() if finding.status != OK]
    assert len(wrong) == 1, wrong
    assert wrong[0].fix
    return wrong[0]


def test_a_healthy_site_has_nothing_wrong(visit: Visit) -> None:
    found = visit()
    assert {finding.status for finding in found.values()} == {OK}
    assert {"configuration", "database", "migrations", "worker", "beat", "model"} <= found.keys()
    assert {"broker", "mail", "disk", "permissions", "static files", "clock"} <= found.keys()


def test_a_debug_mode_in_production(healthy: None, settings: Any) -> None:
    settings.PRODUCTION = settings.DEBUG = True
    fixes = [one.fix for one in examine() if one.status == ERROR]
    assert any("Remove CFSITE_DEBUG" in fix for fix in fixes)


def test_a_database_that_is_away(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError('connection refused\n\tIs the server running on "db"?')

    with monkeypatch.context() as patched:
        patched.setattr(connections.connection, "cursor", away)
        found = visit()
    assert found["database"].status == ERROR
    assert found["database"].message.endswith("does not answer: connection refused")
    assert "migrations" not in found
    assert found["mail"].status == OK


def test_a_migration_that_was_not_applied(visit: Visit) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="admin").delete()
    wrong = visit()["migrations"]
    assert (wrong.status, wrong.fix) == (ERROR, "Run: manage.py migrate")
    assert "3 not applied, the first is admin.0001_initial" in wrong.message


def test_a_database_of_a_newer_version(visit: Visit) -> None:
    MigrationRecorder(connection).record_applied("movies", "9999_from_the_future")
    wrong = only_wrong(visit())
    assert wrong.message.endswith("it has movies.9999_from_the_future")


def test_a_worker_that_died(visit: Visit) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Heartbeat.objects.filter(name="worker").update(at=an_hour_ago)
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status, wrong.message) == ("worker", ERROR, "silent for 60 minutes")
    assert "celery -A cfsite worker" in wrong.fix


def test_a_backup_that_is_overdue(
    visit: Visit, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_TO = tmp_path
    days_ago = timezone.now() - timedelta(days=3)
    (tmp_path / "b").touch()
    Backup.objects.create(
        name="b", place=str(tmp_path), started_at=days_ago, finished_at=days_ago, size=1
    )
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("backups", WARNING)
    assert wrong.message == "The newest backup is 3 days old."
    settings.BACKUP_INTERVAL = 0
    assert visit()["backups"].status == OK
    settings.BACKUP_TO = "s3://films"
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "boto3", None)
        assert "requirements-s3.txt" in only_wrong(visit()).message


def test_a_beat_that_was_never_started(visit: Visit) -> None:
    Heartbeat.objects.filter(name="beat").delete()
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status, wrong.message) == ("beat", ERROR, "never seen")
    assert "celery -A cfsite beat" in wrong.fix


def test_a_site_without_a_model(visit: Visit, alice: User, make_movie: Any) -> None:
    TrainingRun.objects.all().delete()
    assert only_wrong(visit()).message == "none yet, and no ratings to learn one from"
    Rating.objects.rate(alice, make_movie(), 4.0)
    assert only_wrong(visit()).fix == "manage.py refit"


def test_a_model_that_is_not_renewed(visit: Visit, alice: User, make_movie: Any) -> None:
    last_week = timezone.now() - timedelta(days=7)
    TrainingRun.objects.update(finished_at=last_week, created_at=last_week)
    assert {finding.status for finding in visit().values()} == {OK}, "nothing has changed"
    movie: Movie = make_movie()
    Rating.objects.rate(alice, movie, 4.0)
    assert refit.is_due()
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("model", WARNING)
    assert "7 days old, and a new one is due" in wrong.message


def test_a_broker_that_is_away(visit: Visit, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.REDIS_URL = f"redis://:hunter2@127.0.0.1:{port}/0"
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("broker", ERROR)
    assert "hunter2" not in wrong.message


def test_a_mail_server_that_is_away(visit: Visit, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_PORT = taken.getsockname()[1]
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("mail", ERROR)
    assert "EMAIL_URL" in wrong.fix


def test_mail_that_goes_to_a_folder(visit: Visit, settings: Any) -> None:
    settings.EMAIL_BACKEND = "cfsite.lib.mail_folder.MailFolder"
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("mail", WARNING)
    assert wrong.message.startswith("none is sent; it goes to ")


@pytest.mark.parametrize(("free", "status"), [(50, ERROR), (400, WARNING), (90_000, OK)])
def test_a_disk_that_is_full(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, settings: Any, free: int, status: str
) -> None:
    settings.ALERT_DISK_MB = 500
    usage = type("Usage", (), {"free": free * 1_000_000, "total": 100_000_000_000})
    monkeypatch.setattr(files.shutil, "disk_usage", lambda path: usage)
    assert visit()["disk"].status == status


def test_model_files_that_cannot_be_written(visit: Visit, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.MODEL_DIR = tmp_path / "file" / "models"
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("model files", WARNING)
    assert "CFSITE_MODEL_DIR" in wrong.fix
    settings.MODEL_DIR = tmp_path / "models"
    assert visit()["model files"].status == OK


def test_files_of_another_user(
    visit: Visit, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a command run as root."""
    media = settings.DATA_DIR / "media"
    media.mkdir()
    monkeypatch.setattr(files.os, "access", lambda path, mode: path != media)
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("permissions", ERROR)
    assert str(media) in wrong.message
    assert "chown -R" in wrong.fix


def test_a_secret_key_that_others_can_read(visit: Visit, settings: Any) -> None:
    (settings.DATA_DIR / "secret_key").chmod(0o644)
    assert only_wrong(visit()).fix.startswith("chmod 600 ")


@pytest.mark.parametrize("fault", ["no manifest", "broken manifest", "newer version", "lost file"])
def test_static_files_that_are_not_collected(
    visit: Visit, settings: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if fault == "no manifest":
        manifest.unlink()
    elif fault == "broken manifest":
        manifest.write_text("{")
    elif fault == "lost file":
        (settings.STATIC_ROOT / "site.123.css").unlink()
    else:
        monkeypatch.setattr(files, "_of_this_version", lambda: {"site.css", "new.js"})
    wrong = only_wrong(visit())
    assert (wrong.topic, wrong.status) == ("static files", ERROR)
    assert "collectstatic" in wrong.fix


@pytest.mark.parametrize(("seconds", "status"), [(1, OK), (20, WARNING), (-3600, ERROR)])
def test_a_clock_that_is_wrong(seconds: int, status: str) -> None:
    theirs = timezone.now() + timedelta(seconds=seconds)
    assert connections.compare_clocks("PostgreSQL", theirs).status == status


def test_an_examination_that_fails_is_told_and_ends_no_other(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("surprise")

    monkeypatch.setattr(files, "disk", broken)
    assert "surprise" in only_wrong(visit()).message


class TestCommand:
    def test_it_says_what_is_wrong_and_ends_with_1(
        self, healthy: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Heartbeat.objects.filter(name="beat").delete()
        with pytest.raises(SystemExit) as ended:
            call_command("doctor")
        assert ended.value.code == 1
        told = capsys.readouterr().out
        assert "ERROR    beat: never seen" in told
        assert "1 error, 0 warnings." in told

    def test_json(self, healthy: None, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("doctor", "--json")
        report = json.loads(capsys.readouterr().out)
        assert report["ok"] is True
        assert {"topic", "status", "message", "fix"} == report["findings"][0].keys()

    def test_a_mail_is_sent_on_request(
        self, healthy: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("doctor", "--mail-to", "me@example.org")
        assert "mail: sent to me@example.org" in capsys.readouterr().out
