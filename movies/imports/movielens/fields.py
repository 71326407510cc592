"""Parses and checks the fields of a line; anything invalid raises ValueError."""

import csv
import re
from collections.abc import Callable
from decimal import Decimal

from movies.imports.dataset import Reject, SourceError
from movies.stars import nearest_half_stars, to_half_stars

MAX_NUMBER = 2**31 - 1
# The year 2100; times in milliseconds are far beyond.
MAX_TIME = 4_102_444_800

_HALF_STARS = {
    form: half
    for half in range(1, 11)
    for form in (b"%.1f" % (half / 2), *([b"%d" % (half // 2)] if half % 2 == 0 else []))
}
_LONGEST_TEXT = 200
_PLAIN_NUMBER = re.compile(rb"-?[0-9]{1,6}(\.[0-9]{1,20})?")
# On other scales, 0 stands for "not rated".
ZERO_IS_A_RATING = (100,)


def splitter(separator: bytes) -> Callable[[bytes], list[bytes]]:
    """A function that splits a line into fields; only CSV has quotes."""
    return split_csv if separator == b"," else lambda line: line.split(separator)


def column_names(line: bytes, separator: bytes) -> list[str]:
    """Normalized names: 'userId' of CSV and 'user_id:token' of RecBole are the same."""
    try:
        fields = splitter(separator)(line)
    except ValueError:  # broken quotes
        fields = line.split(separator)
    plain = [re.sub(r":.*|[\s_\"]", "", field.decode("latin-1")).casefold() for field in fields]
    return [{"itemid": "movieid"}.get(name, name) for name in plain]


def check_columns(
    file: str, names: list[str], needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> None:
    """
    Raises:
        SourceError: The first line is blank, lacks a needed column, or names one twice.
    """
    if not any(names):
        raise SourceError(f"{file} is empty.")
    first_line = repr(", ".join(names)[:120])
    if missing := [name for name in needed if name not in names]:
        raise SourceError(
            f"{file}: no column is named {' or '.join(missing)}; the first line is {first_line}."
        )
    if repeated := [name for name in (*needed, *optional) if names.count(name) > 1]:
        raise SourceError(
            f"{file}: two columns are named {repeated[0]}; the first line is {first_line}."
        )


def split_csv(line: bytes) -> list[bytes]:
    """
    Raises:
        ValueError: a quote is not closed, or closed in the middle of a field.
    """
    if b'"' not in line:
        return line.split(b",")
    try:
        text = line.decode("latin-1")
        rows = list(csv.reader([text], strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise ValueError(f"broken quotes ({error})") from error
    return [field.encode("latin-1") for field in rows[0]]


def parse_number(field: bytes, what: str) -> int:
    """A number of digits only; int() would also accept '1_0', ' 7' and '-3'."""
    if not field.isdigit() or len(field) > 18 or not 0 < (number := int(field)) <= MAX_NUMBER:
        raise ValueError(f"no {what}: {field[:40].decode('latin-1')!r}")
    return number


def half_stars(field: bytes) -> int:
    if half := _HALF_STARS.get(field):
        return half
    try:
        return to_half_stars(field.decode("latin-1"))
    except ValueError as error:
        raise ValueError(f"{error}: {field[:40].decode('latin-1')!r}") from error


def plain_number(field: bytes) -> Decimal | None:
    """Any number without exponent, or None."""
    return Decimal(field.decode("ascii")) if _PLAIN_NUMBER.fullmatch(field) else None


def half_stars_on_scale(field: bytes, top: int) -> int:
    """The nearest half stars of a number on a scale up to `top`."""
    value = plain_number(field)
    if value is None:
        raise ValueError(f"a rating is a number: {field[:40].decode('latin-1')!r}")
    if value < 0 or value > top or (not value and top not in ZERO_IS_A_RATING):
        raise ValueError(f"not on the scale up to {top}: {field[:40].decode('latin-1')!r}")
    return nearest_half_stars(value, top)


def seconds(field: bytes) -> int:
    whole = field.removesuffix(b".0")
    if not whole.isdigit() or len(whole) > 18 or (since := int(whole)) > MAX_TIME:
        raise ValueError(f"no time in seconds since 1970: {field[:40].decode('latin-1')!r}")
    return since


def rejected(file: str, line: int, reason: Exception, text: bytes) -> Reject:
    return Reject(file, line, str(reason), text[:_LONGEST_TEXT].decode("utf-8", "replace"))
