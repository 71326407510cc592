"""Browsers of other addresses: none, unless the operator names theirs."""

from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import API

APP = "https://app.example.org"
pytestmark = pytest.mark.django_db


def preflight(client: Client, path: str = f"{API}/me/") -> Any:
    return client.options(
        path,
        headers={
            "Origin": APP,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
        },
    )


def test_it_is_off(client: Client) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client)
    assert "Access-Control-Allow-Origin" not in client.get(
        f"{API}/movies/", headers={"Origin": APP}
    )


def test_a_named_address_may_call_with_a_token_and_never_with_a_cookie(
    client: Client, settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    allowed = preflight(client)
    assert (allowed.status_code, allowed["Access-Control-Allow-Origin"]) == (200, APP)
    assert "PATCH" in allowed["Access-Control-Allow-Methods"]
    for name in ("authorization", "x-session-token", "idempotency-key", "if-none-match"):
        assert name in allowed["Access-Control-Allow-Headers"]
    answer = client.get(f"{API}/movies/", headers={"Origin": APP})
    assert answer["Access-Control-Allow-Origin"] == APP
    assert "origin" in answer["Vary"].lower()
    assert "RateLimit-Remaining" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer


def test_nobody_else_and_nothing_else(client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://other.example.org"]
    assert "Access-Control-Allow-Origin" not in preflight(client)
    settings.CORS_ALLOWED_ORIGINS = [APP]
    page = client.get("/movies/", headers={"Origin": APP})
    assert "Access-Control-Allow-Origin" not in page
