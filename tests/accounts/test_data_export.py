"""The download of everything the site stores about a user."""

import csv
import io
import json
import zipfile

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from tests.api.problems import code

EXPORT, API = "/me/export/", "/api/v1/me/export/"


def opened(answer: object) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return archive


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


@pytest.mark.parametrize("url", [EXPORT, API])
def test_it_works(alices_client: Client, alice: User, history: list[Movie], url: str) -> None:
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
    assert [(row["movie_id"], row["kind"]) for row in marks] == [(str(history[1].pk), "watchlist")]
    assert [row["name"] for row in table(archive, "lists.csv")] == ["Sundays of alice"]
    entry = table(archive, "list_entries.csv")[0]
    assert (entry["list"], entry["place"], entry["note"]) == (
        *("Sundays of alice", "1", "with tea"),
    )
    viewing = table(archive, "viewings.csv")[0]
    assert (viewing["imdb_id"], viewing["watched"]) == ("tt0211915", "2026-03")
    assert (viewing["tags"], viewing["note"]) == ("a, b", "with tea")
    assert [row["stars"] for row in table(archive, "earlier_ratings.csv")] == ["1.5"]
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


def test_it_holds_nothing_of_another_user(alices_client: Client, history: list[Movie]) -> None:
    archive = opened(alices_client.get(EXPORT))
    assert not any(b"bob" in archive.read(name) for name in archive.namelist())


def test_a_new_user_gets_empty_tables(bobs_client: Client) -> None:
    archive = opened(bobs_client.get(EXPORT))
    assert table(archive, "ratings.csv") == []
    assert json.loads(archive.read("everything.json"))["ratings"] == []


def test_a_long_history_is_streamed(alices_client: Client, alice: User, db: None) -> None:
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
def test_visitors_are_asked_to_log_in(client: Client, db: None, accept: str) -> None:
    assert client.get(EXPORT).url == f"/accounts/login/?next={EXPORT}"
    answer = client.get(API, headers={"Accept": accept})
    assert answer.status_code == 401
    assert code(answer) == "not_authenticated"
