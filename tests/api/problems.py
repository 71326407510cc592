"""Reading of the API's errors in tests."""

from typing import Any

from django.http import HttpResponse


def problem(response: HttpResponse) -> dict[str, Any]:
    """The body of an error, which has the form that docs/api.md promises."""
    assert response["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert list(body) == ["type", "title", "status", "code", "detail", "errors"]
    assert body["status"] == response.status_code
    assert body["code"]
    assert body["detail"]
    for error in body["errors"]:
        assert list(error) == ["field", "code", "detail"]
        assert error["detail"]
    return body


def code(response: HttpResponse) -> str:
    return problem(response)["code"]


def wrong(response: HttpResponse) -> dict[str | None, str]:
    """The code of what is wrong, by field."""
    return {error["field"]: error["code"] for error in problem(response)["errors"]}
