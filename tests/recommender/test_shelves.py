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
from recommender.models import TrainingRun
from recommender.shelves import shelves_for

HTMX = {"HX-Request": "true"}


def movies_on(content: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<li class="movie">\s*<a href="/movies/(\d+)-', content)]


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
    assert "Seen one of these?" in page
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
    assert movies_on(whole) == first + movies_on(part)
    assert alices_client.get("/shelves/").url == "/?shelves=all#shelves"


def test_every_link_to_more_leads_somewhere(
    alices_client: Client, genres: list[Movie], fitted: TrainingRun, even_fan: User
) -> None:
    page = alices_client.get("/?shelves=all").content.decode()
    links = re.findall(r'<div class="shelf-head"><h2[^>]*>[^<]*</h2><a href="([^"]+)"', page)
    assert links
    for link in links:
        assert alices_client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_what_is_put_away_stands_on_no_shelf(
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
    assert named.most_common(1)[0][1] <= sum(named.values()) / 2


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
    with django_assert_max_num_queries(16):
        alices_client.get("/shelves/", headers=HTMX)
