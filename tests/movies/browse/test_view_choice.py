"""How Browse shows its movies: posters or a list that sorts, 24, 48 or endless."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating

HTMX = {"HX-Request": "true"}
# Title, year, and the stars of six people.
FILMS = [
    ("Alien", 1979, 4),
    ("Brazil", 1985, 5),
    ("Casablanca", None, 3),
    ("Dune", 1984, None),
]


@pytest.fixture
def four(make_movie: Callable[..., Movie], make_user: Callable[..., User]) -> dict[str, Movie]:
    movies = {title: make_movie(title, year) for title, year, _stars in FILMS}
    for n in range(6):
        person = make_user(f"person{n}")
        for title, _year, stars in FILMS:
            if stars:
                Rating.objects.rate(person, movies[title], stars)
    published_figures.publish_due()
    return movies


def choose(client: Client, **choice: str) -> None:
    answer = client.post("/movies/view/", {**choice, "next": "/movies/?genre=x"})
    assert answer.url == "/movies/?genre=x"


def html(client: Client, query: str = "") -> str:
    return client.get(f"/movies/?{query}").content.decode()


def listed(page: str) -> str:
    """The first letters of the titles in the list, in its order."""
    return "".join(re.findall(r'<th scope="row"><a [^>]+>(\w)', page))


def headings(page: str) -> dict[str, str]:
    """The link of every column by its label."""
    table = page.partition("<thead>")[2].partition("</thead>")[0]
    return {label: link for link, label in re.findall(r'<a href="([^"]+)">([^<]+)<', table)}


def test_a_list_shows_figures_in_columns(
    client: Client, alices_client: Client, alice: User, four: dict[str, Movie]
) -> None:
    assert "<table" not in html(client)
    for one in (client, alices_client):
        choose(one, look="list")
    Rating.objects.rate(alice, four["Brazil"], 4.5)
    assert list(headings(html(client))) == ["Title", "Year", "Average"]
    mine = html(alices_client)
    assert list(headings(mine)) == ["Title", "Year", "Predicted", "Average", "Yours"]
    assert '<span class="own">4½</span>' in mine
    assert ">5.0<" in html(client), "the average of Brazil"


@pytest.mark.parametrize(
    ("order", "downwards", "upwards"),
    [("title", "ABCD", "DCBA"), ("newest", "BDAC", "ADBC"), ("average", "BACD", "CABD")],
)
def test_every_heading_sorts_both_ways_and_unknown_values_come_last(
    client: Client, four: dict[str, Movie], order: str, downwards: str, upwards: str
) -> None:
    choose(client, look="list")
    first = html(client, f"order={order}")
    assert listed(first) == downwards
    direction = {"title": "ascending"}.get(order, "descending")
    assert re.findall(r'aria-sort="(\w+)"', first) == [direction]
    back = f"order={order}&reverse=1"
    assert f"?{back}".replace("&", "&amp;") in headings(first).values()
    again = html(client, back)
    assert listed(again) == upwards
    assert re.findall(r'aria-sort="(\w+)"', again) != [direction]
    assert f"?order={order}" in headings(again).values()


def test_own_ratings_sort_for_members_alone(
    client: Client, alices_client: Client, alice: User, four: dict[str, Movie]
) -> None:
    Rating.objects.rate(alice, four["Dune"], 2)
    Rating.objects.rate(alice, four["Alien"], 5)
    for one in (client, alices_client):
        choose(one, look="list")
    assert listed(html(alices_client, "order=yours")) == "ADBC"
    assert listed(html(alices_client, "order=yours&reverse=1")) == "DABC"
    assert listed(html(client, "order=yours")) == listed(html(client))


def test_the_choice_is_remembered_and_its_parts_are_independent(
    client: Client, four: dict[str, Movie]
) -> None:
    Movie.objects.bulk_create(Movie(title=f"Film {n}", title_key=f"film {n}") for n in range(50))
    assert html(client).count('class="movie"') == 24
    choose(client, size="48")
    assert html(client).count('class="movie"') == 48
    choose(client, look="list")
    assert len(listed(html(client))) == 48
    choose(client, size="7", look="nonsense")
    assert len(listed(html(client))) == 48
    assert html(Client()).count('class="movie"') == 24
    client.get("/movies/view/")
    assert client.get("/movies/view/").status_code == 405
    answer = client.post("/movies/view/", {"size": "24", "next": "//example.com/"})
    assert answer.url == "/movies/"


@pytest.mark.parametrize(
    "page", ["/movies/?page=2", "/me/watchlist/?page=2", "/me/watched/?page=2"]
)
def test_an_endless_page_goes_to_the_login_when_the_session_has_ended(
    client: Client, db: None, page: str
) -> None:
    """Otherwise a member's wall would go on with a visitor's movies."""
    answer = client.get(page, headers=HTMX | {"Member": "1"})
    path = page.partition("?")[0]
    assert answer["HX-Redirect"].startswith(f"/accounts/login/?next={path}")


def test_a_members_wall_says_whose_it_is(alices_client: Client, db: None) -> None:
    Movie.objects.bulk_create(Movie(title=f"Film {n}", title_key=f"film {n}") for n in range(50))
    choose(alices_client, size="endless")
    assert '"Member": "1"' in html(alices_client)
    answer = alices_client.get("/movies/?page=2", headers=HTMX | {"Member": "1"})
    assert answer.content.decode().count('class="movie"') == 24


def test_a_search_keeps_the_filters_and_a_filter_the_search(
    client: Client, make_movie: Callable[..., Movie]
) -> None:
    make_movie("Alien", 1979, "Horror")
    make_movie("Alien Nation", 1988, "Crime")
    page = html(client, "genre=horror&decade=1970&order=title")
    kept = dict(re.findall(r'form="search-form" name="(\w+)" value="(\w+)"', page))
    assert kept == {"genre": "horror", "decade": "1970"}
    assert 'id="search-form"' in page
    assert 'href="?q=alien&amp;genre=crime"' in html(client, "q=alien")
