"""A real worker whose queue has files that a crash or a full disk has left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Session
from accounts.tasks import delete_expired_sessions
from tests.site import Site, eventually, running_site
from tests.worker.queueing import send

pytestmark = [pytest.mark.slow, pytest.mark.redis]


@pytest.fixture
def site(tmp_path: Path, db: None) -> Iterator[Site]:
    with running_site(tmp_path, REDIS_URL="") as site:
        yield site


def wait_for_work(data_dir: Path) -> None:
    """A task is done: it deletes this expired session."""
    Session.objects.create(session_key="x" * 32, expire_date=timezone.now() - timedelta(days=1))
    send(delete_expired_sessions, data_dir)
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
    wait_for_work(tmp_path)
    (messages / "0_meanwhile.celery.msg").write_bytes(b'{"body": "e30')
    wait_for_work(tmp_path)
    assert worker.poll() is None
    set_aside = {path.name for path in (tmp_path / "queue" / "damaged").iterdir()}
    assert {"0_before.celery.msg", "0_meanwhile.celery.msg", "celery.exchange"} <= set_aside
    assert "0_meanwhile.celery.msg set aside" in site.log.read_text()
