"""The rows below the top picks: each with its own reason, no movie twice, nothing put away."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Genre, Mark, Movie, Rating
from recommender.home.shelves import shelves_for
from recommender.models import TrainingRun

HTMX = {"HX-Request": "true"}


def movies_on(content: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<li class="movie">\s*<a href="/movies/(\d+)-', content)]


def shelves_on(content: str) -> list[str]:
    return re.findall(r'<h2 id="shelf-([^"]+)"', content)


@pytest.fixture
def genres(two_tastes: list[Movie]) -> list[Movie]:
    """Even movies are comedies, odd ones dramas, before the fit looks."""
    comedy, drama = (Genre.objects.create(name=n, slug=n.lower()) for n in ("Comedy", "Drama"))
    for number, movie in enumerate(two_tastes):
        movie.genres.add(drama if number % 2 else comedy)
    return two_tastes


def test_it_works(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    for movie in genres[10::2]:
        Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
    page = alices_client.get("/?shelves=all").content.decode()
    headings = re.findall(r'<h2 id="shelf-[^"]+">([^<]+)', page)
    assert headings[0] == "From your watchlist"
    assert any(heading.startswith("More like Movie ") for heading in headings)
    assert "Have you seen these?" in page
    assert Counter(movies_on(page)).most_common(1)[0][1] == 1

    # In a catalogue this small the other rows have taken most comedies.
    Mark.objects.all().delete()
    titles = [str(shelf.title) for shelf in shelves_for(even_fan).shelves]
    assert "Comedy" in titles
    assert "Drama" not in titles


def test_the_script_gets_the_same_rows(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    whole = alices_client.get("/?shelves=all").content.decode()
    part = alices_client.get("/shelves/", headers=HTMX).content.decode()
    first = movies_on(alices_client.get("/").content.decode())
    assert shelves_on(whole) == shelves_on(part)
    assert not set(first) & {*movies_on(whole), *movies_on(part)}
    assert len(movies_on(whole)) < len(movies_on(part)), "one page with all of them stays light"
    assert alices_client.get("/shelves/").url == "/?shelves=all"


def test_one_movie_on_the_watchlist_is_a_shelf(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    Mark.objects.add(even_fan, genres[11], Mark.Kind.WATCHLIST)
    board = shelves_for(even_fan)
    assert [movie.pk for movie in board.shelves[0].movies] == [genres[11].pk]
    assert board.shelves[0].title == "From your watchlist"


def test_who_keeps_the_watchlist_out_of_lists_has_no_such_shelf(
    genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    for movie in genres[10::2]:
        Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
    even_fan.prefer(watchlist_in_lists=False)
    board = shelves_for(even_fan)
    assert board.shelves
    assert not set(board.predicted) & {movie.pk for movie in genres[10::2]}


def test_off_the_beaten_track_goes_on(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    first = next(s for s in shelves_for(even_fan).shelves if s.key == "off-the-track")
    page = alices_client.get(first.more).content.decode()
    assert "Off the beaten track" in page
    listed = movies_on(page) + movies_on(alices_client.get(f"{first.more}&page=2").content.decode())
    assert [pk for pk in listed if pk in {movie.pk for movie in first.movies}] == [
        movie.pk for movie in first.movies
    ], "the same order"


def test_a_movie_deleted_since_the_run_leaves_no_gap(
    genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    before = shelves_for(even_fan).shelves
    liked = [shelf for shelf in before if shelf.kind == "like"]
    gone = [before[0].movies[0].pk, *(int(shelf.about) for shelf in liked)]
    Movie.objects.filter(pk__in=gone).delete()
    after = shelves_for(even_fan)
    assert after.shelves
    assert not set(gone) & set(after.predicted)
    assert all(shelf.title for shelf in after.shelves)


def test_every_link_to_more_leads_somewhere(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    page = alices_client.get("/?shelves=all").content.decode()
    links = re.findall(r'<div class="shelf-head"><h2[^>]*>[^<]*</h2>\s*<a href="([^"]+)"', page)
    assert links
    for link in links:
        assert alices_client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_hidden_movies_stand_on_no_shelf(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    gone = movies_on(alices_client.get("/shelves/", headers=HTMX).content.decode())[:4]
    for number, pk in enumerate(gone):
        kind = Mark.Kind.SEEN if number % 2 else Mark.Kind.NOT_INTERESTED
        Mark.objects.add(even_fan, Movie.objects.get(pk=pk), kind)
        Mark.objects.add(even_fan, Movie.objects.get(pk=pk), Mark.Kind.WATCHLIST)
    page = alices_client.get("/?shelves=all").content.decode()
    assert not set(gone) & set(movies_on(page))


def test_days_differ_and_a_day_does_not(
    genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    def likes(day: date) -> list[str]:
        return [s.key for s in shelves_for(even_fan, day=day).shelves if "like" in s.key]

    days = [likes(date(2026, 1, number)) for number in range(1, 12)]
    assert likes(date(2026, 1, 1)) == days[0]
    assert len({tuple(keys) for keys in days}) > 1


def test_reasons_vary(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    page = alices_client.get("/").content.decode()
    named = Counter(re.findall(r"because you gave ([^<]+?) 5 stars", page))
    assert sum(named.values()) >= 8
    assert len(named) >= 2


def test_a_stranger_and_a_newcomer_have_none(
    bobs_client: Client, client: Client, fitted: TrainingRun
) -> None:
    assert client.get("/shelves/", headers=HTMX).status_code == 302
    assert movies_on(bobs_client.get("/shelves/", headers=HTMX).content.decode()) == []


def test_questions_do_not_grow(
    alices_client: Client,
    genres: list[Movie],
    fitted: TrainingRun,
    even_fan: User,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    alices_client.get("/?shelves=all")
    with django_assert_max_num_queries(7):
        alices_client.get("/")
    for movie in genres[10:20]:
        Rating.objects.rate(even_fan, movie, 4)
        Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
    for path in ("/shelves/", "/?shelves=all"):
        with django_assert_max_num_queries(7):
            alices_client.get(path, headers=HTMX)


def about(shelf: dict[str, Any]) -> str:
    """What the shelf is about, as the page has it."""
    named = [shelf[name] for name in ("movie_id", "genre", "decade") if shelf[name] is not None]
    return str(named[0]) if named else ""


class TestApi:
    URL = "/api/v1/shelves/"

    def test_it_works(
        self, alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
    ) -> None:
        for movie in genres[10::4]:
            Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
        answer = alices_client.get(self.URL).json()
        assert answer["run"] == fitted.pk
        picks = alices_client.get("/api/v1/recommendations/?n=12").json()["results"]
        board = shelves_for(even_fan, [item["movie"]["id"] for item in picks])
        assert [(shelf["kind"], about(shelf), shelf["title"]) for shelf in answer["results"]] == [
            (shelf.kind, shelf.about, shelf.title) for shelf in board.shelves
        ]
        for told, shelf in zip(answer["results"], board.shelves, strict=True):
            assert [movie["id"] for movie in told["movies"]] == [m.pk for m in shelf.movies]
            assert told["movies"][0]["predicted"]["stars"] == pytest.approx(
                board.predicted[shelf.movies[0].pk], abs=0.01
            )
            assert alices_client.get(told["more"]).status_code == 200, told["more"]

    def test_as_many_as_asked_for(
        self, alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
    ) -> None:
        answer = alices_client.get(self.URL, {"n": 2, "beside": 0}).json()
        assert answer["results"]
        assert all(len(shelf["movies"]) <= 2 for shelf in answer["results"])
        for wrong in ({"n": 0}, {"n": 25}, {"beside": -1}, {"n": "x"}):
            assert alices_client.get(self.URL, wrong).status_code == 400

    def test_nothing_is_known_of_bob(self, bobs_client: Client, fitted: TrainingRun) -> None:
        assert bobs_client.get(self.URL).json()["results"] == []

    def test_questions_do_not_grow(
        self,
        alices_client: Client,
        genres: list[Movie],
        fitted: TrainingRun,
        even_fan: User,
        django_assert_max_num_queries: Callable[..., Any],
    ) -> None:
        alices_client.get(self.URL)
        for n in (2, 24):
            with django_assert_max_num_queries(7):
                alices_client.get(self.URL, {"n": n})
