"""Tests that text which others will see is visible and cannot disturb the rest of a page."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfsite.lib.text import one_line, paragraphs

FAMILY = "👨\u200d👩\u200d👧"
HEART_ON_FIRE = "❤️\u200d🔥"
PERSIAN = "می\u200cخواهم"
HINDI = "क्\u200dष"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Al\u200bi\u00aden", "Alien"),
        ("\u202eneilA\u202c", "neilA"),
        ("\u2066Alien\u2069 \ufeff3", "Alien 3"),
        ("Ali\0en\x1b[31m", "Alien[31m"),
        (" Alien\u2028\t\r\n 3 ", "Alien 3"),
        ("Al\u200di\u200cen", "Alien"),
        ("\ud83d Alien", "Alien"),
        ("\u3164\u2800\u115f", ""),
        ("\u200d🎬\u200d", "🎬"),
        ("\ufe0f", ""),
    ],
)
def test_invisible_characters_are_dropped(text: str, kept: str) -> None:
    assert one_line(text) == kept


@pytest.mark.parametrize(
    "text",
    ["$", "…", "🎬", "Đất", "千と千尋", FAMILY, HEART_ON_FIRE, PERSIAN, HINDI, "1️⃣", "\U0001fae9"],
)
def test_what_one_sees_stays(text: str) -> None:
    assert one_line(text) == text
    assert paragraphs(text) == text


@given(st.text())
def test_a_line_is_clean_whatever_was_typed(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert line == " ".join(line.split())
    assert unicodedata.is_normalized("NFC", line)
    joiners = {"\u200c", "\u200d"}
    assert not [
        char for char in set(line) - joiners if unicodedata.category(char) in ("Cc", "Cf", "Cs")
    ]
    assert line[:1] not in joiners
    assert line[-1:] not in joiners


@given(st.text())
def test_paragraphs_are_clean_whatever_was_typed(text: str) -> None:
    cleaned = paragraphs(text)
    assert paragraphs(cleaned) == cleaned
    assert [one_line(line) for line in cleaned.splitlines()] == cleaned.splitlines()
