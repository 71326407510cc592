"""Stars, which people see (0.5 to 5.0), and half stars, which are stored (1 to 10).

Integers are stored because a float column would accept NaN, which passes Django's minimum and
maximum validators, and 3.14159.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

HALF_STARS_MIN, HALF_STARS_MAX = 1, 10
STEPS = tuple(half / 2 for half in range(HALF_STARS_MIN, HALF_STARS_MAX + 1))

# float() would also accept "nan", "1_0", "4e0" and full-width digits.
_PLAIN_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,8})?")


def to_stars(half_stars: int) -> float:
    return half_stars / 2


def to_half_stars(stars: float | str | Decimal) -> int:
    """Convert stars to half stars.

    Raises:
        ValueError: `stars` is not one of 0.5, 1.0 ... 5.0.
    """
    text = str(stars).strip()
    if isinstance(stars, bool) or not _PLAIN_NUMBER.fullmatch(text):
        raise ValueError("a rating is a number of stars")
    doubled = Decimal(text) * 2
    if doubled != doubled.to_integral_value():
        raise ValueError("a rating is a whole number of half stars")
    if not HALF_STARS_MIN <= doubled <= HALF_STARS_MAX:
        raise ValueError("a rating has from half a star to five stars")
    return int(doubled)


def nearest_half_stars(value: Decimal, top: int) -> int:
    """A number on a scale up to `top` as half stars, at least one."""
    half_stars = (value * HALF_STARS_MAX / top).quantize(Decimal(1), ROUND_HALF_UP)
    return max(HALF_STARS_MIN, int(half_stars))
