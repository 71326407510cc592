"""The page of movies one has put away: look, choose by kind, bring back one, some or all."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating

PAGE, BACK = "/me/hidden/", "/me/hidden/bring-back/"


@pytest.fixture
def away(alice: User, make_movie: Callable[..., Movie]) -> list[Mark]:
    """Thirty: two of three not interesting, every third seen; and a watchlist beside them."""
    for n in range(30):
        movie = make_movie(f"Film {n:02}", 1970 + n)
        Mark.objects.add(alice, movie, "seen" if n % 3 == 0 else "not_interested")
        Mark.objects.add(alice, movie, "watchlist")
    return list(Mark.objects.filter(kind__in=Mark.HIDING_KINDS).order_by("pk"))


def titles(answer: object) -> list[str]:
    return re.findall(r">(Film \d\d) \(", answer.content.decode())


def left(user: User) -> int:
    assert Mark.objects.filter(user=user, kind="watchlist").count() == 30
    return Mark.objects.filter(user=user, kind__in=Mark.HIDING_KINDS).count()


def test_it_works(alices_client: Client, away: list[Mark]) -> None:
    first, second = alices_client.get(PAGE), alices_client.get(f"{PAGE}?page=2")
    assert titles(first) + titles(second) == [f"Film {n:02}" for n in reversed(range(30))]
    counts = re.findall(r'<span class="count">(\d+)<', first.content.decode())
    assert counts == ["30", "20", "10"]


def test_by_kind(alices_client: Client, away: list[Mark]) -> None:
    seen = alices_client.get(f"{PAGE}?kind=seen")
    assert titles(seen) == [f"Film {n:02}" for n in range(27, -1, -3)]
    assert re.search(r'kind=seen" aria-current="true"', seen.content.decode())
    for nonsense in ("x", "watchlist", "%00", ""):
        assert len(titles(alices_client.get(f"{PAGE}?kind={nonsense}"))) == 24


def test_bring_back_one(alices_client: Client, alice: User, away: list[Mark]) -> None:
    # The button of one row means this row, whatever is ticked.
    data = {"only": away[0].pk, "marks": [away[1].pk, away[2].pk], "kind": "seen"}
    answer = alices_client.post(BACK, data)
    assert answer.url == f"{PAGE}?kind=seen"
    assert left(alice) == 29
    assert not Mark.objects.filter(pk=away[0].pk).exists()


def test_one_that_was_brought_back_goes_away_again_in_one_step(
    alices_client: Client, alice: User, away: list[Mark]
) -> None:
    page = alices_client.post(BACK, {"only": away[5].pk}, follow=True).content.decode()
    action, sealed = re.search(
        r'action="(/me/marks/undo/)">.*?name="sealed" value="([^"]+)"', page, re.DOTALL
    ).groups()
    alices_client.post(action, {"sealed": sealed})
    assert left(alice) == 30
    again = Mark.objects.get(movie=away[5].movie, kind=away[5].kind)
    assert again.created_at == away[5].created_at
    several = alices_client.post(BACK, {"marks": [away[1].pk, away[2].pk]}, follow=True)
    assert b'name="sealed"' not in several.content


def test_bring_back_some(alices_client: Client, alice: User, away: list[Mark]) -> None:
    chosen = [mark.pk for mark in away[3:8]]
    answer = alices_client.post(BACK, {"marks": chosen}, follow=True)
    assert b"5 movies may be recommended to you again." in answer.content
    assert left(alice) == 25


@pytest.mark.parametrize(("kind", "stay"), [("", 0), ("seen", 20), ("not_interested", 10)])
def test_bring_back_everything_of_a_kind(
    alices_client: Client, alice: User, away: list[Mark], kind: str, stay: int
) -> None:
    alices_client.post(BACK, {"everything": "1", "kind": kind})
    assert left(alice) == stay


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "seen"},
        {"marks": ["x"]},
        {"marks": ["-1", "1"]},
        {"marks": ["²"]},
        {"marks": "9" * 30},
        {"only": "abc"},
        {"only": "9" * 30},
        {"kind": "watchlist", "everything": "1"},
        {"kind": "x", "everything": "1"},
    ],
)
def test_nonsense_brings_back_nothing_and_says_why(
    alices_client: Client, alice: User, away: list[Mark], data: dict[str, object]
) -> None:
    answer = alices_client.post(BACK, data, follow=True)
    assert b"message-error" in answer.content
    assert left(alice) == 30


def test_bob_cannot_bring_back_alices(
    bobs_client: Client, client: Client, alice: User, away: list[Mark]
) -> None:
    assert titles(bobs_client.get(PAGE)) == []
    for data in ({"marks": [mark.pk for mark in away]}, {"everything": "1"}):
        bobs_client.post(BACK, data)
        assert client.post(BACK, data).url.startswith("/accounts/login/")
    assert left(alice) == 30


def test_queries_do_not_grow(
    alices_client: Client, away: list[Mark], django_assert_max_num_queries: Callable
) -> None:
    with django_assert_max_num_queries(7) as many:
        alices_client.get(PAGE)
    Mark.objects.filter(pk__in=[mark.pk for mark in away[3:]]).delete()
    with django_assert_max_num_queries(7) as few:
        alices_client.get(PAGE)
    assert len(few) == len(many)


class TestRatedSince:
    """What was seen and is now rated is no longer "seen, not rated"."""

    def test_it_is_not_listed(
        self,
        alices_client: Client,
        alice: User,
        away: list[Mark],
        make_rating: Callable[..., Rating],
    ) -> None:
        make_rating(alice, away[0].movie, 4)
        make_rating(alice, away[1].movie, 4)
        page = alices_client.get(PAGE)
        counts = re.findall(r'<span class="count">(\d+)<', page.content.decode())
        assert counts == ["29", "20", "9"]
        assert "Film 00" not in titles(alices_client.get(f"{PAGE}?kind=seen"))
        # "Not interested" is still true of a rated movie.
        assert "Film 01" in titles(alices_client.get(f"{PAGE}?page=2"))

    def test_bringing_everything_back_leaves_what_is_not_listed(
        self,
        alices_client: Client,
        alice: User,
        away: list[Mark],
        make_rating: Callable[..., Rating],
    ) -> None:
        rating = make_rating(alice, away[0].movie, 4)
        alices_client.post(BACK, {"everything": "1", "kind": ""})
        assert left(alice) == 1
        rating.delete()
        assert titles(alices_client.get(PAGE)) == ["Film 00"]

    def test_its_card_says_the_stars_alone(
        self,
        alices_client: Client,
        alice: User,
        away: list[Mark],
        make_rating: Callable[..., Rating],
    ) -> None:
        Mark.objects.exclude(pk=away[0].pk).delete()
        assert "put-away" in alices_client.get("/movies/").content.decode()
        make_rating(alice, away[0].movie, 4)
        assert "put-away" not in alices_client.get("/movies/").content.decode()
