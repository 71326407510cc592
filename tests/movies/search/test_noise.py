"""Tests that a search shows what was meant and little else."""

from collections.abc import Callable

import pytest

from movies.models import Movie
from movies.search.search import search

TITLES = [
    "M*A*S*H",
    "Mars Attacks!",
    "When Harry Met Sally...",
    "Mr. Smith Has Money",
    "Star Wars",
    "Star Trek: First Contact",
    "Lone Star",
    "Il Postino",
    "Il Mostro",
    "The Shawshank Redemption",
    "Shadows",
    "The Net",
    "Ponette",
    "Planet of the Apes",
    "The Planet",
    "E.T. the Extra-Terrestrial",
    "Return of the Jedi",
    "Air Force One",
    "One Fine Day",
    "One Eyed Jacks",
    "One Night Stand",
    "One True Thing",
    "Ghost in the Machine: Stone",
    "千と千尋の神隠し",
]

MEANT = {
    "m*a*s*h": ["M*A*S*H"],
    "M A S H": ["M*A*S*H"],
    "m.a.s.": ["M*A*S*H"],
    "mash": ["M*A*S*H"],
    "star wars": ["Star Wars"],
    "starwars": ["Star Wars"],
    "il postino": ["Il Postino"],
    "shawsh": ["The Shawshank Redemption"],
    "the net": ["The Net"],
    "e.t.": ["E.T. the Extra-Terrestrial"],
    "et": ["E.T. the Extra-Terrestrial"],
    "隠": ["千と千尋の神隠し"],
}


@pytest.fixture
def catalogue(make_movie: Callable[..., Movie]) -> None:
    for title in TITLES:
        make_movie(title, 1990)


def found(query: str) -> list[str]:
    return list(search(Movie.objects.all(), query).values_list("title", flat=True))


def test_what_is_typed_right_brings_nothing_misspelled(catalogue: None) -> None:
    assert {query: found(query) for query in MEANT} == MEANT
    assert found("il postnio")[0] == "Il Postino"


def test_letters_inside_words_are_left_out_where_many_words_match(catalogue: None) -> None:
    assert len(found("one")) == 5
    assert "Ghost in the Machine: Stone" not in found("one")
    assert "Ghost in the Machine: Stone" in found("tone")
    assert set(found("plane")) == {"Planet of the Apes", "The Planet"}
    assert "Ponette" in found("nette")
