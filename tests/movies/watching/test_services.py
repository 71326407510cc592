"""A member's country and services: the page, the API, the export, the erasure."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.account_deletion import erase
from accounts.models import User
from movies.models import Movie, Provider
from movies.watching import choices
from tests.movies.watching.known import APPLE, MUBI, NETFLIX, offer, watches_on

PAGE, API = "/me/services/", "/api/v1/me/services/"


@pytest.fixture(autouse=True)
def known(make_movie: Callable[..., Movie], settings: Any) -> None:
    settings.WATCHING_COUNTRIES = ["US", "DE"]
    first, second = make_movie("One"), make_movie("Two")
    offer(first, MUBI)
    offer(second, MUBI)
    offer(first, NETFLIX)
    offer(first, APPLE, "rent")
    offer(first, NETFLIX, country="DE")


def test_it_works(alices_client: Client, alice: User) -> None:
    page = alices_client.get(PAGE)
    assert [one.name for one, _on in page.context["offered"]] == ["MUBI", "Netflix"]
    answer = alices_client.post(PAGE, {"country": "US", "services": [str(MUBI)]}, follow=True)
    assert "Your services are saved." in answer.content.decode()
    alice.refresh_from_db()
    assert choices.choice_of(alice) == choices.Choice("US", frozenset([MUBI]))
    assert [one.name for one, on in answer.context["offered"] if on] == ["MUBI"]
    alices_client.post(PAGE, {"country": "US"})
    alice.refresh_from_db()
    assert choices.choice_of(alice).services == frozenset()


def test_another_country_shows_its_services_first(alices_client: Client, alice: User) -> None:
    page = alices_client.get(PAGE, {"country": "DE"})
    assert [one.name for one, _on in page.context["offered"]] == ["Netflix"]
    alice.refresh_from_db()
    assert alice.country == ""
    alices_client.post(PAGE, {"country": "DE", "services": [str(NETFLIX)]})
    alice.refresh_from_db()
    assert choices.choice_of(alice).country == "DE"
    assert alices_client.get(PAGE, {"country": "xx"}).context["country"] == "DE"


@pytest.mark.parametrize(
    "sent",
    [
        {"country": "JP"},
        {"country": ""},
        {"country": "US", "services": ["x"]},
        {"country": "US", "services": ["999"]},
        {"country": "US", "services": ["9" * 30]},
        {"country": "US", "services": [str(APPLE)]},
    ],
)
def test_nonsense_is_refused(alices_client: Client, alice: User, sent: dict) -> None:
    watches_on(alice, MUBI)
    assert alices_client.post(PAGE, sent).status_code == 422
    alice.refresh_from_db()
    assert choices.choice_of(alice).services == {MUBI}


def test_a_service_that_left_can_be_taken_back(alices_client: Client, alice: User) -> None:
    watches_on(alice, MUBI, APPLE)
    page = alices_client.get(PAGE)
    assert [one.name for one, on in page.context["offered"] if on] == ["MUBI", "Apple TV"]


def test_a_country_that_left_counts_as_none(alice: User, settings: Any) -> None:
    watches_on(alice, MUBI, country="DE")
    settings.WATCHING_COUNTRIES = ["US"]
    assert choices.choice_of(alice).country == "US"


def test_the_api(alices_client: Client, alice: User) -> None:
    assert alices_client.get(API).json() == {
        "country": "US",
        "services": [],
        "countries": ["DE", "US"],
        "offered": [
            {"id": MUBI, "name": "MUBI", "n_movies": 2},
            {"id": NETFLIX, "name": "Netflix", "n_movies": 1},
        ],
    }
    sent = {"content_type": "application/json"}
    assert alices_client.patch(API, {"services": [NETFLIX]}, **sent).json()["services"] == [NETFLIX]
    answer = alices_client.patch(API, {"country": "DE"}, **sent).json()
    assert (answer["country"], answer["services"]) == ("DE", [NETFLIX])
    assert alices_client.patch(API, {"services": [999]}, **sent).status_code == 404
    for bad in ({"services": "x"}, {"country": "JP"}, {"services": [2**31]}):
        assert alices_client.patch(API, bad, **sent).status_code == 400
    alice.refresh_from_db()
    assert choices.choice_of(alice) == choices.Choice("DE", frozenset([NETFLIX]))


def test_the_settings_lead_here(alices_client: Client, settings: Any) -> None:
    settings.TMDB_KEY = "key"
    assert PAGE in alices_client.get("/me/settings/").content.decode()
    settings.TMDB_KEY = ""
    assert PAGE not in alices_client.get("/me/settings/").content.decode()


def test_export_and_erasure(alices_client: Client, alice: User) -> None:
    watches_on(alice, MUBI, NETFLIX)
    archive = zipfile.ZipFile(io.BytesIO(alices_client.get("/me/export/").getvalue()))
    rows = list(csv.DictReader(io.StringIO(archive.read("services.csv").decode())))
    assert [(row["country"], row["service"]) for row in rows] == [("US", "Netflix"), ("US", "MUBI")]
    assert "services.csv" in alices_client.get("/about/data/").content.decode()
    erase(alice)
    assert Provider.objects.filter(pk=MUBI).exists()
