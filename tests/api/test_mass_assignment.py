"""Fields that are nobody's to write are refused by every operation that takes a body."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.db.models import Model
from django.test import Client

from accounts.models import User, create_token
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, PersonalImport, Rating, Viewing
from recommender.groups import membership
from tests.api.conftest import API
from tests.api.problems import wrong

METHODS = ("post", "put", "patch", "delete")
# What models have and no caller may say; fields that an operation does take are left out there.
NOT_WRITABLE = (
    *("id", "pk", "user", "user_id", "owner", "owner_id", "username", "email", "password"),
    *("is_staff", "is_superuser", "is_active", "is_dataset_member", "groups", "permissions"),
    *("created", "created_at", "updated_at", "state", "key", "half_stars", "prediction_shown"),
    *("predicted", "average", "n_ratings", "my_rating", "scope", "date_joined", "source"),
)


@pytest.fixture
def places(alice: User, make_movie: Callable[..., Movie]) -> dict[str, int | str]:
    """Rows of the member for the addresses, so that nothing is refused for being absent."""
    movie = make_movie()
    Rating.objects.rate(alice, movie, 3)
    Mark.objects.add(alice, movie, Mark.Kind.WATCHLIST)
    made = lifecycle.create(alice, "Rainy Sundays", visibility="link")
    entries.add(made, movie)
    group = membership.create(alice, "Friday")
    return {
        "movies": movie.pk,
        "start": movie.pk,
        "lists": made.pk,
        "groups": group.pk,
        "members": group.members.get().pk,
        "viewings": Viewing.objects.log(alice, movie).pk,
        "imports": PersonalImport.objects.create(user=alice, source="imdb", state="ready").pk,
        "tokens": create_token(alice, "Script", "read")[0].pk,
    }


def filled(path: str, places: dict[str, int | str]) -> str:
    """The path with each number taken from the collection that stands before it."""
    path = path.replace("{kind}", "watchlist").replace("{year}", "2026")
    found = re.sub(
        r"/(\w+)/\{\w+\}",
        lambda match: f"/{match[1]}/{places.get(match[1], places['movies'])}",
        path,
    )
    return re.sub(r"\{\w+\}", "1", found)


def writing(schema: dict[str, Any]) -> Iterator[tuple[str, str, set[str]]]:
    """Method, path and known fields of all operations that take a JSON object."""
    schemas = schema["components"]["schemas"]
    for path, methods in schema["paths"].items():
        for method in METHODS:
            content = methods.get(method, {}).get("requestBody", {}).get("content", {})
            if path.startswith(API) and (body := content.get("application/json")):
                name = body["schema"]["$ref"].rpartition("/")[2]
                yield method, path, set(schemas[name].get("properties", {}))


def everything() -> str:
    """All rows of our own apps, as text."""
    models: list[type[Model]] = [
        model
        for label in ("accounts", "movies", "recommender")
        for model in apps.get_app_config(label).get_models()
    ]
    rows = [row for model in models for row in model._default_manager.order_by("pk")]
    return serializers.serialize("json", rows)


def test_no_operation_takes_what_is_not_the_callers_to_say(
    client: Client, alices_client: Client, staff_client: Client, places: dict[str, int | str]
) -> None:
    schema = client.get(f"{API}/schema/", {"format": "json"}).json()
    for caller in (alices_client, staff_client):
        caller.get(f"{API}/me/")  # notes the day of the visit
    before, n = everything(), 0
    for method, path, known in writing(schema):
        more = [name for name in NOT_WRITABLE if name not in known]
        caller = staff_client if "/operator/" in path else alices_client
        answer = getattr(caller, method)(
            filled(path, places), dict.fromkeys(more, 1), content_type="application/json"
        )
        assert answer.status_code == 400, (method, path, answer.content)
        said = wrong(answer)
        missing = [name for name in more if said.get(name) != "unknown_field"]
        assert not missing, (method, path, missing)
        n += 1
    assert n > 15
    assert everything() == before
