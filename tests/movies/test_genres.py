"""Tests of genres in the reader's language and alphabet."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.functional import lazy
from django.utils.translation import get_language

from accounts.models import User
from movies import genres as genre_names
from movies.imports.movielens.movies import U_ITEM_GENRES, parse_genres
from movies.models import Movie, Rating

GERMAN = {"accept-language": "de"}
IN_GERMAN = {"Comedy": "Komödie", "War": "Krieg", "Animation": "Zeichentrick"}


@pytest.fixture(autouse=True)
def some_german(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the catalogues say by now."""
    for name, german in IN_GERMAN.items():
        said = lazy(lambda n=name, g=german: g if get_language() == "de" else n, str)
        monkeypatch.setitem(genre_names.LABELS, name, said())


@pytest.fixture
def movie(make_movie: Callable[..., Movie]) -> Movie:
    make_movie("Airplane!", 1980, "Comedy")
    return make_movie("M*A*S*H", 1970, "Animation|Comedy|War|Heimatfilm")


def test_it_works(client: Client, movie: Movie) -> None:
    page = client.get(movie.get_absolute_url(), headers=GERMAN).content.decode()
    links = re.findall(r'\?genre=([a-z]+)">([^<]+)</a>', page)
    # Heimatfilm is nobody's translation; the order is that of the German alphabet.
    assert links == [
        ("heimatfilm", "Heimatfilm"),
        ("comedy", "Komödie"),
        ("war", "Krieg"),
        ("animation", "Zeichentrick"),
    ]
    english = client.get(movie.get_absolute_url()).content.decode()
    assert re.findall(r'\?genre=([a-z]+)">[^<]+</a>', english) == [
        *("animation", "comedy", "heimatfilm", "war")
    ]


def test_the_browse_page_translates_genres(client: Client, movie: Movie) -> None:
    page = client.get("/movies/?genre=comedy", headers=GERMAN).content.decode()
    assert re.search(r"<h1[^>]*>\s*Komödie", page)
    listed = re.findall(r">([A-ZÄÖÜ][a-zäöü]+) <span class=\"count\">", page)
    genres = [name for name in listed if name in {*IN_GERMAN.values(), "Heimatfilm"}]
    assert genres == sorted(genres)
    assert "Comedy" not in page


@pytest.mark.parametrize("path", ["/me/ratings/", "/me/ratings/?genre=comedy", "/me/taste/"])
def test_own_pages_translate_genres(
    alices_client: Client, alice: User, movie: Movie, path: str
) -> None:
    Rating.objects.rate(alice, movie, 4)
    page = alices_client.get(path, headers=GERMAN).content.decode()
    assert "Comedy" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.S)
    if "ratings" in path:
        assert "Komödie" in page


def test_the_api_translates_names_but_not_slugs(client: Client, movie: Movie) -> None:
    told = client.get(f"/api/v1/movies/{movie.pk}/", headers=GERMAN).json()["genres"]
    assert {"slug": "comedy", "name": "Komödie"} in told
    assert {"slug": "heimatfilm", "name": "Heimatfilm"} in told


def test_every_genre_of_movielens_has_a_label() -> None:
    assert set(parse_genres(U_ITEM_GENRES)) <= genre_names.LABELS.keys()
    assert genre_names.genre_label("War") == "War"
    assert genre_names.genre_label("1990s") == "1990s"
