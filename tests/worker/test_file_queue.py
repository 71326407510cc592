"""A real worker whose queue has files that a crash or a full disk has left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from kombu import Connection

from accounts.models import Session
from accounts.tasks import delete_expired_sessions
from tests.site import Site, eventually, running_site

pytestmark = [pytest.mark.slow, pytest.mark.redis]


@pytest.fixture
def site(tmp_path: Path, db: None) -> Iterator[Site]:
    with running_site(tmp_path, REDIS_URL="") as site:
        yield site


def wait_for_work(queue: Path) -> None:
    """A task is done: it deletes this expired session."""
    Session.objects.create(session_key="x" * 32, expire_date=timezone.now() - timedelta(days=1))
    messages = str(queue / "messages")
    options = {"data_folder_in": messages, "data_folder_out": messages}
    options["control_folder"] = str(queue / "control")
    with Connection("files://localhost//", transport_options=options) as connection:
        delete_expired_sessions.apply_async(connection=connection)
    eventually(lambda: not Session.objects.exists(), 90, "the task")


def test_damaged_files_neither_end_a_worker_nor_keep_it_from_starting(
    site: Site, tmp_path: Path
) -> None:
    messages, control = tmp_path / "queue" / "messages", tmp_path / "queue" / "control"
    for folder in (messages, control):
        folder.mkdir(parents=True)
    (messages / "0_before.celery.msg").write_bytes(b"")
    for name in ("celery", "celery.pidbox", "celeryev"):
        (control / f"{name}.exchange").write_bytes(b'[["", ')
    worker = site.worker()
    wait_for_work(tmp_path / "queue")
    (messages / "0_meanwhile.celery.msg").write_bytes(b'{"body": "e30')
    wait_for_work(tmp_path / "queue")
    assert worker.poll() is None
    set_aside = {path.name for path in (tmp_path / "queue" / "damaged").iterdir()}
    assert {"0_before.celery.msg", "0_meanwhile.celery.msg", "celery.exchange"} <= set_aside
    assert "0_meanwhile.celery.msg set aside" in site.log.read_text()
