"""Taking one's data along, and leaving for good."""

import csv
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Profile, User, set_profile
from movies.lists import entries, lifecycle
from movies.models import ListEntry, Mark, Movie, MovieList, Rating, RatingChanges

EXPORT, ERASE = "/me/export/", "/me/erase/"
API = "/api/v1/me"
PASSWORD = "a good password 1"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def history(alice: User, bob: User, make_movie: Callable[..., Movie]) -> list[Movie]:
    movies = [
        make_movie("Amélie, or: a “title”", 2001, imdb_id="tt0211915", tmdb_id=194),
        make_movie("千と千尋の神隠し", None),
    ]
    Rating.objects.rate(alice, movies[0], 4.5)
    Rating.objects.rate(alice, movies[1], 0.5)
    Mark.objects.add(alice, movies[1], "watchlist")
    Rating.objects.rate(bob, movies[0], 2)
    Mark.objects.add(bob, movies[0], "seen")
    for user, note in ((alice, "with tea"), (bob, "bobs own words")):
        made = lifecycle.create(user, f"Sundays of {user.username}", visibility="link")
        entries.add(made, movies[0], note=note)
        set_profile(user, level="public", bio=f"I am {user.username}.")
    return movies


def opened(answer: object) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return archive


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


class TestExport:
    @pytest.mark.parametrize("url", [EXPORT, f"{API}/export/"])
    def test_it_works(
        self, alices_client: Client, alice: User, history: list[Movie], url: str
    ) -> None:
        alice.prefer(boldness=2)
        answer = alices_client.get(url)
        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Disposition"].startswith('attachment; filename="cfsite-alice-')
        assert answer.streaming
        archive = opened(answer)
        ratings = table(archive, "ratings.csv")
        assert [(row["title"], row["year"], row["stars"]) for row in ratings] == [
            ("Amélie, or: a “title”", "2001", "4.5"),
            ("千と千尋の神隠し", "", "0.5"),
        ]
        assert ratings[0]["imdb_id"] == "tt0211915"
        marks = table(archive, "marks.csv")
        assert [(row["movie_id"], row["kind"]) for row in marks] == [
            (str(history[1].pk), "watchlist")
        ]
        assert [row["name"] for row in table(archive, "lists.csv")] == ["Sundays of alice"]
        entry = table(archive, "list_entries.csv")[0]
        assert (entry["list"], entry["place"], entry["note"]) == (
            *("Sundays of alice", "1", "with tea"),
        )
        account = json.loads(archive.read("account.json"))
        assert (account["username"], account["boldness"]) == ("alice", 2)
        assert "password" not in account
        assert account["profile"]["bio"] == "I am alice."
        everything = json.loads(archive.read("everything.json"))
        assert everything["account"] == account
        assert [row["stars"] for row in everything["ratings"]] == [4.5, 0.5]
        assert everything["ratings"][0]["title"] == ratings[0]["title"]
        assert len(everything["marks"]) == 1
        assert "ratings.csv" in archive.read("README.txt").decode()

    def test_nothing_of_bobs_is_in_it(self, alices_client: Client, history: list[Movie]) -> None:
        archive = opened(alices_client.get(EXPORT))
        assert not any(b"bob" in archive.read(name) for name in archive.namelist())

    def test_somebody_without_anything_gets_empty_tables(self, bobs_client: Client) -> None:
        archive = opened(bobs_client.get(EXPORT))
        assert table(archive, "ratings.csv") == []
        assert json.loads(archive.read("everything.json"))["ratings"] == []

    def test_a_long_history_comes_in_pieces(
        self, alices_client: Client, alice: User, db: None
    ) -> None:
        movies = Movie.objects.bulk_create(
            Movie(title=f"Movie {n * 7919 % 9973}", title_key=str(n)) for n in range(4000)
        )
        Rating.objects.bulk_create(
            Rating(user=alice, movie=movie, half_stars=1 + n % 10) for n, movie in enumerate(movies)
        )
        answer = alices_client.get(EXPORT)
        pieces = list(answer.streaming_content)
        assert len(pieces) >= 3
        assert max(map(len, pieces)) < 100_000
        archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
        assert len(table(archive, "ratings.csv")) == 4000

    @pytest.mark.parametrize("accept", ["application/zip", "*/*", "text/html"])
    def test_the_api_asks_strangers_to_log_in(self, client: Client, db: None, accept: str) -> None:
        assert client.get(EXPORT).url == f"/accounts/login/?next={EXPORT}"
        answer = client.get(f"{API}/export/", headers={"Accept": accept})
        assert answer.status_code == 401
        assert list(answer.json()) == ["detail"]


class TestErase:
    def test_it_works(
        self, alices_client: Client, alice: User, bob: User, history: list[Movie]
    ) -> None:
        page = alices_client.get(ERASE)
        assert b"cannot be undone" in page.content
        answer = alices_client.post(ERASE, {"password": PASSWORD}, follow=True)
        assert b"are erased" in answer.content
        assert not answer.context["user"].is_authenticated
        assert not User.objects.filter(username="alice").exists()
        assert not Rating.objects.filter(user=alice.pk).exists()
        assert not Mark.objects.filter(user=alice.pk).exists()
        assert [one.owner for one in MovieList.objects.all()] == [bob]
        assert ListEntry.objects.get().note == "bobs own words"
        assert Profile.objects.get().user == bob

    def test_nothing_of_others_is_lost(
        self, alices_client: Client, bob: User, history: list[Movie]
    ) -> None:
        before = RatingChanges.total()
        alices_client.post(ERASE, {"password": PASSWORD})
        assert [rating.stars for rating in Rating.objects.of(bob)] == [2]
        assert Mark.objects.get().user == bob
        assert Movie.objects.count() == 2
        history[0].refresh_from_db()
        assert (history[0].n_ratings, history[0].half_star_sum) == (1, 4)
        assert RatingChanges.total() == before + 2, "the next fit is due"

    def test_through_the_api(self, alices_client: Client, history: list[Movie]) -> None:
        url, json_type = f"{API}/erase/", "application/json"
        for wrong in ({}, {"password": ""}, {"password": []}, {"password": "x" * 5000}):
            answer = alices_client.post(url, wrong, content_type=json_type)
            assert (answer.status_code, list(answer.json())) == (400, ["password"])
        answer = alices_client.post(url, {"password": "wrong"}, content_type=json_type)
        assert (answer.status_code, answer.json()) == (
            403,
            {"detail": "This is not your password."},
        )
        answer = alices_client.post(url, {"password": PASSWORD}, content_type=json_type)
        assert answer.status_code == 204
        assert alices_client.get(f"{API}/").status_code == 401

    @pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), "\x00"])
    def test_a_wrong_password_erases_nothing(
        self, alices_client: Client, alice: User, history: list[Movie], password: str
    ) -> None:
        answer = alices_client.post(ERASE, {"password": password})
        assert answer.status_code == 422
        assert b'class="errorlist"' in answer.content
        assert Rating.objects.of(alice).count() == 2

    @pytest.mark.parametrize("door", ["page", "api"])
    def test_the_password_cannot_be_guessed_here(
        self, alices_client: Client, alice: User, door: str
    ) -> None:
        url, kind = (ERASE, {}) if door == "page" else (
            f"{API}/erase/", {"content_type": "application/json"}
        )  # fmt: skip
        answers = [
            alices_client.post(url, {"password": f"guess {n}"}, **kind).status_code
            for n in range(12)
        ]
        assert answers[-1] == 429
        assert alices_client.post(url, {"password": PASSWORD}, **kind).status_code == 429
        assert User.objects.filter(pk=alice.pk).exists()

    def test_the_last_operator_stays(self, staff_client: Client, staff: User) -> None:
        answer = staff_client.post(ERASE, {"password": PASSWORD})
        assert answer.status_code == 422
        assert b"last operator" in answer.content
        refused = staff_client.post(
            f"{API}/erase/", {"password": PASSWORD}, content_type="application/json"
        )
        assert refused.status_code == 403
        assert "last operator" in refused.json()["detail"]
        User.objects.create_superuser("second", "second@example.org", PASSWORD)
        assert staff_client.post(ERASE, {"password": PASSWORD}).status_code == 302
        assert User.objects.filter(is_superuser=True).count() == 1

    def test_strangers_and_looking_erase_nothing(
        self, client: Client, bobs_client: Client, alice: User
    ) -> None:
        assert client.get(ERASE).url == f"/accounts/login/?next={ERASE}"
        client.post(ERASE, {"password": PASSWORD})
        bobs_client.get(ERASE)
        bobs_client.post(ERASE, {"password": PASSWORD, "user": alice.pk})
        assert list(User.objects.values_list("username", flat=True)) == ["alice"]
