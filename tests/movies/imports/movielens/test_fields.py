"""Parsing single fields."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.imports.movielens.fields import half_stars, parse_number, seconds, split_csv

Fields = Callable[[bytes], object]


@pytest.mark.parametrize(
    "parse", [half_stars, seconds, split_csv, lambda field: parse_number(field, "number")]
)
@given(st.binary(max_size=60))
def test_any_field_is_parsed_or_raises_value_error(parse: Fields, field: bytes) -> None:
    try:
        parse(field)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, another exception is not


@given(st.floats(0.5, 5.0) | st.sampled_from([x / 2 for x in range(1, 11)]))
def test_only_half_stars_are_valid(stars: float) -> None:
    try:
        half = half_stars(repr(stars).encode())
    except ValueError:
        assert stars * 2 != round(stars * 2)
    else:
        assert half == stars * 2


@given(st.lists(st.text(st.characters(exclude_characters='\r\n"', exclude_categories=["Cs"]))))
def test_quoted_fields_are_parsed_back(fields: list[str]) -> None:
    line = ",".join(f'"{field}"' for field in fields).encode()
    if fields:
        assert [field.decode() for field in split_csv(line)] == fields
