"""Tests of the keys by which titles and names are found and sorted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfsite.lib.text import one_line
from movies.titles import fold, title_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Amélie!", "amelie"),
        ("Œdipe roi", "oedipe roi"),
        ("Ærø", "aero"),
        ("Đất", "dat"),
        ("ŁÓDŹ", "lodz"),
        ("Straße", "strasse"),
        ("Işıklar", "isiklar"),
        ("Þór & Ðóra", "thor and dora"),
        ("Fast_&_Furious", "fast and furious"),
        ("Al\u200bi\u00aden", "alien"),
        ("ﬁ", "fi"),
        ("$", "$"),
        ("…", "..."),
        ("¿?", "¿?"),
        ("/", "\u2044"),
        ("❤️", "❤"),
        ("$9.99", "9 99"),
        ("", ""),
        ("\u202e", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_only_what_is_invisible_has_no_key(text: str) -> None:
    assert bool(fold(text)) == bool(one_line(text))


@given(st.text())
def test_a_folded_text_stays_as_it_is(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())
    assert "/" not in folded


@given(st.text(min_size=1), st.text())
def test_a_key_is_the_titles_it_is_made_of(title: str, original: str) -> None:
    assert len(title_key(title, original).split(" / ")) <= 2


def test_articles_and_original_titles() -> None:
    assert title_key("Usual Suspects, The") == "usual suspects"
    assert title_key("$", "Dollars") == "$ / dollars"
    assert title_key("...", "...") == "..."
