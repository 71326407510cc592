"""The schema as a document: one for everything, made once, with names for clients."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from cfsite.api import schema as schema_module
from cfsite.api.account_operations import APP, OPERATIONS
from tests.api.conftest import API

SCHEMA = f"{API}/schema/"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(schema_module.document("en").content)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@pytest.mark.django_db
def test_it_is_made_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    generate = schema_module.SchemaGenerator.get_schema

    def counted(*args: Any, **kwargs: Any) -> Any:
        made.append(1)
        return generate(*args, **kwargs)

    schema_module._made.cache_clear()
    monkeypatch.setattr(schema_module.SchemaGenerator, "get_schema", counted)
    answers = [client.get(SCHEMA) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(made) == 1
    assert "public" in answers[0]["Cache-Control"]
    etag = answers[0]["ETag"]
    assert client.get(SCHEMA, headers={"If-None-Match": etag}).status_code == 304
    assert client.get(SCHEMA, headers={"Accept": "application/json"}).json()["openapi"] == "3.1.0"
    packed = client.get(SCHEMA, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == answers[0].content
    assert len(made) == 1


def test_accounts_are_in_it(document: dict[str, Any]) -> None:
    described = {
        (method, path.removeprefix(APP))
        for path, method, _ in operations(document)
        if path.startswith(APP)
    }
    assert described == set(OPERATIONS)
    for path in document["paths"]:
        if path.startswith(APP):
            assert resolve(path)
    sign_up = document["components"]["schemas"]["AuthBaseSignup"]
    assert sign_up["required"] == ["username"]


def test_login_says_that_it_is_limited(document: dict[str, Any]) -> None:
    answers = document["paths"][f"{APP}auth/login"]["post"]["responses"]
    assert answers["429"] == {"$ref": "#/components/responses/AuthTooManyRequests"}
    too_many = document["components"]["responses"]["AuthTooManyRequests"]
    assert "Retry-After" in too_many["headers"]


def test_all_references_lead_somewhere(document: dict[str, Any]) -> None:
    for kind, name in re.findall(r'"#/components/(\w+)/(\w+)"', json.dumps(document)):
        assert name in document["components"][kind]


def test_names_are_those_of_functions(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert [name for name, n in Counter(names).items() if n > 1] == []
    for name in names:
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name), name
        assert not re.search(r"_(list|retrieve|create|update|destroy)$", name) or name in {
            *("create_list", "get_list", "copy_list", "sort_list", "update_list", "delete_list"),
            *("remove_movie_from_list", "put_movie_on_list", "list_movies_of_list"),
            "get_shared_list",
        }, name


def test_lists_are_called_lists(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        if path.startswith(APP):
            continue
        answer = operation["responses"].get("200", {}).get("content", {})
        reference = answer.get("application/json", {}).get("schema", {}).get("$ref", "")
        is_page = reference.rpartition("/")[2].startswith("Paginated")
        if is_page:
            assert operation["operationId"].startswith("list_"), operation["operationId"]


def test_credentials_have_scopes(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert {"appSession", "appSessionHeader", "accessToken"} <= set(schemes)
    for path, method, operation in operations(document):
        scopes = [one["accessToken"] for one in operation["security"] if "accessToken" in one]
        if path.startswith((APP, f"{API}/me/tokens/", f"{API}/me/export/", f"{API}/me/erase/")):
            assert scopes == []
        else:
            assert scopes in ([["read"]], [["write"]]), (path, method)
            assert method != "get" or scopes == [["read"]]


def test_null_is_a_type(document: dict[str, Any]) -> None:
    assert '"nullable"' not in json.dumps(document)
    assert document["openapi"] == "3.1.0"
    assert document["servers"][0]["url"]
