"""The page of movies one is not interested in: look, bring back one, some or all."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating

PAGE, BACK = "/me/hidden/", "/me/hidden/bring-back/"


@pytest.fixture
def away(alice: User, make_movie: Callable[..., Movie]) -> list[Mark]:
    """Thirty; and a watchlist and marks as watched beside them."""
    for n in range(30):
        movie = make_movie(f"Film {n:02}", 1970 + n)
        for kind in Mark.Kind:
            Mark.objects.add(alice, movie, kind)
    return list(Mark.objects.filter(kind="not_interested").order_by("pk"))


def titles(answer: object) -> list[str]:
    return re.findall(r">(Film \d\d) \(", answer.content.decode())


def left(user: User) -> int:
    assert Mark.objects.filter(user=user, kind__in=["watchlist", "seen"]).count() == 60
    return Mark.objects.filter(user=user, kind="not_interested").count()


def test_it_works(alices_client: Client, away: list[Mark]) -> None:
    first, second = alices_client.get(PAGE), alices_client.get(f"{PAGE}?page=2")
    assert titles(first) + titles(second) == [f"Film {n:02}" for n in reversed(range(30))]
    assert b"30 movies." in first.content


def test_bring_back_one(alices_client: Client, alice: User, away: list[Mark]) -> None:
    # The button of one row means this row, whatever is ticked.
    data = {"only": away[0].pk, "marks": [away[1].pk, away[2].pk]}
    answer = alices_client.post(BACK, data)
    assert answer.url == PAGE
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
    assert "We may recommend 5 movies to you again." in answer.content.decode()
    assert left(alice) == 25


def test_bring_back_everything(alices_client: Client, alice: User, away: list[Mark]) -> None:
    alices_client.post(BACK, {"everything": "1"})
    assert left(alice) == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"marks": ["x"]},
        {"marks": ["-1", "1"]},
        {"marks": ["²"]},
        {"marks": "9" * 30},
        {"only": "abc"},
        {"only": "9" * 30},
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


def test_it_stays_though_the_movie_is_rated(
    alices_client: Client, alice: User, away: list[Mark], make_rating: Callable[..., Rating]
) -> None:
    make_rating(alice, away[29].movie, 4)
    assert "Film 29" in titles(alices_client.get(PAGE))


def test_a_new_member_reads_what_the_page_is_for(bobs_client: Client) -> None:
    assert b"keep it out of your recommendations" in bobs_client.get(PAGE).content
