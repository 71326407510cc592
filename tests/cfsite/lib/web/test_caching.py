"""Every answer says who may keep it."""

from collections.abc import Callable

import pytest
from django.test import Client

from movies.models import Movie, Rating
from tests.api.conftest import API
from tests.api.test_access import sign_up

pytestmark = pytest.mark.django_db
PERSONAL = "private, no-store"
PUBLIC = "public, max-age=60"


def vary(client: Client, path: str, **headers: str) -> set[str]:
    return set(client.get(path, headers=headers)["Vary"].split(", "))


def test_it_works(client: Client, alices_client: Client) -> None:
    for path in (
        "/",
        "/movies/",
        f"{API}/movies/",
        f"{API}/movies/facets/",
        f"{API}/lists/public/",
    ):
        assert alices_client.get(path)["Cache-Control"] == PERSONAL, path
    for path in ("", "/movies/", "/movies/facets/", "/artists/", "/lists/public/", "/accuracy/"):
        public = client.get(f"{API}{path}" if path else f"{API}/")
        assert public["Cache-Control"] == PUBLIC, path
        assert public["ETag"]
    assert client.get("/movies/")["Cache-Control"] == "private, no-cache"


def test_a_token_makes_an_answer_personal_whether_right_or_wrong(client: Client) -> None:
    right = sign_up(Client(), "carol")
    for headers in (right, {"X-Session-Token": "wrong"}, {"Authorization": "Bearer wrong"}):
        for path in (f"{API}/movies/", f"{API}/me/", "/movies/"):
            assert client.get(path, headers=headers)["Cache-Control"] == PERSONAL


def test_cookies_of_visitors_are_their_browsers_own(client: Client) -> None:
    first = client.get("/movies/")
    assert first.cookies.keys() == {"csrftoken"}
    assert first["Cache-Control"] == "private, no-cache"
    client.cookies["theme"] = "dark"
    for path in ("/movies/", f"{API}/movies/"):
        assert client.get(path)["Cache-Control"] == "private, no-cache"


def test_any_other_cookie_makes_an_answer_personal(client: Client) -> None:
    client.cookies["messages"] = "x"
    for path in ("/movies/", f"{API}/movies/"):
        assert client.get(path)["Cache-Control"] == PERSONAL


def test_a_new_session_makes_an_answer_personal(client: Client, alice: object) -> None:
    form = {"login": "alice", "password": "a good password 1"}
    answer = client.post("/accounts/login/", form)
    assert "sessionid" in answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_errors_are_not_kept_for_others(client: Client) -> None:
    for path in (f"{API}/nothing/", f"{API}/me/", f"{API}/movies/?x=1", "/nothing/"):
        assert client.get(path)["Cache-Control"] == "private, no-cache"


def test_answers_vary_by_all_that_identifies(client: Client, alices_client: Client) -> None:
    needed = {"Cookie", "Authorization", "X-Session-Token", "Accept-Language", "Accept-Encoding"}
    for path in ("/movies/", f"{API}/movies/", f"{API}/me/", f"{API}/nothing/", "/nothing/"):
        assert needed <= vary(client, path)
        assert needed <= vary(alices_client, path)


def test_a_poster_is_the_same_for_everybody(
    client: Client, alices_client: Client, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie()
    poster = client.get(f"{API}/movies/{movie.pk}/").json()["posters"]["medium"]["url"]
    for reader in (client, alices_client):
        assert "public" in reader.get(poster)["Cache-Control"]


def test_who_has_an_answer_already_gets_304(
    client: Client, alices_client: Client, make_rating: Callable[..., Rating], alice: object
) -> None:
    make_rating(alice)
    for reader, path in ((client, "movies/"), (alices_client, "movies/"), (alices_client, "me/")):
        first = reader.get(f"{API}/{path}")
        for tag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}'):
            again = reader.get(f"{API}/{path}", headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert again["Cache-Control"] == first["Cache-Control"]
        changed = reader.get(f"{API}/{path}", headers={"If-None-Match": '"old"'})
        assert (changed.status_code, changed.content) == (200, first.content)
    assert "ETag" not in client.get("/movies/"), "its form's token is another each time"


def test_mine_and_yours_have_different_tags(
    client: Client, alices_client: Client, make_rating: Callable[..., Rating], alice: object
) -> None:
    make_rating(alice)
    tags = {reader.get(f"{API}/movies/")["ETag"] for reader in (client, alices_client)}
    assert len(tags) == 2
