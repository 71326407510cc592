"""Pages of the API while data changes: nothing twice, and what was there all the time once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.api.movie_query import ORDERS as CATALOGUE_ORDERS
from movies.lists import entries, lifecycle
from movies.models import EarlierRating, Mark, Movie, Rating, Viewing
from movies.my_ratings.query import ORDERS as MY_ORDERS
from movies.periods import Period
from recommender.models import TrainingRun
from tests.api.conftest import API
from tests.api.problems import code, wrong

Make = Callable[..., Movie]
N, PAGE = 40, 7


@pytest.fixture
def movies(db: None) -> list[Movie]:
    draw = random.Random(5)
    made = [
        Movie(title=f"Movie {number // 2}", year=draw.choice([None, 1990, 1991, 2005]))
        for number in range(N)
    ]
    for number, movie in enumerate(made):
        movie.save()
        Movie.objects.filter(pk=movie.pk).update(
            published_count=number % 4 * 5, published_half_star_sum=number % 4 * 5 * (number % 9)
        )
    return made


def pages(client: Client, url: str) -> Iterator[list[Any]]:
    following: str | None = url
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        assert body["previous"] is None
        yield body["results"]
        following = body["next"]


def walk(client: Client, url: str, disturb: Callable[[int], None], key: Callable) -> list[Any]:
    """What an app reads that scrolls through all of it while things happen."""
    seen: list[Any] = []
    for number, page in enumerate(pages(client, url)):
        seen += [key(row) for row in page]
        disturb(number)
    assert len(seen) == len(set(seen)), "nothing twice"
    return seen


def still(client: Client, url: str, key: Callable) -> list[Any]:
    return walk(client, url, lambda number: None, key)


@pytest.mark.parametrize("order", [*CATALOGUE_ORDERS, "q"])
def test_the_catalogue(client: Client, bob: User, movies: list[Movie], order: str) -> None:
    url = f"{API}/movies/?page_size={PAGE}&" + ("q=movie" if order == "q" else f"order={order}")
    before = still(client, url, lambda row: row["id"])
    assert len(before) == N
    draw = random.Random(order)
    gone: set[int] = set()

    def disturb(number: int) -> None:
        for _ in range(5 if number < 4 else 0):
            Movie.objects.create(title=draw.choice(["A new movie", "Movie 1", "Zebra movie"]))
            Rating.objects.rate(bob, draw.choice(movies), 5)
            gone.add(draw.choice(movies).pk)
            Movie.objects.filter(pk__in=gone).delete()
            movies[:] = [movie for movie in movies if movie.pk not in gone]

    after = walk(client, url, disturb, lambda row: row["id"])
    assert [pk for pk in after if pk in before and pk not in gone] == [
        pk for pk in before if pk not in gone
    ]
    assert gone


@pytest.mark.parametrize("order", MY_ORDERS)
def test_own_ratings(alices_client: Client, alice: User, movies: list[Movie], order: str) -> None:
    draw, now = random.Random(order), timezone.now()
    for movie in movies[10:]:
        at = now - timedelta(days=draw.randint(0, 9))
        Rating.objects.rate(alice, movie, draw.choice([1, 2, 5]), rated_at=at)
    url = f"{API}/ratings/?page_size={PAGE}&order={order}"
    before = still(alices_client, url, lambda row: row["movie"]["id"])
    assert len(before) == N - 10
    changed: set[int] = set()

    def disturb(number: int) -> None:
        for _ in range(2):
            added, removed = movies[draw.randrange(10)], draw.choice(movies[10:])
            Rating.objects.rate(alice, added, 3)
            Rating.objects.unrate(alice, removed)
            changed.update((added.pk, removed.pk))

    after = walk(alices_client, url, disturb, lambda row: row["movie"]["id"])
    assert [pk for pk in after if pk not in changed] == [pk for pk in before if pk not in changed]


def test_viewings_with_and_without_dates(
    alices_client: Client, alice: User, movies: list[Movie]
) -> None:
    draw = random.Random(1)
    days = [None, Period(2020), Period(2020, 1), Period.of_day(date(2020, 1, 1)), Period(2021)]
    for movie in movies:
        Viewing.objects.log(alice, movie, draw.choice(days))
    url = f"{API}/viewings/?page_size={PAGE}"
    before = still(alices_client, url, lambda row: row["id"])
    assert before == list(Viewing.objects.latest_first().values_list("pk", flat=True))
    gone: set[int] = set()

    def disturb(number: int) -> None:
        for _ in range(2):
            Viewing.objects.log(alice, draw.choice(movies), draw.choice(days))
            gone.add(draw.choice(before))
            Viewing.objects.filter(pk__in=gone).delete()

    after = walk(alices_client, url, disturb, lambda row: row["id"])
    kept = [pk for pk in before if pk not in gone]
    assert [pk for pk in after if pk in kept] == kept


def test_marks_and_history(alices_client: Client, alice: User, movies: list[Movie]) -> None:
    now = timezone.now()
    for movie in movies[5:]:
        Mark.objects.add(alice, movie, "watchlist", now)
        EarlierRating.objects.create(
            user=alice, movie=movie, half_stars=3, rated_at=now, replaced_at=now
        )

    def disturb(number: int) -> None:
        Mark.objects.add(alice, movies[number % 5], "watchlist")
        EarlierRating.objects.create(
            user=alice, movie=movies[0], half_stars=5, rated_at=now, replaced_at=timezone.now()
        )

    for path in ("marks/", "ratings/history/"):
        url = f"{API}/{path}?page_size={PAGE}"
        rows = [row for page in pages(alices_client, url) for row in page]
        seen = [
            row["movie"]["id"]
            for number, page in enumerate(pages(alices_client, url))
            for row in page
            if disturb(number) is None
        ]
        assert seen == [row["movie"]["id"] for row in rows]


def test_the_movies_of_a_list_while_it_is_rearranged(
    alices_client: Client, alice: User, movies: list[Movie]
) -> None:
    mine = lifecycle.create(alice, "Rainy Sundays")
    entries.add_many(mine, [movie.pk for movie in movies[5:]])
    draw, gone = random.Random(2), set()

    def disturb(number: int) -> None:
        entries.add(mine, movies[number % 5], place=1)
        some = draw.choice(movies[5:]).pk
        gone.add(some)
        entries.remove(mine, some)
        entries.sort(mine, ["title", "year", "newest"][number % 3])

    url = f"{API}/lists/{mine.pk}/movies/?page_size={PAGE}"
    seen = walk(alices_client, url, disturb, lambda row: row["movie"]["id"])
    there = {movie.pk for movie in movies[5:]} - gone
    assert there <= set(seen)


@pytest.mark.parametrize("order", ["for_you", "predicted", "off_the_track"])
def test_a_members_order_stays_while_they_rate(
    fitted: TrainingRun, even_fan: User, alices_client: Client, order: str
) -> None:
    url = f"{API}/movies/?page_size={PAGE}&order={order}"
    first_pages = list(pages(alices_client, url))
    before = [row["id"] for page in first_pages for row in page]
    draw, rated = random.Random(order), set()

    def disturb(number: int) -> None:
        for pk in draw.sample(before, 2):
            rated.add(pk)
            Rating.objects.rate(even_fan, Movie.objects.get(pk=pk), draw.choice([0.5, 5]))
        even_fan.prefer(boldness=draw.choice([-2, 2]))

    seen = walk(alices_client, url, disturb, lambda row: row["id"])
    assert set(before) - rated <= set(seen)
    assert {pk for pk in seen[:PAGE]} == {row["id"] for row in first_pages[0]}


def test_an_order_of_a_run_that_is_gone_has_expired(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    url = f"{API}/movies/?page_size={PAGE}&order=for_you"
    following = alices_client.get(url).json()["next"]
    TrainingRun.objects.filter(pk=fitted.pk).update(is_active=False)
    answer = alices_client.get(following)
    assert (answer.status_code, code(answer)) == (410, "cursor_expired")


def test_first_ratings_during_a_walk_in_the_order_of_all(
    fitted: TrainingRun, bob: User, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    """Who has rated nothing gets `best_loved`; the walk goes on so."""
    url = f"{API}/movies/?page_size={PAGE}&order=for_you"
    before = still(bobs_client, url, lambda row: row["id"])

    def disturb(number: int) -> None:
        Rating.objects.rate(bob, two_tastes[number], 5)

    assert walk(bobs_client, url, disturb, lambda row: row["id"]) == before


def test_junk_is_no_cursor(
    client: Client, alices_client: Client, alice: User, movies: list[Movie]
) -> None:
    url = f"{API}/movies/?page_size={PAGE}"
    cursor = client.get(url).json()["next"].split("cursor=")[1].split("&")[0]
    other = signing.Signer(salt="x").sign_object([1, 2, 3])
    for junk in ("x", "1", "a:b", "é", "\ud800".encode(errors="replace"), other, cursor + "A"):
        assert wrong(client.get(url, {"cursor": junk})) == {"cursor": "invalid_cursor"}
    # Of other filters, another list or another member.
    for asked in ("movies/?order=title", "artists/?page_size=7"):
        answer = client.get(f"{API}/{asked}&cursor={cursor}")
        assert wrong(answer) == {"cursor": "invalid_cursor"}
    answer = alices_client.get(f"{url}&cursor={cursor}")
    assert wrong(answer) == {"cursor": "invalid_cursor"}
    # The size of pages may change.
    sized = client.get(f"{API}/movies/?page_size=3&cursor={cursor}").json()["results"]
    assert len(sized) == 3
