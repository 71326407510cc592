"""Every operation refuses what it doesn't know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from cfsite.lib.api.strict import StrictQuery
from tests.api.conftest import API
from tests.api.problems import code, wrong

JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def schema(client: Client, db: None) -> dict[str, Any]:
    return client.get(f"{API}/schema/", {"format": "json"}).json()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of all operations, with an address that exists in the URLs.

    Accounts are allauth's.
    """
    example = {"kind": "watchlist", "year": "2026", "key": "x"}
    for path, methods in schema["paths"].items():
        if path.startswith(API):
            place = re.sub(r"\{(\w+)\}", lambda found: example.get(found[1], "1"), path)
            for method in METHODS:
                if method in methods:
                    yield method, place, methods[method]


def query_parameters(operation: dict[str, Any]) -> set[str]:
    return {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}


def test_an_unknown_parameter_is_refused_by_every_operation(
    schema: dict[str, Any], staff_client: Client
) -> None:
    asked = list(operations(schema))
    assert len(asked) > 50
    for method, place, _ in asked:
        answer = getattr(staff_client, method)(f"{place}?nonsense=1", content_type=JSON)
        assert answer.status_code == 400, (method, place, answer.content)
        assert wrong(answer) == {"nonsense": "unknown_parameter"}, (method, place)


def test_an_empty_parameter_is_refused_by_every_operation(
    schema: dict[str, Any], staff_client: Client
) -> None:
    for method, place, operation in operations(schema):
        for name in query_parameters(operation):
            answer = getattr(staff_client, method)(f"{place}?{name}=", content_type=JSON)
            assert wrong(answer)[name] == "blank", (method, place, name)


def test_every_known_parameter_is_described(schema: dict[str, Any], staff_client: Client) -> None:
    """And the other way round: nothing is described that is refused."""
    for method, place, operation in operations(schema):
        for name in query_parameters(operation):
            answer = getattr(staff_client, method)(f"{place}?{name}=\0", content_type=JSON)
            if answer["Content-Type"] == "application/problem+json":
                assert "unknown_parameter" not in wrong(answer).values(), (method, place, name)
        view = resolve(place).func
        viewed = getattr(view, "cls", None)
        assert issubclass(viewed, StrictQuery), viewed


def test_no_body_takes_unknown_fields(schema: dict[str, Any]) -> None:
    schemas = schema["components"]["schemas"]
    n = 0
    for method, place, operation in operations(schema):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            assert schemas[name]["additionalProperties"] is False, (method, place, name)
            n += 1
    assert n > 10


@pytest.mark.parametrize(
    ("method", "path", "body", "errors"),
    [
        ("patch", "me/", {"username": "x", "nonsense": 1}, {"username", "nonsense"}),
        ("patch", "me/", {"hides_predictions": 1}, {"hides_predictions"}),
        ("patch", "me/", {"hides_predictions": "yes"}, {"hides_predictions"}),
        ("patch", "me/", {"boldness": "1"}, {"boldness"}),
        ("patch", "me/", {"boldness": True}, {"boldness"}),
        ("patch", "me/profile/", {"display_name": 0}, {"display_name"}),
        ("patch", "me/profile/", {"level": 10**400}, {"level"}),
        ("post", "lists/", {"name": 0}, {"name"}),
        ("post", "lists/", {"name": "X", "is_numbered": 0}, {"is_numbered"}),
        ("post", "lists/", {"nonsense": 1, "is_numbered": 0}, {"name", "nonsense", "is_numbered"}),
        ("put", "start/groups/", {"groups": [["1"]]}, {"groups"}),
        ("post", "viewings/", {"movie": "1", "tags": [1]}, {"movie", "tags"}),
        ("post", "viewings/", {"movie": 1.5}, {"movie"}),
    ],
)
def test_values_of_another_type_are_refused(
    alices_client: Client, method: str, path: str, body: dict[str, Any], errors: set[str]
) -> None:
    answer = getattr(alices_client, method)(f"{API}/{path}", body, content_type=JSON)
    assert answer.status_code == 400
    assert {str(name).split(".")[0] for name in wrong(answer)} == errors


# What gets past the parser, and half of a surrogate pair; test_rating.py has the rest.
HOSTILE = ['"\\ud800"', '"\\u0000"', "1" + "0" * 400]


def test_nothing_hostile_is_more_than_a_bad_request(
    schema: dict[str, Any], alices_client: Client
) -> None:
    alices_client.raise_request_exception = False
    schemas = schema["components"]["schemas"]
    for method, place, operation in operations(schema):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            fields = schemas[content["schema"]["$ref"].rpartition("/")[2]]["properties"]
            for field in fields:
                for value in HOSTILE:
                    body = f'{{"{field}": {value}}}'
                    answer = getattr(alices_client, method)(place, body, content_type=JSON)
                    assert answer.status_code < 500, (method, place, body[:60])
                    if answer.status_code >= 400:  # invisible characters are cleaned away
                        assert code(answer)


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "9" * 5000])
def test_no_hostile_parameter_breaks_anything(
    schema: dict[str, Any], alices_client: Client, value: str
) -> None:
    alices_client.raise_request_exception = False
    for method, place, operation in operations(schema):
        for name in query_parameters(operation):
            answer = getattr(alices_client, method)(f"{place}?{name}={value}", content_type=JSON)
            assert answer.status_code < 500, (method, place, name)
