"""The movie page and the API say where a movie can be watched; nothing where nothing is known."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from movies.models import Movie
from movies.watching.tonight import default_country
from tests.movies.watching.known import APPLE, MUBI, NETFLIX, offer, own, watches_on

HEADING = '<h2 id="where">Where to watch</h2>'


def page_of(client: Client, movie: Movie) -> str:
    return client.get(movie.get_absolute_url()).content.decode()


def where_of(client: Client, movie: Movie) -> dict[str, Any]:
    return client.get(f"/api/v1/movies/{movie.pk}/").json()["where"]


def test_here_first_then_mine_then_others(
    alices_client: Client, alice: User, heat: Movie, settings: Any
) -> None:
    settings.JELLYFIN_WEB_URL = "https://films.example"
    offer(heat, MUBI)
    offer(heat, NETFLIX, "ads")
    offer(heat, APPLE, "rent")
    offer(heat, APPLE, "buy")
    own([heat], item_id="abc")
    watches_on(alice, NETFLIX)
    page = page_of(alices_client, heat)
    shown = page[page.index(HEADING) :]
    words = ["films.example/web/#/details?id=abc", "Netflix</strong> (Free with ads)"]
    words += ["Stream", "MUBI", "Rent", "Apple TV", "Buy", "Apple TV", "JustWatch"]
    places = [shown.index(words[0])]
    for word in words[1:]:
        places.append(shown.index(word, places[-1]))
    assert "United States: data from JustWatch." in shown
    assert "This product uses the TMDB API" in page
    where = where_of(alices_client, heat)
    assert (where["country"], where["here"], where["credit"]) == ("US", True, "JustWatch")
    assert where["my_services"] == [{"id": NETFLIX, "name": "Netflix", "kinds": ["ads"]}]
    assert where["other_services"] == [
        {"id": APPLE, "name": "Apple TV", "kinds": ["rent", "buy"]},
        {"id": MUBI, "name": "MUBI", "kinds": ["stream"]},
    ]


def test_nothing_where_nothing_is_known(
    alices_client: Client, client: Client, heat: Movie, make_movie: Callable[..., Movie]
) -> None:
    assert HEADING not in page_of(alices_client, heat)
    offer(make_movie("Ran"))
    offer(heat, country="DE")
    for somebody in (alices_client, client):
        assert HEADING not in page_of(somebody, heat)
    assert where_of(alices_client, heat)["credit"] is None


def test_visitors_see_services_but_not_the_library(client: Client, heat: Movie) -> None:
    own([heat])
    assert HEADING not in page_of(client, heat)
    assert where_of(client, heat)["here"] is False
    offer(heat, MUBI)
    page = page_of(client, heat)
    assert "MUBI" in page
    assert "library" not in page[page.index(HEADING) :].split("</section>")[0]


def test_a_list_has_no_link(alices_client: Client, heat: Movie) -> None:
    own([heat])
    page = page_of(alices_client, heat)
    block = page[page.index(HEADING) :].split("</section>")[0]
    assert "Here, in our library" in block
    assert "<a " not in block
    assert "JustWatch" not in block


def test_services_of_my_country(alices_client: Client, alice: User, heat: Movie) -> None:
    offer(heat, NETFLIX)
    offer(heat, MUBI, country="DE")
    watches_on(alice, NETFLIX, country="DE")
    where = where_of(alices_client, heat)
    assert (where["country"], where["my_services"]) == ("DE", [])
    assert [service["name"] for service in where["other_services"]] == ["MUBI"]


@pytest.mark.parametrize(
    ("language", "countries", "country"),
    [
        ("de", ["US", "DE"], "DE"),
        ("de", ["US", "AT"], "US"),
        ("fr-ca", ["US", "FR"], "FR"),
        ("en", ["GB", "US"], "GB"),
    ],
)
def test_the_country_of_the_language(
    language: str, countries: list[str], country: str, settings: Any
) -> None:
    settings.WATCHING_COUNTRIES = countries
    with translation.override(language):
        assert default_country() == country
