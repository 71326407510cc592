"""Values of cells and JSON fields; anything that is not plainly one raises ValueError."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cfsite.lib.text import one_line
from movies.models import EARLIEST_YEAR, LATEST_YEAR
from movies.models.personal_imports import LONGEST_TITLE

MAX_NUMBER = 2**31 - 1
EARLIEST_DATE = datetime(1980, 1, 1, tzinfo=UTC)
# float() and Decimal() would also take "nan", "inf", "1_000", "4e0" and full-width digits.
_NUMBER = re.compile(r"-?[0-9]{1,6}([.,][0-9]{1,6})?")
_IMDB_ID = re.compile(r"(?:tt)?([0-9]{1,9})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# 'Sun Mar  1 00:00:00 2015' and 'Apr 23 2017, 08:18': strptime would read them by locale.
_WORDED = re.compile(
    r"(?:[a-z]{3} )?(?P<month>[a-z]{3}) +(?P<day>[0-9]{1,2}),? (?:(?P<time>[0-9:]{5,8}) )?"
    r"(?P<year>[0-9]{4})(?:,? (?P<late>[0-9:]{5,8}))?",
    re.ASCII | re.IGNORECASE,
)


def text(value: Any, longest: int = LONGEST_TITLE) -> str:
    """One line without invisible characters."""
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(_("text was expected here"))
    plain = one_line(str(value))
    if len(plain) > longest:
        raise ValueError(_("a value is longer than %(n)s characters") % {"n": longest})
    return plain


def rating(value: Any) -> Decimal | None:
    """A number on whatever scale; None if blank or -1, which some sites write for 'none'."""
    plain = _plain(value)
    if plain in ("", "-1"):
        return None
    if not _NUMBER.fullmatch(plain):
        raise ValueError(_("“%(value)s” isn’t a rating") % {"value": plain[:40]})
    number = Decimal(plain.replace(",", "."))
    if number < 0:
        raise ValueError(_("“%(value)s” isn’t a rating") % {"value": plain[:40]})
    return number


def year(value: Any) -> int | None:
    """The year of a year or of a date that begins with one; None if blank or 0."""
    plain = _plain(value)
    if plain in ("", "0", "0001-01-01", "0000-00-00"):
        return None
    match = re.match(r"([0-9]{4})(?:\.0$|$|-)", plain, re.ASCII)
    if not match or not EARLIEST_YEAR <= int(match[1]) <= LATEST_YEAR:
        raise ValueError(_("“%(value)s” isn’t a year") % {"value": plain[:40]})
    return int(match[1])


def number(value: Any) -> int | None:
    """An id; None if blank or 0."""
    plain = _plain(value)
    if plain in ("", "0"):
        return None
    if not re.fullmatch(r"[0-9]{1,10}", plain, re.ASCII) or int(plain) > MAX_NUMBER:
        raise ValueError(_("“%(value)s” isn’t a movie ID") % {"value": plain[:40]})
    return int(plain)


def imdb_id(value: Any) -> str:
    """'tt0114369' of '114369', '0114369' or 'tt0114369'; '' if blank."""
    plain = _plain(value)
    if plain in ("", "0"):
        return ""
    match = _IMDB_ID.fullmatch(plain)
    if not match:
        raise ValueError(_("“%(value)s” isn’t an IMDb ID") % {"value": plain[:40]})
    return f"tt{int(match[1]):07d}"


def moment(value: Any) -> datetime | None:
    """A date or time, in UTC unless it says otherwise; None if blank or before there were sites."""
    plain = _plain(value)
    if not plain or plain.startswith("0001-01-01"):
        return None
    try:
        found = _parsed(plain)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ValueError(_("“%(value)s” isn’t a date") % {"value": plain[:40]})
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found if found >= EARLIEST_DATE and found.year <= LATEST_YEAR else None


def _parsed(plain: str) -> datetime | None:
    if match := _WORDED.fullmatch(plain):
        month = _MONTHS.index(match["month"].casefold()) + 1
        clock = match["time"] or match["late"] or "00:00"
        return datetime.fromisoformat(f"{match['year']}-{month:02}-{int(match['day']):02} {clock}")
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", plain, re.ASCII):
        # A date alone: noon is the same day nearly everywhere.
        return datetime(*map(int, match.groups()), 12, tzinfo=UTC)
    if re.fullmatch(r"[0-9]{9,10}", plain, re.ASCII):
        return datetime.fromtimestamp(int(plain), UTC)
    return parse_datetime(plain.removesuffix(" UTC").removesuffix(" +0000"))


def _is_pair(numbers: list[str]) -> bool:
    """Whether these may be a day and a month, of whatever year follows."""
    return len(numbers) > 1 and len(numbers[0]) < 5 and len(numbers[1]) < 5


def day_first_of(dates: list[str]) -> bool | None:
    """Whether dates like 3/4/2021 begin with the day; None if they could be either."""
    numbers = [re.findall(r"[0-9]+", one, re.ASCII) for one in dates]
    pairs = [(int(first), int(second)) for first, second, *_rest in filter(_is_pair, numbers)]
    if any("." in one for one in dates) or any(pair[0] > 12 for pair in pairs):
        return True
    return False if any(pair[1] > 12 for pair in pairs) else None


def local_date(plain: str, day_first: bool) -> date:
    """The date of '10/21/20', '21.10.2020' or '2020-10-21'."""
    numbers = [int(one) for one in re.findall(r"[0-9]+", plain, re.ASCII)]
    if len(numbers) != 3 or len(plain) > 12:
        raise ValueError(_("“%(value)s” isn’t a date") % {"value": plain[:40]})
    if numbers[0] > 999:
        return date(*numbers)
    day, month = numbers[:2] if day_first else numbers[1::-1]
    return date(numbers[2] + (2000 if numbers[2] < 100 else 0), month, day)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(_("a single value was expected, not a list or object"))
    if isinstance(value, str):
        return one_line(value)
    try:
        return str(value)
    except ValueError as error:  # Python refuses to print integers of thousands of digits
        raise ValueError(_("a number is much too long")) from error
