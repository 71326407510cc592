"""The page of all watched movies, and what being watched means elsewhere."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from movies.diary.watched import watched_movies
from movies.models import Mark, Movie, Rating, Viewing
from movies.periods import Period

PAGE = "/me/watched/"


@pytest.fixture
def four(alice: User, make_movie: Callable[..., Movie], log: Callable) -> list[Movie]:
    """In the diary twice, rated, marked, and both in the diary and rated."""
    movies = [make_movie(title) for title in ("Twice", "Rated", "Marked", "Both")]
    twice, rated, marked, both = movies
    log(alice, twice, "2026-03")
    log(alice, twice, "2019")
    Rating.objects.rate(alice, rated, 4, rated_at=datetime(2026, 1, 31, 12, tzinfo=UTC))
    Mark.objects.add(alice, marked, Mark.Kind.SEEN)
    log(alice, both, "2020-02-02")
    Rating.objects.rate(alice, both, 4, rated_at=datetime(2026, 4, 1, 12, tzinfo=UTC))
    return movies


def test_it_works(alices_client: Client, alice: User, four: list[Movie]) -> None:
    twice, rated, marked, both = four
    found = watched_movies(alice)
    assert [(one.movie_id, one.when) for one in found] == [
        (twice.pk, Period(2026, 3)),
        (rated.pk, Period(2026, 1, 31)),
        (both.pk, Period(2020, 2, 2)),
        (marked.pk, None),
    ]
    text = alices_client.get(PAGE).content.decode()
    assert re.findall(r'class="count">(\d+)<', text) == ["4", "2", "2"]
    assert re.findall(r'class="movie-title">([^<]+)<', text) == ["Twice", "Rated", "Both", "Marked"]
    assert "2 times" in text
    assert text.count('class="put-away" form="marks"') == 1, "the mark alone can be taken away"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("show=rated", ["Rated", "Both"]),
        ("show=unrated", ["Twice", "Marked"]),
        ("when=2019", ["Twice"]),
        ("when=2026", ["Twice", "Rated"]),
        ("when=2026-01-31", ["Rated"]),
        ("when=2026&show=rated", ["Rated"]),
        ("when=2026-04", []),
    ],
)
def test_filters(alices_client: Client, four: list, query: str, titles: list[str]) -> None:
    text = alices_client.get(f"{PAGE}?{query}").content.decode()
    assert re.findall(r'class="movie-title">([^<]+)<', text) == titles


def test_a_new_member_reads_what_the_page_is_for(bobs_client: Client, four: list[Movie]) -> None:
    text = bobs_client.get(PAGE).content.decode()
    assert "mark as watched show up here" in text
    assert "Twice" not in text


def test_a_viewing_keeps_a_movie_out_of_lists_until_it_is_deleted(
    alice: User, movie: Movie, log: Callable
) -> None:
    assert movie in Movie.objects.not_excluded_for(alice)
    viewing = log(alice, movie)
    assert movie not in Movie.objects.not_excluded_for(alice)
    viewing.delete()
    assert movie in Movie.objects.not_excluded_for(alice)
    Mark.objects.add(alice, movie, Mark.Kind.SEEN)
    log(alice, movie).delete()
    assert movie not in Movie.objects.not_excluded_for(alice), "the mark was set by hand"


def test_cards_say_watched(alices_client: Client, alice: User, movie: Movie, log: Callable) -> None:
    log(alice, movie)
    assert '<span class="put-away">watched</span>' in alices_client.get("/movies/").content.decode()
    Rating.objects.rate(alice, movie, 4)
    assert "put-away" not in alices_client.get("/movies/").content.decode()


def test_queries_do_not_grow(
    alices_client: Client, alice: User, make_movie, django_assert_max_num_queries: Callable
) -> None:
    for n in range(30):
        Viewing.objects.log(alice, make_movie(f"Film {n}"), Period(2026, 1, n + 1))
    with django_assert_max_num_queries(8):
        alices_client.get(PAGE)
