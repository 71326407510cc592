"""Any title, hostile ones too, gives a well-formed poster that shows it as text."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.posters import draw, standalone
from movies.posters.drawn.genres import RAREST_FIRST
from tests.movies.posters.drawn.examples import (
    elements,
    texts,
)

HOSTILE = (
    "<script>alert('x')</script>",
    'a" onload="alert(1)',
    "Tom & Jerry & <b>",
    "]]> --> <!--",
    "&#x3c;svg&#x3e;",
    "{{ title }} {% load %}",
    "nul\x00bell\x07escape\x1b",
    "\u202eevil\u202c \u2066mark\u2069 \u200f\u200e",
    "\ud800 lone surrogate \udfff",
    "\ufffe\uffff\U0001ffff",
)


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("drawing", [draw, standalone])
def test_hostile_titles_stay_text(drawing: Callable[..., str], title: str) -> None:
    svg = drawing(title, 1999, ["Thriller"])

    names = {element.tag.rpartition("}")[2] for element in elements(svg)}
    assert names <= {"svg", "title", "g", "path", "rect", "circle", "ellipse", "text"}
    for forbidden in ("<script", "style=", "onload=", "href", "\x00", "\u202e", "\ufffe"):
        assert forbidden not in svg.replace("&quot;", "'").replace("' onload=", "")


def test_escaped_titles_show_as_written() -> None:
    assert " ".join(texts(draw('<b> & "q"', None, ["Drama"]))) == '<b> & "q"'


@given(
    title=st.text(max_size=120),
    year=st.none() | st.integers(1870, 2200),
    genres=st.lists(st.sampled_from((*RAREST_FIRST, "(no genres listed)", "Unheard of"))),
)
def test_any_title_gives_well_formed_svg(title: str, year: int | None, genres: list[str]) -> None:
    for svg in (draw(title, year, genres), standalone(title, year, genres)):
        parts = elements(svg)
        assert not any("style" in element.attrib for element in parts)
        assert not any(name.startswith("on") for element in parts for name in element.attrib)
        assert texts(svg)
        svg.encode()
