"""Adding, editing and deleting viewings, with and without scripts."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import EarlierRating, Movie, Rating, Viewing

HTMX = {"HX-Request": "true", "HX-Target": "toast"}
FULL = {"day": "5", "month": "3", "year": "2026", "note": "Bien.", "tags": "cinema, with Bob"}


def add_url(movie: Movie) -> str:
    return f"/movies/{movie.pk}/diary/"


class TestTheSecondStepAfterARating:
    def test_it_works(self, alices_client: Client, alice: User, movie: Movie) -> None:
        rate = alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": "4"}, headers=HTMX)
        form = rate.content.decode()
        today = timezone.localdate().isoformat()
        assert f'name="on" value="{today}"' in form
        answer = alices_client.post(add_url(movie), {"on": today}, headers=HTMX)
        viewing = Viewing.objects.get()
        assert (viewing.user, viewing.movie, str(viewing.watched)) == (alice, movie, today)
        assert not viewing.is_rewatch
        assert b"In your diary" in answer.content
        assert f'id="diary-{movie.pk}"'.encode() in answer.content
        undo = re.search(r'hx-post="(/me/diary/\d+/delete/)"', answer.content.decode())[1]
        assert b"Removed from your diary." in alices_client.post(undo, headers=HTMX).content
        assert not Viewing.objects.exists()

    def test_it_costs_the_rating_no_query(
        self, alices_client: Client, movie: Movie, django_assert_num_queries: Callable
    ) -> None:
        with django_assert_num_queries(5):  # session, user, movie, rating before, rating
            alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": "4"}, headers=HTMX)

    def test_twice_the_same_day_adds_it_once(self, alices_client: Client, movie: Movie) -> None:
        for _ in range(2):
            answer = alices_client.post(add_url(movie), {"on": "2026-03-05"}, headers=HTMX)
        assert Viewing.objects.count() == 1
        assert b"Undo" not in answer.content
        alices_client.post(add_url(movie), {"on": "2026-03-06"}, headers=HTMX)
        assert [one.is_rewatch for one in Viewing.objects.order_by("pk")] == [False, True]

    @pytest.mark.parametrize("on", ["", "x", "2026-02-30", "1899-01-01", "9999-12-31", "2026-03"])
    def test_a_wrong_date_is_refused(self, alices_client: Client, movie: Movie, on: str) -> None:
        answer = alices_client.post(add_url(movie), {"on": on}, headers=HTMX)
        assert answer.status_code == 422
        assert b'class="problem"' in answer.content
        assert (
            b"message-error" in alices_client.post(add_url(movie), {"on": on}, follow=True).content
        )
        assert not Viewing.objects.exists()

    def test_without_scripts_it_returns_to_the_movie(
        self, alices_client: Client, movie: Movie
    ) -> None:
        page = alices_client.post(add_url(movie), {"on": "2026-03-05"}, follow=True)
        assert page.redirect_chain == [(movie.get_absolute_url(), 302)]
        assert "Added to your diary: Amélie (March 5, 2026)." in page.content.decode()

    def test_marked_as_watched_offers_it_too(self, alices_client: Client, movie: Movie) -> None:
        url, asked = f"/movies/{movie.pk}/mark/", {"kind": "seen", "on": "1"}
        assert add_url(movie).encode() in alices_client.post(url, asked, headers=HTMX).content


class TestTheForm:
    @pytest.mark.parametrize(
        ("fields", "watched"),
        [
            ({}, "2026-03-05"),
            ({"day": ""}, "2026-03"),
            ({"day": "", "month": ""}, "2026"),
            ({"day": "", "month": "", "year": ""}, ""),
        ],
    )
    def test_a_date_as_far_as_it_is_known(
        self, alices_client: Client, movie: Movie, fields: dict, watched: str
    ) -> None:
        answer = alices_client.post(add_url(movie), FULL | fields)
        assert answer.url == movie.get_absolute_url()
        viewing = Viewing.objects.get()
        assert str(viewing.watched or "") == watched
        assert (viewing.note, viewing.tag_names) == ("Bien.", ["cinema", "with Bob"])

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            ({"month": ""}, "Enter the month as well."),
            ({"year": ""}, "Enter the year as well."),
            ({"day": "31", "month": "2"}, "This date doesn’t exist."),
            ({"day": "32"}, "less than or equal to 31"),
            ({"year": "1899"}, "greater than or equal to 1900"),
            ({"year": "9000"}, "This date is in the future."),
            ({"month": "13"}, "Select a valid choice"),
            ({"tags": "x" * 61}, "A tag can have at most 60 characters."),
            ({"note": "x" * 10_001}, "at most 10000 characters"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(
        self, alices_client: Client, movie: Movie, fields: dict, problem: str
    ) -> None:
        answer = alices_client.post(add_url(movie), FULL | {"note": "Mine."} | fields)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert problem in text
        assert (fields.get("note") or "Mine.") in text
        assert not Viewing.objects.exists()

    def test_line_ends_of_browsers_do_not_count_twice(
        self, alices_client: Client, movie: Movie
    ) -> None:
        alices_client.post(add_url(movie), FULL | {"note": "x\r\n" * 4999 + "xx"})
        assert Viewing.objects.get().note == "x\n" * 4999 + "xx"

    def test_tomorrow_is_today_elsewhere(self, alices_client: Client, movie: Movie) -> None:
        for days, n in ((1, 1), (2, 1)):
            on: date = timezone.localdate() + timedelta(days=days)
            alices_client.post(add_url(movie), {"on": on.isoformat()})
            assert Viewing.objects.count() == n


def test_edit(alices_client: Client, alice: User, movie: Movie, log: Callable) -> None:
    viewing = log(alice, movie, "2026-03", note="Before <b>.", tags=["a", "b"])
    url = f"/me/diary/{viewing.pk}/"
    page = alices_client.get(url).content.decode()
    assert "Before &lt;b&gt;." in page
    assert 'value="a, b"' in page
    answer = alices_client.post(url, {"year": "2019", "note": "After.", "is_rewatch": "on"})
    assert answer.url == "/me/diary/"
    viewing = Viewing.objects.get()
    assert (str(viewing.watched), viewing.note, viewing.tag_names) == ("2019", "After.", [])
    assert viewing.is_rewatch
    assert alices_client.post(url, {"day": "1"}).status_code == 422
    assert str(Viewing.objects.get().watched) == "2019"


def test_delete_asks_first(alices_client: Client, alice: User, movie: Movie, log) -> None:
    url = f"/me/diary/{log(alice, movie, '2026').pk}/delete/"
    assert "This can’t be undone." in alices_client.get(url).content.decode()
    assert Viewing.objects.exists()
    page = alices_client.post(url, follow=True)
    assert "Removed from your diary: Amélie (2026)." in page.content.decode()
    assert not Viewing.objects.exists()


def test_bob_cannot_read_change_or_delete_alices(
    bobs_client: Client, client: Client, alice: User, movie: Movie, log: Callable
) -> None:
    viewing = log(alice, movie, "2026", note="secret")
    for url in (f"/me/diary/{viewing.pk}/", f"/me/diary/{viewing.pk}/delete/"):
        assert bobs_client.get(url).status_code == 404
        assert bobs_client.post(url, FULL).status_code == 404
        assert client.post(url, FULL).url.startswith("/accounts/login/")
    for url in (add_url(movie), movie.get_absolute_url(), "/me/diary/", "/me/watched/"):
        assert b"secret" not in bobs_client.get(url).content
    assert Viewing.objects.get() == viewing


def test_the_movie_page_says_when_it_was_watched_and_rated(
    alices_client: Client, bobs_client: Client, alice: User, movie: Movie, log: Callable
) -> None:
    for year in range(2010, 2017):
        log(alice, movie, str(year))
    log(alice, movie, "2026-03-05", is_rewatch=True)
    Rating.objects.rate(alice, movie, 4)
    EarlierRating.objects.create(
        user=alice,
        movie=movie,
        half_stars=3,
        rated_at=timezone.now() - timedelta(days=500),
        replaced_at=timezone.now(),
    )
    text = " ".join(alices_client.get(movie.get_absolute_url()).content.decode().split())
    assert ">March 5, 2026</a> (rewatch)" in text
    assert "3 more" in text
    assert "Your earlier ratings: 1.5 stars" in text
    assert 'value="seen"' not in text.partition("diary-box")[0], "no mark is needed"
    assert b"(rewatch)" not in bobs_client.get(movie.get_absolute_url()).content
    whole = alices_client.get(add_url(movie)).content.decode()
    assert whole.count('href="/me/diary/') >= 8
    assert "1.5 stars" in whole
