"""Marks set and taken away wherever a movie stands, with a way back, with and without scripts."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie

UNDO = "/me/marks/undo/"
# As rating in place asks.
IN_PLACE = {"HX-Request": "true", "HX-Target": "toast"}


@pytest.fixture
def movie(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Cats & Dogs", 2001)


def url_of(movie: Movie) -> str:
    return f"/movies/{movie.pk}/mark/"


def seal_in(answer: Any) -> str:
    return re.search(r'name="sealed" value="([^"]+)"', answer.content.decode())[1]


def said_in(answer: Any) -> str:
    return html.unescape(answer.content.decode())


class TestWithoutScripts:
    def test_a_mark_says_what_it_does_and_can_be_undone(
        self, alices_client: Client, alice: User, movie: Movie
    ) -> None:
        asked = {"kind": "seen", "on": "1", "next": "/movies/"}
        page = alices_client.post(url_of(movie), asked, follow=True)
        assert page.redirect_chain == [("/movies/", 302)]
        assert "Marked as watched: Cats & Dogs." in said_in(page)
        assert f'action="{UNDO}"' in said_in(page)
        page = alices_client.post(UNDO, {"sealed": seal_in(page)}, follow=True)
        assert "We may recommend Cats & Dogs to you again." in said_in(page)
        assert 'name="sealed"' not in said_in(page), "undoing an undo is one click on the mark"
        assert not Mark.objects.exists()

    def test_a_card_takes_its_mark_away(
        self, alices_client: Client, alice: User, movie: Movie
    ) -> None:
        Mark.objects.add(alice, movie, "not_interested")
        page = alices_client.get("/movies/").content.decode()
        assert re.search(r'<form id="marks" method="post"><input [^>]*csrf', page)
        button = re.search(r'<button class="put-away" ([^>]+)>not interested</button>', page)[1]
        assert f'form="marks" formaction="{url_of(movie)}"' in button
        name, value = re.search(r'name="(\w+)" value="(\w+)"', button).groups()
        alices_client.post(url_of(movie), {name: value, "next": "/movies/"})
        assert not Mark.objects.exists()
        assert b'class="put-away"' not in alices_client.get("/movies/").content

    def test_undo_keeps_the_place_on_the_watchlist(
        self, alices_client: Client, alice: User, movie: Movie
    ) -> None:
        Mark.objects.add(alice, movie, "watchlist")
        since = Mark.objects.get().created_at
        page = alices_client.post(url_of(movie), {"kind": "watchlist"}, follow=True)
        assert not Mark.objects.exists()
        alices_client.post(UNDO, {"sealed": seal_in(page)})
        assert Mark.objects.get().created_at == since


class TestInPlace:
    def test_the_answer_says_it_and_offers_the_way_back(
        self, alices_client: Client, movie: Movie
    ) -> None:
        for kind, words in (
            ("seen", "Marked as watched: Cats & Dogs."),
            ("watchlist", "Added Cats & Dogs to your watchlist."),
            ("not_interested", "Not interested: we won’t recommend Cats & Dogs to you."),
        ):
            asked = {"kind": kind, "on": "1"}
            answer = alices_client.post(url_of(movie), asked, headers=IN_PLACE)
            assert words in said_in(answer)
            assert "<html" not in said_in(answer)
            back = alices_client.post(UNDO, {"sealed": seal_in(answer)}, headers=IN_PLACE)
            assert back.status_code == 200
            assert not Mark.objects.exists()

    def test_what_is_set_already_can_be_taken_back(
        self, alices_client: Client, alice: User, movie: Movie
    ) -> None:
        Mark.objects.add(alice, movie, "watchlist")
        asked = {"kind": "watchlist", "on": "1"}
        answer = said_in(alices_client.post(url_of(movie), asked, headers=IN_PLACE))
        assert "sealed" not in answer
        assert f'hx-post="{url_of(movie)}"' in answer
        assert re.search(r'name="kind" value="watchlist">Undo<', answer)

    def test_the_marks_of_a_movies_page_still_come_as_buttons(
        self, alices_client: Client, movie: Movie
    ) -> None:
        headers = {"HX-Request": "true"}
        answer = alices_client.post(url_of(movie), {"kind": "seen", "on": "1"}, headers=headers)
        assert answer.content.count(b"aria-pressed") == 3


@pytest.mark.parametrize("spoil", ["", "x", "mark.x", "é"])
def test_a_seal_that_is_none_is_refused(alices_client: Client, spoil: str) -> None:
    assert alices_client.post(UNDO, {"sealed": spoil}).status_code == 404


def test_strangers_undo_nothing(
    alices_client: Client, bobs_client: Client, client: Client, alice: User, movie: Movie
) -> None:
    Mark.objects.add(alice, movie, "seen")
    answer = alices_client.post(url_of(movie), {"kind": "seen"}, headers=IN_PLACE)
    sealed = {"sealed": seal_in(answer)}
    assert bobs_client.post(UNDO, sealed).status_code == 404
    assert client.post(UNDO, sealed).url.startswith("/accounts/login/")
    assert alices_client.get(UNDO).status_code == 405
    assert not Mark.objects.exists()


def test_nothing_comes_back_for_a_movie_that_is_gone(
    alices_client: Client, alice: User, movie: Movie
) -> None:
    Mark.objects.add(alice, movie, "seen")
    sealed = seal_in(alices_client.post(url_of(movie), {"kind": "seen"}, headers=IN_PLACE))
    movie.delete()
    assert alices_client.post(UNDO, {"sealed": sealed}).status_code == 404
