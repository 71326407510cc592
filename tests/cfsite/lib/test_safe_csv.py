"""Cells that no spreadsheet calculates, and that read back equal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfsite.lib import safe_csv

# What one can write in a field of a form; NUL and lone surrogates no database stores.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
RISKY = st.builds(str.__add__, st.text("'=+-@\t\r\n＝", max_size=4), TEXT)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1")


def parsed(columns: list[str], rows: list[list]) -> list[dict[str, str]]:
    file = "".join(safe_csv.lines(columns, rows)).encode()
    return list(safe_csv.read(io.BytesIO(file)))


@pytest.mark.parametrize("text", FORMULAS)
def test_it_works(text: str) -> None:
    assert safe_csv.safe_cell(text) == f"'{text}"
    assert safe_csv.original_cell(f"'{text}") == text


@pytest.mark.parametrize("text", ["", "Alien", "'71", "'", "''", "10 - 4", "a=b", "7"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe_csv.safe_cell(text) == text
    assert safe_csv.original_cell(text) == text


@given(st.one_of(TEXT, RISKY))
def test_every_cell_is_safe_and_comes_back(text: str) -> None:
    cell = safe_csv.safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert safe_csv.original_cell(cell) == text


@given(st.lists(st.lists(st.one_of(TEXT, RISKY), min_size=3, max_size=3), max_size=5))
def test_every_file_reads_back_equal(rows: list[list[str]]) -> None:
    names = ["a", "b", "c"]
    assert parsed(names, rows) == [dict(zip(names, row, strict=True)) for row in rows]


def test_none_is_an_empty_cell_and_numbers_are_plain() -> None:
    assert parsed(["a", "b", "c"], [[None, -1.5, 7]]) == [{"a": "", "b": "-1.5", "c": "7"}]
