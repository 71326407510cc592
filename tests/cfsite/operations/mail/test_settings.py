"""Which EMAIL_URL goes through the outbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json
from cfsite import settings as s
is_scheduled = "send mail" in s.CELERY_BEAT_SCHEDULE
print(json.dumps([s.EMAIL_BACKEND, s.EMAIL_DELIVERY_BACKEND, is_scheduled]))
"""
SMTP = "django.core.mail.backends.smtp.EmailBackend"
OUTBOX = "cfsite.operations.mail.outbox.Outbox"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp+tls://user:password@mail.example.org:587", [OUTBOX, SMTP, True]),
        ("consolemail://", ["django.core.mail.backends.console.EmailBackend", "", False]),
        (None, ["cfsite.lib.mail_folder.MailFolder", "", False]),
    ],
)
def test_only_a_mail_server_needs_it(tmp_path: Path, url: str | None, expected: list) -> None:
    environment = {**os.environ, "CFSITE_DATA_DIR": str(tmp_path)}
    environment.pop("EMAIL_URL", None)
    if url:
        environment["EMAIL_URL"] = url
    command = [sys.executable, "-c", SCRIPT]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == expected
