"""Request ids, the access log and logs as JSON."""

import json
import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpRequest
from django.test import Client

from accounts.models import User
from cfsite.operations.models import ServerError
from cfsite.operations.request_log import HEADER, WithRequestId, set_request_id
from cfsite.pages import about

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken_page(monkeypatch: pytest.MonkeyPatch) -> Client:
    """/about/ fails; its client sees the error page."""

    def fail(request: HttpRequest, *arguments: object, **named: object) -> None:
        raise KeyError("alice typed this")

    monkeypatch.setattr(about, "render", fail)
    return Client(raise_request_exception=False)


def test_an_answer_has_an_id(client: Client) -> None:
    first, second = (client.get("/healthz")[HEADER] for _ in range(2))
    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize("given", ["0af7651916cd43dd8448eb211c80319c", "req-1.2:34_x"])
def test_that_of_the_proxy_is_taken(client: Client, given: str) -> None:
    assert client.get("/healthz", headers={HEADER: given})[HEADER] == given


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "a b c d e f g", "<script>alert", "ä" * 9]
)
def test_anything_else_is_replaced(client: Client, given: str) -> None:
    answered = client.get("/healthz", headers={HEADER: given})[HEADER]
    assert answered != given
    assert len(answered) == 32


def test_an_error_page_names_it(broken_page: Client) -> None:
    page = broken_page.get("/about/", headers={HEADER: "an-id-to-report"})
    assert page.status_code == 500
    assert "an-id-to-report" in page.content.decode()


def test_an_error_is_counted_without_what_was_typed(broken_page: Client) -> None:
    for _ in range(3):
        broken_page.get("/about/", headers={HEADER: "an-id-to-report"})
    error = ServerError.objects.get()
    assert (error.place, error.error, error.count) == ("GET /about/", "KeyError", 3)
    assert error.request_id == "an-id-to-report"


def test_lines_carry_the_id() -> None:
    record = logging.makeLogRecord({})
    WithRequestId().filter(record)
    assert record.request_id == "-"
    token = set_request_id("abcdefgh")
    WithRequestId().filter(record)
    token.var.reset(token)
    assert record.request_id == "abcdefgh"


def test_the_access_log_names_routes_and_not_people(
    client: Client, alice: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/people/alice/")
    assert not [one for one in caplog.records if one.name == "cfsite.access"]
    settings.ACCESS_LOG = True
    with caplog.at_level(logging.INFO, "cfsite.access"):
        client.get("/people/alice/?as=stranger")
    (line,) = [one for one in caplog.records if one.name == "cfsite.access"]
    assert (line.route, line.status, line.method) == ("/people/<str:username>/", 404, "GET")
    assert line.duration_ms >= 0
    assert "alice" not in line.getMessage()


def test_what_django_says_of_an_answer_carries_the_id(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(WithRequestId())
    client.get("/nowhere/", headers={HEADER: "an-id-to-report"})
    (line,) = [one for one in caplog.records if one.name == "django.request"]
    assert line.request_id == "an-id-to-report"


def test_logs_as_json() -> None:
    formatters = django_settings.LOGGING["formatters"]
    configured = logging.config.DictConfigurator({"version": 1, "formatters": formatters})
    record = logging.makeLogRecord(
        {"name": "recommender.runs", "levelname": "INFO", "msg": "Run %s", "args": (7,), "run": 7}
    )
    record.request = HttpRequest()  # Django adds it; its path may hold names of people
    WithRequestId().filter(record)
    line = json.loads(configured.configure_formatter(dict(formatters["json"])).format(record))
    assert line.pop("time")
    assert line == {
        "level": "INFO",
        "logger": "recommender.runs",
        "message": "Run 7",
        "request_id": "-",
        "run": 7,
    }
