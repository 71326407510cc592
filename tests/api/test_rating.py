"""Tests of rating through the API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from tests.api.conftest import API
from tests.api.problems import code, wrong

Make = Callable[..., Movie]


def rate(client: Client, movie: Movie | int, body: Any) -> Any:
    pk = getattr(movie, "pk", movie)
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.put(f"{API}/movies/{pk}/rating/", data, content_type="application/json")


def test_it_works(alices_client: Client, alice: User, make_movie: Make) -> None:
    movie = make_movie()
    url = f"{API}/movies/{movie.pk}/rating/"
    assert alices_client.get(url).status_code == 404

    made = rate(alices_client, movie, {"stars": 4.5, "prediction_shown": True})
    assert made.status_code == 201
    assert made.json()["stars"] == 4.5
    assert made.json()["movie"]["id"] == movie.pk

    again = rate(alices_client, movie, {"stars": 2})
    assert again.status_code == 200
    assert again.json()["rated_at"] == made.json()["rated_at"]
    assert alices_client.get(url).json() == again.json()
    stored = Rating.objects.get()
    assert (stored.user, stored.movie, stored.half_stars) == (alice, movie, 4)
    assert stored.prediction_shown is True, "not told, so left as it was"

    assert alices_client.delete(url).status_code == 204
    assert alices_client.delete(url).status_code == 204, "safe to repeat"
    assert not Rating.objects.exists()


@pytest.mark.parametrize("half", range(1, 11))
def test_every_half_star(alices_client: Client, make_movie: Make, half: int) -> None:
    movie = make_movie()
    assert rate(alices_client, movie, {"stars": half / 2}).json()["stars"] == half / 2
    assert Rating.objects.get().half_stars == half


# What the parser refuses: beyond all numbers, and what UTF-8 can't hold.
NO_JSON = ("1e999", "-1e999", '"\\ud800"')


@pytest.mark.parametrize(
    "stars",
    [
        *("0", "-1", "0.25", "5.5", "3.3", "10", "4.0000001", "1e999", "-1e999"),
        *("true", "false", "null", '"4"', '"４"', '"\\ud800"', '"\\u0000"', "[4]", "{}", '{"a":1}'),
        "1" + "0" * 400,
        "0." + "1" * 400,
    ],
)
def test_invalid_ratings_are_rejected(
    alices_client: Client, alice: User, make_movie: Make, stars: str
) -> None:
    movie = make_movie()
    Rating.objects.rate(alice, movie, 3)
    response = rate(alices_client, movie, f'{{"stars": {stars}}}')
    assert response.status_code == 400
    assert list(wrong(response)) == ([] if stars in NO_JSON else ["stars"])
    assert Rating.objects.get().half_stars == 6


@pytest.mark.parametrize(
    "body",
    [
        *("NaN", "Infinity", '{"stars": NaN}', "", "[]", '"4"', "4", "null", "{", '{"stars"}'),
        *('{"star": 4}', "[" * 100_000, '{"a":' * 100_000, '{"stars": ' + "1" * 5000 + "}"),
        *(b"\xff\xfe", b'{"stars": "\xed\xa0\x80"}', b"\x00", b"\x1f\x8b\x08"),
        *('{"stars": 4, "prediction_shown": []}', '{"stars": 4, "prediction_shown": null}'),
    ],
)
def test_malformed_bodies_are_rejected(
    alices_client: Client, make_movie: Make, body: str | bytes
) -> None:
    response = rate(alices_client, make_movie(), body)
    assert response.status_code == 400, response.content
    assert code(response) in {"invalid", "parse_error", "null"}
    assert not Rating.objects.exists()


def test_large_bodies_are_rejected(alices_client: Client, make_movie: Make) -> None:
    movie = make_movie()
    big = '{"stars": 4, "x": "' + "y" * 3_000_000 + '"}'
    assert rate(alices_client, movie, big).status_code == 413
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "x"],
)
def test_only_json_is_accepted(alices_client: Client, make_movie: Make, content_type: str) -> None:
    url = f"{API}/movies/{make_movie().pk}/rating/"
    response = alices_client.put(url, "stars=4", content_type=content_type)
    assert response.status_code == 415
    assert code(response) == "unsupported_media_type"


@pytest.mark.parametrize("charset", ["rot13", "hex", "zlib", "utf-16", "undefined", "no-such"])
def test_unknown_charsets_are_no_server_error(
    alices_client: Client, make_movie: Make, charset: str
) -> None:
    response = alices_client.put(
        f"{API}/movies/{make_movie().pk}/rating/",
        b'{"stars": 4}',
        content_type=f"application/json; charset={charset}",
    )
    assert response.status_code in {200, 201, 400}


def test_user_and_movie_in_the_body_are_refused(
    alices_client: Client, alice: User, bob: User, make_movie: Make
) -> None:
    movie, other = make_movie("Alien"), make_movie("Heat")
    Rating.objects.rate(bob, other, 1)
    theirs = Rating.objects.get().pk
    body = {
        "stars": 4,
        "user": bob.pk,
        "user_id": bob.pk,
        "movie": other.pk,
        "movie_id": other.pk,
        "id": theirs,
        "pk": theirs,
        "half_stars": 1,
        "updated_at": "2001-01-01T00:00:00Z",
        "is_staff": True,
        "__class__": "x",
    }
    response = rate(alices_client, movie, body)
    assert response.status_code == 400
    assert wrong(response) == dict.fromkeys(body.keys() - {"stars"}, "unknown_field")
    assert not Rating.objects.filter(user=alice).exists()
    assert Rating.objects.get(user=bob).half_stars == 2
    alice.refresh_from_db()
    assert not alice.is_staff


def test_bob_cannot_touch_alices_rating(
    bobs_client: Client, alice: User, bob: User, make_movie: Make
) -> None:
    movie = make_movie()
    Rating.objects.rate(alice, movie, 5)
    url = f"{API}/movies/{movie.pk}/rating/"
    assert bobs_client.get(url).status_code == 404
    assert bobs_client.delete(url).status_code == 204, "he has none"
    assert rate(bobs_client, movie, {"stars": 1}).status_code == 201
    assert Rating.objects.get(user=alice).half_stars == 10
    assert bobs_client.delete(url).status_code == 204
    assert Rating.objects.get().user == alice


def test_visitors_are_asked_to_log_in(client: Client, make_movie: Make) -> None:
    movie = make_movie()
    url = f"{API}/movies/{movie.pk}/rating/"
    for response in (client.get(url), client.delete(url), rate(client, movie, {"stars": 4})):
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert not Rating.objects.exists()


def test_an_unknown_movie_is_not_found(alices_client: Client, db: None) -> None:
    assert rate(alices_client, 12345, {"stars": 4}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_movie_deleted_during_the_request_is_not_found(
    alices_client: Client, make_movie: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    movie = make_movie()
    from movies.api import viewsets

    say = viewsets._rate

    def too_late(*args: Any, **kwargs: Any) -> Any:
        Movie.objects.filter(pk=movie.pk).delete()
        return say(*args, **kwargs)

    monkeypatch.setattr(viewsets, "_rate", too_late)
    assert rate(alices_client, movie, {"stars": 4}).status_code == 404
    assert not Rating.objects.exists()
