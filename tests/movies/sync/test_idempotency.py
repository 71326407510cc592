"""A write with a key is carried out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating, StoredAnswer, Viewing
from movies.sync import forgetting, idempotency
from tests.api.conftest import API
from tests.api.problems import code, wrong

Make = Callable[..., Movie]


def send(client: Client, method: str, path: str, body: Any, key: str | None) -> HttpResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    call, sent = getattr(client, method), "" if body is None else body
    return call(f"{API}/{path}", sent, content_type="application/json", headers=headers)


def test_it_works(alices_client: Client, make_movie: Make) -> None:
    body = {"movie": make_movie().pk, "note": "In the open air"}
    first = send(alices_client, "post", "viewings/", body, "k1")
    assert first.status_code == 201
    again = send(alices_client, "post", "viewings/", body, "k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Viewing.objects.count() == 1
    send(alices_client, "post", "viewings/", body, "k2")
    send(alices_client, "post", "viewings/", body, None)
    assert Viewing.objects.count() == 3


def test_deletions_are_repeated_too(alices_client: Client, alice: User, make_movie: Make) -> None:
    movie = make_movie()
    Rating.objects.rate(alice, movie, 4)
    path = f"movies/{movie.pk}/rating/"
    assert send(alices_client, "delete", path, None, "k").status_code == 204
    Rating.objects.rate(alice, movie, 2)
    assert send(alices_client, "delete", path, None, "k").status_code == 204
    assert Rating.objects.get().stars == 2, "the repetition did nothing"


def test_a_key_of_another_request_is_refused(alices_client: Client, make_movie: Make) -> None:
    movie = make_movie()
    path = f"movies/{movie.pk}/rating/"
    assert send(alices_client, "put", path, {"stars": 4}, "k").status_code == 201
    for method, where, body in (
        ("put", path, {"stars": 3}),
        ("put", f"movies/{movie.pk}/marks/seen/", {}),
        ("delete", path, None),
    ):
        answer = send(alices_client, method, where, body, "k")
        assert (answer.status_code, code(answer)) == (422, "idempotency_key_reused")
    assert Rating.objects.get().stars == 4


def test_keys_are_of_one_member(
    alices_client: Client, bobs_client: Client, make_movie: Make
) -> None:
    path = f"movies/{make_movie().pk}/rating/"
    for client in (alices_client, bobs_client):
        assert send(client, "put", path, {"stars": 4}, "k").status_code == 201
    assert Rating.objects.count() == 2


def test_what_failed_is_tried_again(alices_client: Client, make_movie: Make) -> None:
    path = f"movies/{make_movie().pk}/rating/"
    assert send(alices_client, "put", path, {"stars": 7}, "k").status_code == 400
    assert send(alices_client, "put", path, {"stars": 4}, "k").status_code == 201


def test_a_crash_leaves_nothing(
    alices_client: Client, make_movie: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    alices_client.raise_request_exception = False
    body = {"movie": make_movie().pk}

    def crash(data: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "_as_json", crash)
        assert send(alices_client, "post", "viewings/", body, "k").status_code == 500
    assert not Viewing.objects.exists()
    assert send(alices_client, "post", "viewings/", body, "k").status_code == 201
    assert Viewing.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "\x7f", "a\tb"])
def test_a_key_is_short_and_printable(alices_client: Client, make_movie: Make, key: str) -> None:
    answer = send(alices_client, "put", f"movies/{make_movie().pk}/rating/", {"stars": 4}, key)
    assert wrong(answer) == {"Idempotency-Key": "invalid"}
    assert not Rating.objects.exists()


def test_answers_are_forgotten_after_a_day(alices_client: Client, make_movie: Make) -> None:
    path = f"movies/{make_movie().pk}/rating/"
    send(alices_client, "put", path, {"stars": 4}, "k")
    assert forgetting.forget_old_answers() == 0
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert forgetting.forget_old_answers() == 1


def test_the_oldest_answers_give_way(
    alices_client: Client, alice: User, make_movie: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "MOST_ANSWERS", 3)
    monkeypatch.setattr(idempotency, "LOOKED_AFTER_EVERY", 1)
    path = f"movies/{make_movie().pk}/rating/"
    for number in range(6):
        send(alices_client, "put", path, {"stars": 4}, f"k{number}")
    kept = StoredAnswer.objects.filter(user=alice).values_list("key", flat=True)
    assert sorted(kept) == ["k3", "k4", "k5"]
