"""Titles fit their column and break where they read well."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from movies.posters import draw
from movies.posters.drawn.compose import GAP, HEIGHT
from movies.posters.drawn.lettering import COLUMN, FACES, set_title
from movies.posters.drawn.titles import parts_of
from tests.movies.posters.drawn.examples import (
    HARD_TITLES,
)


@pytest.mark.parametrize("typeface", FACES)
@pytest.mark.parametrize("title", HARD_TITLES)
def test_lettering_fits_its_column_and_leaves_room_for_the_motif(title: str, typeface: str) -> None:
    block = set_title(title, 1999, typeface)

    assert all(row.em * row.size <= COLUMN + 0.5 for row in block.rows)
    assert all(row.size >= 12 for row in block.rows)
    assert all(below.y - above.y >= 0.85 * below.size for above, below in pairwise(block.rows))
    assert block.height <= HEIGHT - 2 * GAP - 80


@example(title="\u200d")
@example(title="\u0301 \u200c")
@given(title=st.text(max_size=300))
def test_any_lettering_fits_its_column(title: str) -> None:
    block = set_title(title, 1999, "serif")

    assert all(row.em * row.size <= COLUMN + 0.5 for row in block.rows)
    assert block.height <= HEIGHT - 2 * GAP - 80


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("The Godfather", ("The", "Godfather", "")),
        ("Godfather, The", ("The", "Godfather", "")),
        ("A Nightmare on Elm Street", ("A", "Nightmare on Elm Street", "")),
        ("Les Misérables", ("Les", "Misérables", "")),
        ("Die Hard", ("", "Die Hard", "")),
        ("La La Land", ("", "La La Land", "")),
        ("The", ("", "The", "")),
        ("M", ("", "M", "")),
        ("Alien: Resurrection", ("", "Alien: Resurrection", "")),
        ("2001: A Space Odyssey", ("", "2001", "A Space Odyssey")),
        ("Blow-Up", ("", "Blow-Up", "")),
        ("Spirited Away (Sen to Chihiro)", ("", "Spirited Away", "Sen to Chihiro")),
        ("Dr. Strangelove or: How I Learned", ("", "Dr. Strangelove", "or: How I Learned")),
        ("The Lord of the Rings: The Two Towers", ("The", "Lord of the Rings", "The Two Towers")),
        ("", ("", "Untitled", "")),
    ],
)
def test_titles_are_split_into_article_name_and_subtitle(
    title: str, parts: tuple[str, str, str]
) -> None:
    assert parts_of(title) == parts


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Once Upon a Time in the West", ["ONCE UPON", "A TIME IN", "THE WEST"]),
        ("No Country for Old Men", ["NO COUNTRY", "FOR OLD MEN"]),
        ("Jurassic Park", ["JURASSIC", "PARK"]),
    ],
)
def test_lines_break_where_they_read_well(title: str, lines: list[str]) -> None:
    assert [row.text for row in set_title(title, None, "display").rows] == lines


def test_letters_that_only_one_typeface_has_are_set_in_it() -> None:
    assert set_title("Сталкер", 1979, "serif").rows[0].typeface == "display"
    assert set_title("Łódź", 1990, "serif").rows[0].typeface == "serif"


def test_right_to_left_scripts_are_set_flush_right() -> None:
    assert 'direction="rtl"' in draw("باران", 2001, ["Drama"])
    assert "direction" not in draw("Baran (باران)", 2001, ["Drama"])
