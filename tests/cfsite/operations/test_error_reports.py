"""What Sentry gets: the error and where it was, nothing about who met it."""

import json
import subprocess
import sys

import pytest

from cfsite.operations.error_reports import without_personal_data

EVENT = {
    "level": "error",
    "transaction": "/people/{username}/",
    "user": {"id": 7, "ip_address": "10.1.2.3"},
    "breadcrumbs": {"values": [{"message": "alice@example.org"}]},
    "extra": {"form": "alice@example.org"},
    "logentry": {"message": "alice@example.org"},
    "request": {
        "method": "POST",
        "url": "https://films.example.org/people/alice/",
        "headers": {"Cookie": "sessionid=alice"},
        "query_string": "q=alice",
        "data": {"note": "alice@example.org"},
    },
    "exception": {
        "values": [{"type": "KeyError", "value": "'alice@example.org'", "stacktrace": {}}]
    },
}


def test_it_works() -> None:
    sent = without_personal_data(json.loads(json.dumps(EVENT)), {})
    assert sent["transaction"] == "/people/{username}/"
    assert sent["exception"]["values"][0]["type"] == "KeyError"
    assert sent["request"] == {"method": "POST"}
    for personal in ("alice", "10.1.2.3"):
        assert personal not in json.dumps(sent)


@pytest.mark.slow
def test_sentry_is_loaded_only_with_a_dsn() -> None:
    look = "import sys, django; django.setup(); print('sentry_sdk' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "False"
