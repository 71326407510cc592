"""Every route of the API, by every method, with Alice's access tokens: good and spent ones.

What she may with a session is in test_matrix.py, from where these follow.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, User, create_token
from movies.models import Movie
from tests.api.test_matrix import METHODS, OWNER, ROUTES, VISITOR, address, answered, expected

READS = {"get", "head", "options"}
# What tokens never may: the account itself, and other tokens.
IN_PERSON = {"api-token-list", "api-token-detail", "api-me-export", "api-me-erase"}
# A POST that changes nothing.
READS_BY_POST = {"api-predict"}
# The same for everybody: it doesn't look at credentials.
BLIND = {"api-schema"}


def with_token(route: str, method: str, scope: str) -> int:
    if route in IN_PERSON:
        return 403
    only_reads = method in READS or (method == "post" and route in READS_BY_POST)
    if scope == "read" and not only_reads and route not in BLIND:
        return 403
    return expected(route, method, OWNER)


@pytest.mark.parametrize("route", ROUTES)
def test_what_tokens_may_do(
    route: str, alice: User, bob: User, make_movie: Callable[..., Movie]
) -> None:
    url = address(route, alice, make_movie())
    caller = Client()
    for scope in ("read", "write"):
        _, token = create_token(alice, f"A script that may {scope}", scope)
        for method in METHODS:
            status = answered(caller, method, url, Authorization=f"Bearer {token}")
            assert status == with_token(route, method, scope), (scope, method)
    for spent in (_revoked(bob), _expired(bob)):
        for method in METHODS:
            status = answered(caller, method, url, Authorization=f"Bearer {spent}")
            assert status == (expected(route, method, VISITOR) if route in BLIND else 401), method


def _revoked(user: User) -> str:
    row, token = create_token(user, "Revoked", "write")
    row.delete()
    return token


def _expired(user: User) -> str:
    row, token = create_token(user, "Expired", "write")
    AccessToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(days=1))
    return token


def test_the_owner_reaches_more_than_a_visitor() -> None:
    """The table tells them apart, so what follows from it says something."""
    gets = {name: [expected(name, "get", who) for who in (VISITOR, OWNER)] for name in ROUTES}
    assert sum(visitor != owner for visitor, owner in gets.values()) > 20
