"""Titles as the MovieLens files write them, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfsite.lib.text import one_line
from movies.imports.movielens.titles import parse_title


def test_it_works() -> None:
    parsed = parse_title("Clockmaker of Graz, The (Uhrmacher von Graz, Der) (1961)")
    assert parsed == ("The Clockmaker of Graz", "Der Uhrmacher von Graz", 1961)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nine Lanterns (1995)", ("Nine Lanterns", "", 1995)),
        ("Nine Lanterns (1995)   ", ("Nine Lanterns", "", 1995)),
        ("Nine Lanterns", ("Nine Lanterns", "", None)),
        ("Nine Lanterns (1995) (V)", ("Nine Lanterns", "", 1995)),
        ("Nine Lanterns (V) (1995)", ("Nine Lanterns", "", 1995)),
        ("Nine Lanterns (TV) (1995)", ("Nine Lanterns", "", 1995)),
        ("Long Run (2006–2007)", ("Long Run", "", 2006)),
        ("Long Run (1975-1979)", ("Long Run", "", 1975)),
        ("Long Run (2007-)", ("Long Run", "", 2007)),
        ("Twice (Dvakrát) (1983))", ("Twice", "Dvakrát", 1983)),
        ("Seven Bells (a.k.a. 7 Bells) (1995)", ("Seven Bells", "7 Bells", 1995)),
        (
            "Cold Room (a.k.a. The Chill) (Chambre froide, La) (1994)",
            ("Cold Room", "La Chambre froide", 1994),
        ),
        ("Same (SAME) (1990)", ("Same", "", 1990)),
        ("Saga (Part II) (1990)", ("Saga (Part II)", "", 1990)),
        ("Saga (2) (1990)", ("Saga (2)", "", 1990)),
        ("2001 (1968)", ("2001", "", 1968)),
        ("1917", ("1917", "", None)),
        ("(1995)", ("(1995)", "", None)),
        ("(Half) a Story (2009)", ("(Half) a Story", "", 2009)),
        ("Impossible (9999)", ("Impossible (9999)", "", None)),
        ('"Big Halls" Bells (1998)', ('"Big Halls" Bells', "", 1998)),
        ("Eau, L' (1988)", ("L'Eau", "", 1988)),
        ("unknown", ("unknown", "", None)),
        ("", ("", "", None)),
    ],
)
def test_a_title(text: str, expected: tuple[str, str, int | None]) -> None:
    assert parse_title(text) == expected


plain_titles = st.text(
    st.characters(exclude_categories=["C", "Z", "P", "S", "M"]), min_size=1, max_size=30
).filter(lambda text: one_line(text) == text)


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    parsed = parse_title(text)
    assert bool(parsed.title) == bool(one_line(text))
    assert parsed.year is None or 1870 <= parsed.year <= 2200


@given(plain_titles, st.integers(1870, 2200))
def test_a_plain_title_comes_back_whole(title: str, year: int) -> None:
    assert parse_title(f"{title} ({year})") == (title, "", year)


@given(plain_titles, st.integers(1870, 2200), st.sampled_from(["The", "A", "Les", "Der"]))
def test_an_article_behind_comes_to_the_front(title: str, year: int, article: str) -> None:
    assert parse_title(f"{title}, {article} ({year})").title == f"{article} {title}"
