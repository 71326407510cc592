"""Whatever goes wrong before, in and after each middleware has its own status, and no page of 500.

A middleware that raises is put at every place of the chain: an error page must not need what the
middleware behind it would have prepared.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.utils.module_loading import import_string

from accounts.models import User

ERRORS = {
    "unknown host": (DisallowedHost("evil.example"), 400),
    "bad request": (BadRequest("bad"), 400),
    "forbidden": (PermissionDenied("no"), 403),
    "missing": (Http404("gone"), 404),
    "a mistake of ours": (RuntimeError("broken"), 500),
}
_now: list[Exception] = []


def raising(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    def middleware(request: HttpRequest) -> HttpResponse:
        raise _now[0]

    return middleware


@pytest.mark.parametrize(("error", "status"), ERRORS.values(), ids=ERRORS)
def test_each_place_answers_the_same(
    alice: User, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    _now[:] = [error]
    for place in range(len(settings.MIDDLEWARE) + 1):
        chain = list(settings.MIDDLEWARE)
        chain.insert(place, f"{__name__}.raising")
        behind = chain[place + 1] if place + 1 < len(chain) else "the view"
        with override_settings(MIDDLEWARE=chain):
            client = Client(raise_request_exception=False)
            client.force_login(alice)
            answer = client.get("/me/ratings/", headers={"accept": "text/html"})
        assert answer.status_code == status, behind
        content = answer.content.decode()
        assert re.search(r"<h1>.+</h1>", content), behind
        assert "evil.example" not in content
        assert "Traceback" not in content


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "a b", "[::1", "é.example"])
@pytest.mark.parametrize("path", ["/", "/movies/", "/nowhere/", "/api/v1/movies/", "/admin/"])
def test_a_host_that_is_not_ours_is_a_bad_request(db: None, host: str, path: str) -> None:
    answer = Client(raise_request_exception=False).get(path, headers={"host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_each_middleware_can_be_imported() -> None:
    """The control of the first test: the chain it changes is the site's."""
    assert all(callable(import_string(path)) for path in settings.MIDDLEWARE)


def test_the_raising_middleware_is_reached(db: None) -> None:
    _now[:] = [Http404("gone")]
    with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, f"{__name__}.raising"]):
        assert Client().get("/about/").status_code == 404
    assert Client().get("/about/").status_code == 200
