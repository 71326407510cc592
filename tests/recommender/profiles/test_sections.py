"""A profile shows what its owner chose to show."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User, set_profile
from movies import published_figures
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, Rating
from movies.search import index as catalogue_index
from tests.recommender.profiles.conftest import ALL, PAGE, SETTINGS, body, text_of


def test_it_works(alices_client: Client, client: Client, history: list[Movie]) -> None:
    answer = alices_client.post(
        SETTINGS,
        body(display_name="Alice A.", bio="I like <b>it</b>\nhttp://x.org", **ALL),
        follow=True,
    )
    assert "Profile saved." in text_of(answer)
    page = text_of(client.get(PAGE))
    for shown in ("<bdi>Alice A.</bdi>", "Alice A. gave 5 stars", "Story 2", "Open"):
        assert shown in page
    assert b"&lt;b&gt;it&lt;/b&gt;<br>http://x.org" in client.get(PAGE).content


@pytest.mark.parametrize(
    ("part", "sign"),
    [
        ("shows_ratings", "alice gave 5 stars"),
        ("shows_lists", ">Open<"),
        ("shows_watchlist", ">Story 2<"),
    ],
)
def test_each_is_chosen_by_itself(
    client: Client, alice: User, history: list[Movie], part: str, sign: str
) -> None:
    none = dict.fromkeys(ALL, False)
    set_profile(alice, level="public", **none)
    assert sign not in text_of(client.get(PAGE))
    set_profile(alice, **(none | {part: True}))
    assert sign in text_of(client.get(PAGE))
    set_profile(alice, **(ALL | {part: False}))
    assert sign not in text_of(client.get(PAGE))


def test_all_public_lists_of_one_person(
    client: Client, bob: User, alice: User, history: list[Movie]
) -> None:
    entries.add(lifecycle.create(bob, "Bobs", visibility="public"), history[5])
    url = "/lists/?by=ALICE"
    assert client.get(url).status_code == 404
    set_profile(alice, level="public", **ALL)
    page = text_of(client.get(url))
    assert [name in page for name in ("Open", "Bobs", "Mine", "Shared")] == [
        *(True, False, False, False),
    ]
    set_profile(alice, shows_lists=False)
    for asked in (url, "/lists/?by=", "/lists/?by=%00", "/lists/?by=nobody"):
        assert client.get(asked).status_code == 404, asked


def test_what_was_put_away_and_other_lists_never_show(
    client: Client, bobs_client: Client, alice: User, history: list[Movie]
) -> None:
    set_profile(alice, level="public", **ALL)
    for someone in (client, bobs_client):
        page = text_of(someone.get(PAGE))
        for hidden in ("Story 3", "Mine", "Shared", '<span class="put-away">'):
            assert hidden not in page, hidden


def test_the_kinds_of_movies(
    client: Client,
    alice: User,
    make_user: Callable[..., User],
    make_movie: Callable[..., Movie],
) -> None:
    raters = [make_user(f"rater{n}") for n in range(6)]
    genres = ["Horror", "Drama", "Horror", "Drama|War"]
    movies = [make_movie(f"M {n}", genres=genres[n % 4]) for n in range(12)]
    for n, movie in enumerate(movies):
        Rating.objects.rate(alice, movie, 5 if n % 2 else 1)
        for rater in raters:
            Rating.objects.rate(rater, movie, 3)
    published_figures.publish_due()
    set_profile(alice, level="public", shows_taste=True)

    def kinds() -> list[str]:
        return re.findall(
            r"<a [^>]*>(.*?)</a>\s*<span>(\d+) rated",
            text_of(client.get(PAGE)).split('class="profile-kinds"')[1].split("</ul>")[0],
        )

    assert kinds() == [("Drama", "6"), ("War", "3")]
    # The movie is in the catalogue no more.
    Movie.objects.filter(pk=movies[1].pk).retire()
    assert kinds() == [("Drama", "5"), ("War", "3")]


def test_the_stars_of_the_viewer_are_on_the_cards(
    bobs_client: Client, alice: User, bob: User, history: list[Movie]
) -> None:
    set_profile(alice, level="public", **ALL)
    Rating.objects.rate(bob, history[0], 3)
    page = text_of(bobs_client.get(PAGE))
    assert "you gave 3 stars" in page
    assert "alice gave 5 stars" in page


def test_queries_do_not_grow(
    bobs_client: Client, alice: User, bob: User, make_movie: Callable[..., Movie]
) -> None:
    set_profile(alice, level="public", **ALL)
    set_profile(bob, level="public", shows_ratings=True)

    def add(n: int) -> None:
        movie = make_movie(f"Movie {n}", genres="Drama")
        for user in (alice, bob):
            Rating.objects.rate(user, movie, 1 + n % 5)
        Mark.objects.add(alice, make_movie(f"Wanted {n}"), "watchlist")
        entries.add(lifecycle.create(alice, f"List {n}", visibility="public"), movie)

    def asked() -> int:
        catalogue_index.current()  # every process has it, not just for this page
        with CaptureQueriesContext(connection) as captured:
            text_of(bobs_client.get(PAGE))
        return len(captured)

    for n in range(10):
        add(n)
    before = asked()
    for n in range(10, 30):
        add(n)
    assert asked() == before
    assert before <= 8
