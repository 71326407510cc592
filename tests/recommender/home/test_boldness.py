"""The control from well known to off the beaten track: on the page, in the API, in the lists."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Boldness, User
from movies.models import Mark, Movie, Rating
from recommender.models import TrainingRun
from recommender.serving import recommend
from recommender.serving.predictions import predict
from tests.api.problems import wrong

URL = "/me/boldness/"
ME = "/api/v1/me/"
HTMX = {"HX-Request": "true"}


def ids(user: User) -> list[int]:
    return [item.movie_id for item in recommend.recommend(user, n=40).items]


def stop_of(user: User) -> int:
    user.refresh_from_db()
    return user.boldness


def chosen(content: bytes) -> list[str]:
    return re.findall(r'name="boldness"[^>]*value="(-?\d)" checked', content.decode())


def test_it_works(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    page = alices_client.get("/")
    assert chosen(page.content) == ["0"]
    assert page.content.count(b'name="boldness"') == 5

    answer = alices_client.post(URL, {"boldness": "2"})
    assert answer.url == "/#boldness"
    page = alices_client.get("/")
    assert b"Your picks are now: Off the beaten track." in page.content
    assert chosen(page.content) == ["2"]
    assert stop_of(even_fan) == Boldness.OFF_THE_TRACK


def test_the_list_follows_at_once(fitted: TrainingRun, even_fan: User) -> None:
    lists = []
    for stop in Boldness.values:
        even_fan.prefer(boldness=stop)
        lists.append(ids(even_fan))
    assert len({tuple(listed) for listed in lists}) > 1
    assert all(set(listed) == set(lists[0]) for listed in lists), "an order, not a filter"


def test_htmx_gets_the_list_and_a_word_for_who_cannot_see_it(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    answer = alices_client.post(URL, {"boldness": "-2"}, headers=HTMX)
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    assert answer.content.startswith(b'<div id="picks">')
    assert b"Your picks are now: Best known." in answer.content


@pytest.mark.parametrize("value", ["3", "-3", "", "x", "1.5", "0x1", "9" * 400])
def test_another_stop_is_refused(
    fitted: TrainingRun, even_fan: User, alices_client: Client, value: str
) -> None:
    even_fan.prefer(boldness=1)
    fragment = alices_client.post(URL, {"boldness": value}, headers=HTMX)
    assert fragment.status_code == 422
    assert b'class="problem"' in fragment.content
    page = alices_client.post(URL, {"boldness": value}, follow=True)
    assert b"message-error" in page.content
    assert chosen(page.content) == ["1"]
    assert stop_of(even_fan) == 1


@pytest.mark.parametrize("value", [3, -3, None, "x", 1.5, True, [], {}])
def test_the_api_refuses_it_too(alices_client: Client, alice: User, value: object) -> None:
    answer = alices_client.patch(ME, {"boldness": value}, content_type="application/json")
    assert answer.status_code == 400
    assert list(wrong(answer)) == ["boldness"]
    assert stop_of(alice) == 0


def test_the_api_changes_it_and_leaves_the_rest(alices_client: Client, alice: User) -> None:
    more = {"username": "mallory", "email": "x@y.z", "n_ratings": 9, "is_staff": True}
    refused = alices_client.patch(ME, {"boldness": 2, **more}, content_type="application/json")
    assert wrong(refused) == dict.fromkeys(more, "unknown_field")
    assert stop_of(alice) == 0
    answer = alices_client.patch(ME, {"boldness": 2}, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json() == alices_client.get(ME).json()
    assert answer.json()["boldness"] == 2
    alice.refresh_from_db()
    assert (alice.username, alice.email, alice.is_staff) == ("alice", "alice@example.org", False)


def test_the_database_knows_five_stops(alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=alice.pk).update(boldness=3)


def test_only_preferences_are_preferred(alice: User) -> None:
    with pytest.raises(ValueError, match="is_staff"):
        alice.prefer(is_staff=True)


def test_a_visitor_logs_in_first(client: Client, db: None) -> None:
    assert client.post(URL, {"boldness": "1"}).url.startswith("/accounts/login/")
    assert client.get(URL).status_code == 405
    assert client.patch(ME, {"boldness": 1}, content_type="application/json").status_code == 401


def test_bobs_stop_is_not_alices(
    fitted: TrainingRun, even_fan: User, bob: User, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    before = ids(even_fan)
    bobs_client.post(URL, {"boldness": "2"})
    assert stop_of(even_fan) == 0
    assert ids(even_fan) == before


class TestWatchlist:
    """Whether what is on the watchlist comes back in lists."""

    def test_it_can_be_kept_out(self, fitted: TrainingRun, even_fan: User) -> None:
        first, *others = ids(even_fan)
        Mark.objects.add(even_fan, Movie.objects.get(pk=first), Mark.Kind.WATCHLIST)
        assert ids(even_fan) == [first, *others]
        even_fan.prefer(watchlist_in_lists=False)
        assert ids(even_fan) == others
        shown = Movie.objects.not_excluded_for(even_fan).values_list("pk", flat=True)
        assert first not in shown

    def test_its_page_says_the_stars(
        self, fitted: TrainingRun, even_fan: User, alices_client: Client
    ) -> None:
        """With what we think one would give, or what one gave."""
        older, newer = Movie.objects.filter(pk__in=ids(even_fan)[:2])
        for movie in (older, newer):
            Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
        Mark.objects.filter(movie=older).update(created_at="2020-01-01T00:00Z")
        Rating.objects.rate(even_fan, older, 4.5)
        page = alices_client.get("/me/watchlist/?order=added").content.decode()
        first, second = page.split('<li class="movie">')[1:]
        stars = predict(even_fan, [newer.pk])[newer.pk]
        assert newer.title in first
        assert f"predicted: {round(2 * stars) / 2:.1f} stars" in first
        assert "you gave 4.5 stars" in second

    def test_through_the_api(self, alices_client: Client, alice: User) -> None:
        answer = alices_client.patch(
            ME, {"watchlist_in_lists": False}, content_type="application/json"
        )
        assert answer.json()["watchlist_in_lists"] is False
        alice.refresh_from_db()
        assert (alice.watchlist_in_lists, alice.trains_model) == (False, True)
