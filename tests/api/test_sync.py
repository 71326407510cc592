"""Changes, many ratings at once, times and versions, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import ChangeCounter, Mark, MemberChange, Movie, Rating, Viewing
from movies.sync import forgetting
from tests.api.conftest import API
from tests.api.problems import code, wrong

Make = Callable[..., Movie]
CHANGES, STATE = f"{API}/me/changes/", f"{API}/me/state/"


def put(client: Client, path: str, body: Any) -> HttpResponse:
    return client.put(f"{API}/{path}", body, content_type="application/json")


def ago(minutes: float) -> str:
    return (timezone.now() - timedelta(minutes=minutes)).isoformat()


def test_it_works(alices_client: Client, alice: User, make_movie: Make) -> None:
    alien, heat = make_movie("Alien"), make_movie("Heat")
    Rating.objects.rate(alice, alien, 4.5)
    Mark.objects.add(alice, heat, "watchlist")
    mine = lifecycle.create(alice, "Rainy Sundays")
    entries.add(mine, heat, note="with Dora")
    viewing = Viewing.objects.log(alice, alien, tags=["home"])

    first = alices_client.get(CHANGES, {"page_size": 3}).json()
    rest = alices_client.get(first["next"]).json()
    assert (rest["next"], rest["previous"]) == (None, None)
    rating, mark, listed, viewed = first["results"] + rest["results"]
    assert rating["rating"]["stars"] == 4.5
    assert rating["rating"]["movie"]["title"] == "Alien"
    assert (mark["kind"], mark["mark_kind"], mark["id"]) == ("mark", "watchlist", heat.pk)
    (entry,) = listed["list"]["entries"]
    assert (entry["movie_id"], entry["place"], entry["note"]) == (heat.pk, 1, "with Dora")
    assert (viewed["id"], viewed["viewing"]["tags"]) == (viewing.pk, ["home"])
    assert not any(one["is_deleted"] for one in (rating, mark, listed, viewed))

    nothing = alices_client.get(CHANGES, {"since": rest["cursor"]}).json()
    assert nothing == {"results": [], "next": None, "previous": None, "cursor": rest["cursor"]}
    Rating.objects.unrate(alice, alien)
    lifecycle.delete(mine)
    news = alices_client.get(CHANGES, {"since": rest["cursor"]}).json()
    assert [(one["kind"], one["id"], one["is_deleted"]) for one in news["results"]] == [
        ("rating", alien.pk, True),
        ("list", mine.pk, True),
    ]
    assert news["results"][0]["rating"] is None


def test_cursors_are_of_one_member_and_expire(
    alices_client: Client, bobs_client: Client, alice: User, make_movie: Make
) -> None:
    movie = make_movie()
    cursor = alices_client.get(CHANGES).json()["cursor"]
    for client, since in ((bobs_client, cursor), (alices_client, "x"), (alices_client, "1:2")):
        assert wrong(client.get(CHANGES, {"since": since})) == {"since": "invalid_cursor"}
    Rating.objects.rate(alice, movie, 4)
    assert forgetting.forget_old_changes() == 0
    MemberChange.objects.update(logged_at=timezone.now() - timedelta(days=181))
    assert forgetting.forget_old_changes() == 1
    answer = alices_client.get(CHANGES, {"since": cursor})
    assert (answer.status_code, code(answer)) == (410, "cursor_expired")
    anew = alices_client.get(CHANGES).json()
    assert [one["id"] for one in anew["results"]] == [movie.pk]
    assert alices_client.get(CHANGES, {"since": anew["cursor"]}).status_code == 200
    ChangeCounter.objects.expire_all()
    assert alices_client.get(CHANGES, {"since": anew["cursor"]}).status_code == 410


def test_reading_changes_takes_a_constant_number_of_queries(
    alices_client: Client, alice: User, make_movie: Make, queries: Callable[[Client, str], int]
) -> None:
    cursor = alices_client.get(CHANGES).json()["cursor"]

    def add(n: int) -> None:
        for _ in range(n):
            movie = make_movie()
            Rating.objects.rate(alice, movie, 3)
            Mark.objects.add(alice, movie, "seen")
            entries.add(lifecycle.create(alice, "A list"), movie)
            Viewing.objects.log(alice, movie, tags=["home"])

    urls = [f"{CHANGES}?page_size=100", f"{CHANGES}?page_size=100&since={cursor}"]
    add(1)
    few = [queries(alices_client, url) for url in urls]
    add(4)
    assert [queries(alices_client, url) for url in urls] == few


def test_many_ratings_at_once(alices_client: Client, alice: User, make_movie: Make) -> None:
    new, old, gone, late = (make_movie(title) for title in ("New", "Old", "Gone", "Late"))
    for movie in (old, gone, late):
        Rating.objects.rate(alice, movie, 1)
    rows = [
        {"movie": new.pk, "stars": 4.5, "rated_at": ago(90)},
        {"movie": old.pk, "stars": 2},
        {"movie": gone.pk, "stars": None},
        {"movie": late.pk, "stars": 5, "rated_at": ago(90)},
        {"movie": new.pk, "stars": 4.3},
        {"movie": 10**15, "stars": 3},
        {"movie": new.pk, "stars": 3, "colour": "red"},
        {"movie": new.pk, "stars": 3, "rated_at": "2026-01-01T00:00:00"},
        "junk",
    ]
    answer = put(alices_client, "me/ratings/", {"ratings": rows})
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [(one["status"], one["code"]) for one in results] == [
        (201, None),
        (200, None),
        (204, None),
        (409, "stale"),
        (400, "invalid"),
        (404, "not_found"),
        (400, "unknown_field"),
        (400, "no_offset"),
        (400, "invalid"),
    ]
    assert results[3]["rating"]["stars"] == 1, "what stands"
    assert results[0]["rating"]["movie"]["title"] == "New"
    stars = {
        movie_id: half / 2 for movie_id, half in Rating.objects.values_list("movie", "half_stars")
    }
    assert stars == {new.pk: 4.5, old.pk: 2, late.pk: 1}


def test_at_most_500_at_once(alices_client: Client, db: None) -> None:
    rows = [{"movie": 1, "stars": 3}] * 501
    assert wrong(put(alices_client, "me/ratings/", {"ratings": rows})) == {"ratings": "max_length"}
    for body in ({}, {"ratings": []}, {"ratings": 3}):
        assert wrong(put(alices_client, "me/ratings/", body)) == {"ratings": "required"}


def test_stale_writes_are_answered_with_what_stands(
    alices_client: Client, alice: User, make_movie: Make
) -> None:
    movie = make_movie()
    path = f"movies/{movie.pk}/rating/"
    assert put(alices_client, path, {"stars": 4, "rated_at": ago(30)}).status_code == 201
    late = put(alices_client, path, {"stars": 1, "rated_at": ago(60)})
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert late["Content-Type"] == "application/problem+json"
    assert late.json()["current"]["stars"] == 4
    removal = alices_client.delete(f"{API}/{path}", query_params={"at": ago(60)})
    assert removal.json()["current"]["stars"] == 4
    assert alices_client.delete(f"{API}/{path}").status_code == 204
    late = put(alices_client, path, {"stars": 1, "rated_at": ago(60)})
    assert (late.status_code, late.json()["current"]) == (409, None)

    viewing = Viewing.objects.log(alice, movie)
    url = f"{API}/viewings/{viewing.pk}/"
    late = alices_client.patch(url, {"note": "late", "at": ago(5)}, content_type="application/json")
    assert (late.status_code, late.json()["current"]["note"]) == (409, "")
    assert alices_client.delete(url, query_params={"at": ago(5)}).status_code == 409
    for _ in range(2):
        assert alices_client.delete(url).status_code == 204


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        ("2999-01-01T00:00:00Z", "in_the_future"),
        ("1969-12-31T23:59:59Z", "too_early"),
        ("0001-01-01T00:00:00+14:00", "overflow"),
        ("2026-03-05", "no_offset"),
        ("yesterday", "invalid"),
        (3, "invalid"),
        (None, "null"),
    ],
)
def test_times_that_no_device_should_send(
    alices_client: Client, make_movie: Make, at: Any, problem: str
) -> None:
    path = f"movies/{make_movie().pk}/rating/"
    answer = put(alices_client, path, {"stars": 4, "rated_at": at})
    assert answer.status_code == 400
    assert wrong(answer) == {"rated_at": problem}
    assert not Rating.objects.exists()


def test_a_clock_that_is_a_little_ahead_counts_as_now(
    alices_client: Client, make_movie: Make
) -> None:
    path = f"movies/{make_movie().pk}/rating/"
    assert put(alices_client, path, {"stars": 4, "rated_at": ago(-4)}).status_code == 201
    assert Rating.objects.get().rated_at <= timezone.now()
    assert isinstance(MemberChange.objects.get().at, datetime)


def test_state(
    alices_client: Client, alice: User, make_movie: Make, queries: Callable[[Client, str], int]
) -> None:
    first = alices_client.get(STATE)
    before = first.json()
    assert before["changes"] == alices_client.get(CHANGES).json()["cursor"]
    assert before["run"] is None
    headers = {"If-None-Match": first["ETag"]}
    assert alices_client.get(STATE, headers=headers).status_code == 304
    movie = make_movie()
    catalogue = alices_client.get(STATE).json()
    assert {name for name in before if before[name] != catalogue[name]} == {"catalogue"}
    Rating.objects.rate(alice, movie, 3)
    alice.prefer(boldness=1)
    after = alices_client.get(STATE, headers=headers).json()
    assert {name for name in before if catalogue[name] != after[name]} == {"changes", "settings"}
    assert queries(alices_client, STATE) <= 3, "two of them for the session and the member"
