"""The schema says what the API does, and the API does what the schema says."""

from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import API


@pytest.fixture
def schema(client: Client, db: None) -> dict[str, Any]:
    response = client.get(f"{API}/schema/", {"format": "json"})
    assert response.status_code == 200
    return response.json()


def test_it_is_valid_and_complete(client: Client, db: None, capsys: pytest.CaptureFixture) -> None:
    # Takes seconds to import, which every test process would pay for.
    from openapi_spec_validator import OpenAPIV31SpecValidator

    # Made here, since what a fixture prints is not captured.
    schema = client.get(f"{API}/schema/", {"format": "json"}).json()
    assert "arning" not in capsys.readouterr().err
    assert list(OpenAPIV31SpecValidator(schema).iter_errors()) == []
    assert {path for path in schema["paths"] if path.startswith(API)} == {
        f"{API}/{path}"
        for path in (
            *(
                "movies/",
                "movies/facets/",
                "movies/{id}/",
                "movies/{id}/rating/",
                "movies/{id}/similar/",
            ),
            *("movies/{id}/explanation/", "movies/{id}/what-if/"),
            *(
                "movies/{id}/marks/",
                "movies/{id}/marks/{kind}/",
                "genres/",
                "predict/",
                "ratings/",
                "ratings/history/",
                "marks/",
                "me/",
                "recommendations/",
            ),
            *("artists/", "artists/{id}/", "artists/{id}/movies/"),
            *("accuracy/", "shelves/", "viewings/", "viewings/{id}/", "viewings/tags/"),
            *("me/taste/", "me/tokens/", "me/tokens/{id}/"),
            *("me/years/", "me/years/{year}/"),
            *("groups/", "groups/join/", "groups/{id}/", "groups/{id}/leave/"),
            *("groups/{id}/invitation/", "groups/{id}/members/{member}/"),
            "groups/{id}/recommendations/",
            *("lists/", "lists/public/", "lists/shared/{key}/", "lists/{id}/"),
            *("lists/{id}/movies/", "lists/{id}/movies/{movie}/", "lists/{id}/sort/"),
            *("lists/{id}/copy/", "lists/{id}/link/", "me/profile/"),
            "me/services/",
            *("me/export/", "me/erase/", "me/changes/", "me/ratings/", "me/state/"),
            *("imports/", "imports/{id}/", "imports/{id}/rows/", "imports/{id}/choose/"),
            *("imports/{id}/start/", "imports/{id}/cancel/", "imports/{id}/undo/"),
            *("start/", "start/groups/", "start/questions/"),
            *("start/favourites/{movie}/", "start/unseen/{movie}/"),
            *("operator/state/", "operator/evaluations/", "operator/evaluations/{id}/"),
            *("operator/refits/", "operator/refits/{id}/", "operator/refits/rollback/"),
            *(f"operator/refits/{{id}}/{name}/" for name in ("cancel", "serve", "publish")),
            *(f"operator/refits/{name}/" for name in ("unpin", "pause", "resume")),
            *("operator/movies/", "operator/movies/{id}/", "operator/movies/{id}/retire/"),
            *("operator/movies/{id}/bring-back/", "operator/movies/merge/"),
            "operator/movies/bulk/",
        )
    }


def test_what_goes_wrong_is_documented(schema: dict[str, Any]) -> None:
    rate = schema["paths"][f"{API}/movies/{{id}}/rating/"]["put"]
    assert set(rate["responses"]) == {
        *("200", "201", "400", "401", "403", "404", "406", "409", "413", "415", "422", "429", "503")
    }
    for status, answer in rate["responses"].items():
        form = "application/json" if status < "400" else "application/problem+json"
        assert list(answer["content"]) == [form]
    assert rate["security"] == [
        {"accessToken": ["write"]},
        *({"appSession": []}, {"appSessionHeader": []}, {"cookieAuth": []}),
    ]
    browse = schema["paths"][f"{API}/movies/"]["get"]
    assert {} in browse["security"]
