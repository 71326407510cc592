"""Pages and orders that do not exist, asked of every list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating, Viewing
from tests.api.problems import wrong

PAGES = ("/movies/", "/lists/", "/me/ratings/", "/me/watchlist/", "/me/diary/", "/me/watched/")
PAGES += ("/me/hidden/", "/me/lists/", "/me/ratings/days/")
ADMIN = ("movies/movie/", "movies/rating/", "movies/mark/", "accounts/user/")
API = ("movies/", "artists/", "ratings/", "ratings/history/", "marks/", "viewings/", "lists/")
ABUSE = (
    *({"page": page} for page in (str(10**9), str(10**30), "-1", "0", "1.5", "٣", "last", "")),
    *({"order": order} for order in ("nonsense", "-pk", "user__password", "?", "random")),
    {"order": "title", "reverse": "2", "page": "999999"},
    {"page_size": "1000000"},
)


@pytest.fixture
def lists(alice: User, make_movie: Callable[..., Movie]) -> None:
    for number in range(3):
        movie = make_movie(f"Movie {number}", 1990)
        Rating.objects.rate(alice, movie, 4)
        Viewing.objects.log(alice, movie)
    Mark.objects.add(alice, make_movie("Another", 1990), Mark.Kind.WATCHLIST)


@pytest.mark.parametrize("path", PAGES)
def test_pages(alices_client: Client, lists: None, path: str) -> None:
    assert alices_client.get(path).status_code == 200
    for query in ABUSE:
        assert alices_client.get(path, query).status_code in {200, 404}, query


@pytest.mark.parametrize("path", ADMIN)
def test_admin(staff_client: Client, lists: None, path: str) -> None:
    queries = ({"p": str(10**9)}, {"p": "-1"}, {"p": "x"}, {"o": "99.-99"}, {"o": "x"}, {"all": ""})
    for query in (*ABUSE, *queries):
        answer = staff_client.get(f"/admin/{path}", query, follow=True)
        assert answer.status_code in {200, 404}, query


@pytest.mark.parametrize("path", API)
def test_api(alices_client: Client, lists: None, path: str) -> None:
    """`page` is no parameter of the API, whose lists go on by cursors."""
    address = f"/api/v1/{path}"
    assert len(alices_client.get(address, {"page_size": "100"}).json()["results"]) <= 100
    for size in ("0", "-1", "101", "1e9", str(10**30), "all", ""):
        assert wrong(alices_client.get(address, {"page_size": size})).keys() == {"page_size"}, size
    for query in ({"page": str(10**9)}, {"order": "user__password"}, {"cursor": "nonsense"}):
        assert wrong(alices_client.get(address, query)).keys() == query.keys(), query
