"""Tests of the rating form, with and without htmx."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from movies.models import Movie, Rating

MakeMovie = Callable[..., Movie]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def movie(make_movie: MakeMovie) -> Movie:
    return make_movie()


def url(movie: Movie) -> str:
    return reverse("movies:rate", args=[movie.pk])


def stars_of(user: User) -> list[float]:
    return [rating.stars for rating in Rating.objects.of(user)]


def test_it_works(alices_client: Client, alice: User, movie: Movie) -> None:
    answer = alices_client.post(url(movie), {"stars": "4.5", "next": "/movies/"}, follow=True)
    assert answer.redirect_chain == [("/movies/", 302)]
    assert stars_of(alice) == [4.5]
    assert b"4.5 stars" in answer.content


def test_htmx_gets_a_status_line_with_the_stored_rating(
    alices_client: Client, alice: User, movie: Movie
) -> None:
    answer = alices_client.post(url(movie), {"stars": "3"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer["X-Stars"] == "3.0"
    assert b"<html" not in answer.content
    assert b"Saved" in answer.content


def test_a_second_rating_changes_the_first(
    alices_client: Client, alice: User, movie: Movie
) -> None:
    for stars in ("4", "2"):
        alices_client.post(url(movie), {"stars": stars})
    assert stars_of(alice) == [2]


def test_it_removes(alices_client: Client, alice: User, movie: Movie) -> None:
    alices_client.post(url(movie), {"stars": "4"})
    answer = alices_client.post(url(movie), {"remove": "1"}, headers=HTMX)
    assert answer["X-Stars"] == ""
    assert stars_of(alice) == []


@pytest.mark.parametrize("stars", ["0", "5.5", "3.3", "nan", "1e0", "", "４", "true", "\x00", "-1"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_invalid_rating_is_rejected_and_the_old_one_kept(
    alices_client: Client, alice: User, movie: Movie, stars: str, headers: dict
) -> None:
    alices_client.post(url(movie), {"stars": "4"})
    answer = alices_client.post(url(movie), {"stars": stars}, headers=headers)
    assert answer.status_code == (422 if headers else 302)
    if headers:
        assert answer["X-Stars"] == "4.0"
    assert stars_of(alice) == [4]


def test_visitors_log_in_and_come_back_to_the_page(client: Client, movie: Movie) -> None:
    answer = client.post(url(movie), {"stars": "4", "next": "/movies/"})
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/movies/"
    answer = client.post(url(movie), {"stars": "4", "next": "/movies/"}, headers=HTMX)
    assert answer["HX-Redirect"] == "/accounts/login/?next=/movies/"
    assert not Rating.objects.exists()


def test_without_scripts_a_page_rates_and_leads_back_to_the_wall(
    alices_client: Client, alice: User, movie: Movie
) -> None:
    Rating.objects.rate(alice, movie, 2)
    wall = "http://testserver/movies/?q=a&page=2"
    page = alices_client.get(f"{url(movie)}?predicted=1", headers={"Referer": wall})
    html = page.content.decode()
    assert 'name="next" value="/movies/?q=a&amp;page=2"' in html
    assert 'name="prediction_shown"' in html
    assert re.findall(r'value="([\d.]+)" checked', html) == ["2.0"]
    for foreign in ("https://example.com/movies/", "", "//example.com/"):
        page = alices_client.get(url(movie), headers={"Referer": foreign})
        assert f'name="next" value="{movie.get_absolute_url()}"' in page.content.decode()
        assert b"prediction_shown" not in page.content


def test_only_members_get_the_page(client: Client, movie: Movie) -> None:
    assert client.get(url(movie)).url == f"/accounts/login/?next=/movies/{movie.pk}/rate/"


def test_an_unknown_movie_is_not_found(alices_client: Client) -> None:
    assert alices_client.post("/movies/12345/rate/", {"stars": "4"}).status_code == 404
    assert alices_client.post(f"/movies/{10**20}/rate/", {"stars": "4"}).status_code == 404


def test_a_form_without_a_csrf_token_is_refused(alice: User, movie: Movie) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(url(movie), {"stars": "4"}).status_code == 403
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]
)
def test_it_redirects_to_no_other_site(alices_client: Client, movie: Movie, target: str) -> None:
    answer = alices_client.post(url(movie), {"stars": "4", "next": target})
    assert answer.url == movie.get_absolute_url()


def test_it_records_whether_a_prediction_was_visible(
    alices_client: Client, alice: User, movie: Movie
) -> None:
    alices_client.post(url(movie), {"stars": "4", "prediction_shown": "1"})
    assert Rating.objects.get().prediction_shown
    alices_client.post(url(movie), {"stars": "3"})
    assert not Rating.objects.get().prediction_shown


class TestUndo:
    """Undo with the seal from the response."""

    def sealed(self, client: Client, movie: Movie, data: dict) -> str:
        content = client.post(url(movie), data, headers=HTMX).content.decode()
        return re.search(r'name="sealed" value="([^"]+)"', content)[1]

    def test_it_works_after_removal(self, alices_client: Client, alice: User, movie: Movie) -> None:
        alices_client.post(url(movie), {"stars": "4.5"})
        before = Rating.objects.get()
        sealed = self.sealed(alices_client, movie, {"remove": "1"})
        assert not Rating.objects.exists()
        answer = alices_client.post(reverse("movies:undo"), {"sealed": sealed}, headers=HTMX)
        assert answer["X-Stars"] == "4.5"
        after = Rating.objects.get()
        assert (after.stars, after.rated_at) == (before.stars, before.rated_at)

    def test_it_works_after_a_change_without_javascript(
        self, alices_client: Client, alice: User, movie: Movie
    ) -> None:
        alices_client.post(url(movie), {"stars": "4.5"})
        page = alices_client.post(url(movie), {"stars": "1"}, follow=True).content.decode()
        # Both messages have an undo button; the later one restores the first rating.
        sealed = re.findall(r'name="sealed" value="([^"]+)"', page)
        alices_client.post(reverse("movies:undo"), {"sealed": sealed[-1], "next": "/me/ratings/"})
        assert stars_of(alice) == [4.5]
        alices_client.post(reverse("movies:undo"), {"sealed": sealed[0]})
        assert stars_of(alice) == []

    def test_it_removes_a_first_rating(
        self, alices_client: Client, alice: User, movie: Movie
    ) -> None:
        sealed = self.sealed(alices_client, movie, {"stars": "3"})
        answer = alices_client.post(reverse("movies:undo"), {"sealed": sealed}, headers=HTMX)
        assert answer["X-Stars"] == ""
        assert stars_of(alice) == []
        # Undo itself cannot be undone.
        assert b'name="sealed"' not in answer.content

    def test_a_newer_rating_stays(self, alices_client: Client, alice: User, movie: Movie) -> None:
        first = self.sealed(alices_client, movie, {"stars": "4.5"})
        second = self.sealed(alices_client, movie, {"stars": "4"})
        alices_client.post(url(movie), {"stars": "1"})
        for sealed in (first, second):
            answer = alices_client.post(reverse("movies:undo"), {"sealed": sealed}, headers=HTMX)
            assert answer.status_code == 404
            assert stars_of(alice) == [1]

    def test_bob_cannot_use_alices_seal(
        self, alices_client: Client, bobs_client: Client, movie: Movie
    ) -> None:
        alices_client.post(url(movie), {"stars": "4.5"})
        sealed = self.sealed(alices_client, movie, {"remove": "1"})
        answer = bobs_client.post(reverse("movies:undo"), {"sealed": sealed})
        assert answer.status_code == 404
        assert not Rating.objects.exists()

    @pytest.mark.parametrize("sealed", ["", "x", "a:b:c", "\ud800"])
    def test_an_invalid_seal_is_not_found(self, alices_client: Client, sealed: str) -> None:
        data = {"sealed": sealed.encode("utf-8", "replace")}
        assert alices_client.post(reverse("movies:undo"), data).status_code == 404


def test_a_rating_changes_nobody_elses(
    alices_client: Client, bobs_client: Client, alice: User, bob: User, movie: Movie
) -> None:
    alices_client.post(url(movie), {"stars": "4", "user": bob.pk})
    bobs_client.post(url(movie), {"stars": "1", "user": alice.pk, "user_id": alice.pk})
    bobs_client.post(url(movie), {"remove": "1", "user": alice.pk})
    assert stars_of(alice) == [4]
    assert stars_of(bob) == []
