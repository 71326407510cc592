"""The schema says what the API does, and the API does what the schema says."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import Phase as HypothesisPhase
from openapi_spec_validator import OpenAPIV31SpecValidator

from accounts.models import User
from cfsite.lib.text import one_line
from cfsite.wsgi import application
from movies.models import Movie, Rating
from tests.api.conftest import API
from tests.api.test_access import sign_up


@pytest.fixture
def schema(client: Client, db: None) -> dict[str, Any]:
    response = client.get(f"{API}/schema/", {"format": "json"})
    assert response.status_code == 200
    return response.json()


def test_it_is_valid_and_complete(client: Client, db: None, capsys: pytest.CaptureFixture) -> None:
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
        )
    }


def test_what_goes_wrong_is_documented(schema: dict[str, Any]) -> None:
    rate = schema["paths"][f"{API}/movies/{{id}}/rating/"]["put"]
    assert set(rate["responses"]) == {
        *("200", "201", "400", "401", "403", "404", "406", "413", "415", "429", "503")
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


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)  # each request closes its connection, as in production
@pytest.mark.parametrize("who", ["visitor", "member"])
def test_no_generated_request_crashes_or_contradicts_the_schema(
    who: str, schema: dict[str, Any], alice: User, make_movie: Callable[..., Movie]
) -> None:
    for number in range(3):
        Rating.objects.rate(alice, make_movie(f"Movie {number}", genres="Drama"), 4)
    headers = {"Accept-Encoding": "identity"}  # the in-process transport does not unpack
    if who == "member":
        headers |= sign_up(Client(), "carol")
    described = schemathesis.openapi.from_dict(schema).include(path_regex=f"^{API}/")
    described.app = application
    for result in described.get_all_operations():
        _try(result.ok(), headers)


def _try(operation: Any, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[HypothesisPhase.explicit, HypothesisPhase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def generated(case: Any) -> None:
        if isinstance(case.body, dict) and isinstance(case.body.get("name"), str):
            assume(one_line(case.body["name"]))  # no schema can ask for what one can see
        if isinstance(case.body, dict) and isinstance(case.body.get("watched"), str):
            assume("1900" < case.body["watched"] < "2026")  # nor for the past
        response = case.call(headers=headers)
        assert response.status_code < 500
        # No schema can say what an uploaded file has to hold.
        is_upload = isinstance(case.body, dict) and "file" in case.body
        if not is_upload or response.status_code != 400:
            case.validate_response(response, headers=headers)

    generated()
