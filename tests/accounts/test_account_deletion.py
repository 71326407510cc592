"""Deletion of an account, on the page and through the API."""

import pytest
from django.test import Client

from accounts.models import Profile, User
from movies.models import ListEntry, Mark, Movie, MovieList, Rating, RatingChanges
from tests.api.problems import code, wrong

ERASE, API = "/me/erase/", "/api/v1/me/erase/"
PASSWORD = "a good password 1"


def test_it_works(alices_client: Client, alice: User, bob: User, history: list[Movie]) -> None:
    page = alices_client.get(ERASE)
    assert "can’t be undone" in page.content.decode()
    answer = alices_client.post(ERASE, {"password": PASSWORD}, follow=True)
    assert b"have been erased" in answer.content
    assert not answer.context["user"].is_authenticated
    assert not User.objects.filter(username="alice").exists()
    assert not Rating.objects.filter(user=alice.pk).exists()
    assert not Mark.objects.filter(user=alice.pk).exists()
    assert [one.owner for one in MovieList.objects.all()] == [bob]
    assert ListEntry.objects.get().note == "bobs own words"
    assert Profile.objects.get().user == bob


def test_it_deletes_nothing_of_other_users(
    alices_client: Client, bob: User, history: list[Movie]
) -> None:
    before = RatingChanges.total()
    alices_client.post(ERASE, {"password": PASSWORD})
    assert [rating.stars for rating in Rating.objects.of(bob)] == [2]
    assert Mark.objects.get().user == bob
    assert Movie.objects.count() == 2
    history[0].refresh_from_db()
    assert (history[0].n_ratings, history[0].half_star_sum) == (1, 4)
    assert RatingChanges.total() == before + 2, "the next fit is due"


def test_through_the_api(alices_client: Client, history: list[Movie]) -> None:
    url, json_type = API, "application/json"
    for body in ({}, {"password": ""}, {"password": []}, {"password": "x" * 5000}):
        answer = alices_client.post(url, body, content_type=json_type)
        assert (answer.status_code, list(wrong(answer))) == (400, ["password"])
    answer = alices_client.post(url, {"password": "wrong"}, content_type=json_type)
    assert (answer.status_code, code(answer)) == (403, "wrong_password")
    answer = alices_client.post(url, {"password": PASSWORD}, content_type=json_type)
    assert answer.status_code == 204
    assert alices_client.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), "\x00"])
def test_a_wrong_password_deletes_nothing(
    alices_client: Client, alice: User, history: list[Movie], password: str
) -> None:
    answer = alices_client.post(ERASE, {"password": password})
    assert answer.status_code == 422
    assert b'class="errorlist"' in answer.content
    assert Rating.objects.of(alice).count() == 2


@pytest.mark.parametrize("interface", ["page", "api"])
def test_guesses_at_the_password_are_limited(
    alices_client: Client, alice: User, interface: str
) -> None:
    url, kind = (ERASE, {}) if interface == "page" else (
        API, {"content_type": "application/json"}
    )  # fmt: skip
    answers = [
        alices_client.post(url, {"password": f"guess {n}"}, **kind).status_code for n in range(12)
    ]
    assert answers[-1] == 429
    assert alices_client.post(url, {"password": PASSWORD}, **kind).status_code == 429
    assert User.objects.filter(pk=alice.pk).exists()


def test_the_last_superuser_cannot_be_deleted(staff_client: Client, staff: User) -> None:
    answer = staff_client.post(ERASE, {"password": PASSWORD})
    assert answer.status_code == 422
    assert b"only operator" in answer.content
    refused = staff_client.post(API, {"password": PASSWORD}, content_type="application/json")
    assert refused.status_code == 403
    assert "only operator" in refused.json()["detail"]
    User.objects.create_superuser("second", "second@example.org", PASSWORD)
    assert staff_client.post(ERASE, {"password": PASSWORD}).status_code == 302
    assert User.objects.filter(is_superuser=True).count() == 1


def test_get_and_other_users_delete_nothing(
    client: Client, bobs_client: Client, alice: User
) -> None:
    assert client.get(ERASE).url == f"/accounts/login/?next={ERASE}"
    client.post(ERASE, {"password": PASSWORD})
    bobs_client.get(ERASE)
    bobs_client.post(ERASE, {"password": PASSWORD, "user": alice.pk})
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]
