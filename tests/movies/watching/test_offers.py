"""What TMDB says about services: stored by country, asked for weekly, erased when too old."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from movies.models import AvailabilityVersion, Movie, Offer, OfferFetch, Provider
from movies.tasks import fetch_offers
from movies.watching import offers
from tests.movies.outside.server import OtherSite
from tests.movies.watching.answers import answer

PATH = "/3/movie/949/watch/providers"


@pytest.fixture
def healthy(outside: OtherSite) -> OtherSite:
    outside.says(PATH, body=answer("tmdb_watch_providers"))
    return outside


def stored(movie: Movie) -> set[tuple[str, str, str]]:
    rows = Offer.objects.filter(movie=movie).values_list("country", "provider__name", "kind")
    return set(rows)


def make_due() -> None:
    OfferFetch.objects.update(due_at=timezone.now())


def test_it_works(healthy: OtherSite, heat: Movie) -> None:
    done = fetch_offers()
    assert (done["fetched"], done["changed"], done["stopped"]) == (1, 1, "")
    assert stored(heat) == {
        ("DE", "Netflix", "stream"),
        ("DE", "Disney Plus", "stream"),
        ("DE", "Freevee", "ads"),
        ("DE", "Apple TV", "rent"),
        ("DE", "Apple TV", "buy"),
        ("DE", "Google Play Movies", "buy"),
        ("US", "Netflix", "stream"),
    }
    due = OfferFetch.objects.get().due_at - timezone.now()
    assert timedelta(days=6) < due <= timedelta(days=7)
    healthy.asked.clear()
    fetch_offers()
    assert healthy.asked == []


def test_what_a_service_no_longer_shows_goes(healthy: OtherSite, heat: Movie) -> None:
    fetch_offers()
    version = AvailabilityVersion.current()
    make_due()
    assert fetch_offers()["changed"] == 0
    assert AvailabilityVersion.current() == version
    healthy.says(PATH, body=b'{"id": 949, "results": {}}')
    make_due()
    assert fetch_offers()["changed"] == 1
    assert stored(heat) == set()
    assert AvailabilityVersion.current() > version


def test_a_renamed_service(healthy: OtherSite, heat: Movie) -> None:
    fetch_offers()
    body = answer("tmdb_watch_providers").replace(b"Disney Plus", b"Disney+")
    healthy.says(PATH, body=body)
    make_due()
    fetch_offers()
    assert Provider.objects.get(pk=337).name == "Disney+"


def test_another_country_asks_again_at_once(healthy: OtherSite, heat: Movie, settings: Any) -> None:
    fetch_offers()
    settings.WATCHING_COUNTRIES = ["US", "JP"]
    fetch_offers()
    assert stored(heat) == {("US", "Netflix", "stream"), ("JP", "U-NEXT", "stream")}


def test_off_without_a_key(healthy: OtherSite, heat: Movie, settings: Any) -> None:
    settings.TMDB_KEY = ""
    assert fetch_offers()["stopped"] == "CFSITE_TMDB_KEY is not set"
    with pytest.raises(CommandError, match="CFSITE_TMDB_KEY"):
        call_command("fetch_offers")
    assert healthy.asked == []


def test_dead_or_nonsense_leaves_what_is_there(
    healthy: OtherSite, heat: Movie, make_movie: Callable[..., Movie]
) -> None:
    fetch_offers()
    before = stored(heat)
    for n in range(1, 6):
        make_movie(f"Film {n}", tmdb_id=n)
        healthy.says(f"/3/movie/{n}/watch/providers", 502)
    for status, body in ((502, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"results": 7}')):
        healthy.says(PATH, status, body)
        make_due()
        healthy.asked.clear()
        done = offers.fetch_due(100)
        assert done.failed == len(healthy.asked) == offers.MOST_FAILURES
        assert done.stopped
        assert stored(heat) == before
    assert OfferFetch.objects.get(movie=heat).problem == "We couldn’t read TMDB’s response."


def test_unknown_there_is_no_failure(outside: OtherSite, heat: Movie) -> None:
    done = offers.fetch_due(10)
    assert (done.unknown, done.failed, done.stopped) == (1, 0, "")
    assert OfferFetch.objects.get().problem == "TMDB doesn’t know this movie."


def test_asked_to_wait(outside: OtherSite, heat: Movie) -> None:
    outside.says(PATH, 429, Retry_After="120")
    assert offers.fetch_due(10).stopped == "TMDB asked us to slow down."
    assert offers.fetch_due(10).stopped == "TMDB asked us to slow down."
    assert len(outside.asked) == 1
    assert not OfferFetch.objects.exists()


def test_what_was_not_fetched_for_a_month_is_erased(
    healthy: OtherSite, heat: Movie, settings: Any
) -> None:
    fetch_offers()
    settings.TMDB_KEY = ""
    age = {29: 7, 31: 0}
    for days, left in age.items():
        OfferFetch.objects.update(fetched_at=timezone.now() - timedelta(days=days))
        fetch_offers()
        assert Offer.objects.count() == left


@pytest.mark.parametrize(
    "results",
    [
        None,
        [],
        {"DE": None},
        {"DE": {"flatrate": "x", "rent": [None, 3, {}]}},
        {"DE": {"flatrate": [{"provider_id": "8", "provider_name": "Netflix"}]}},
        {"DE": {"flatrate": [{"provider_id": 8, "provider_name": " \0 "}]}},
        {"DE": {"flatrate": [{"provider_id": 2**40, "provider_name": "Netflix"}]}},
    ],
)
def test_noise_is_no_offer(results: Any, settings: Any) -> None:
    settings.WATCHING_COUNTRIES = ["DE"]
    assert offers.offers_in({"results": results}).offers == set()
