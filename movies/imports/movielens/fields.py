"""Parses and checks the fields of a line; anything invalid raises ValueError."""

import csv
import re
from collections.abc import Callable

from movies.imports.dataset import Reject
from movies.stars import to_half_stars

MAX_NUMBER = 2**31 - 1
# The year 2100; times in milliseconds are far beyond.
MAX_TIME = 4_102_444_800

_HALF_STARS = {
    form: half
    for half in range(1, 11)
    for form in (b"%.1f" % (half / 2), *([b"%d" % (half // 2)] if half % 2 == 0 else []))
}
_LONGEST_TEXT = 200


def splitter(separator: bytes) -> Callable[[bytes], list[bytes]]:
    """A function that splits a line into fields; only CSV has quotes."""
    return split_csv if separator == b"," else lambda line: line.split(separator)


def column_names(line: bytes, separator: bytes) -> list[str]:
    """Normalized names: 'userId' of CSV and 'user_id:token' of RecBole are the same."""
    fields = line.decode("latin-1").split(separator.decode())
    plain = [re.sub(r":.*|[\s_\"]", "", field).casefold() for field in fields]
    return [{"itemid": "movieid"}.get(name, name) for name in plain]


def split_csv(line: bytes) -> list[bytes]:
    """
    Raises:
        ValueError: a quote is not closed, or closed in the middle of a field.
    """
    if b'"' not in line:
        return line.split(b",")
    try:
        rows = list(csv.reader([line.decode("latin-1")], strict=True))
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


def seconds(field: bytes) -> int:
    whole = field.removesuffix(b".0")
    if not whole.isdigit() or len(whole) > 18 or (since := int(whole)) > MAX_TIME:
        raise ValueError(f"no time in seconds since 1970: {field[:40].decode('latin-1')!r}")
    return since


def rejected(file: str, line: int, reason: Exception, text: bytes) -> Reject:
    return Reject(file, line, str(reason), text[:_LONGEST_TEXT].decode("utf-8", "replace"))
