"""Stars as people see them (0.5 to 5.0) and half-stars as rows hold them (1 to 10).

Rows hold integers because a float column takes what is no rating at all: NaN passes Django's
minimum and maximum, and 3.14159 is a float like any other.
"""

from decimal import Decimal, InvalidOperation

HALF_STARS_MIN, HALF_STARS_MAX = 1, 10
STEPS = tuple(half / 2 for half in range(HALF_STARS_MIN, HALF_STARS_MAX + 1))


def to_stars(half_stars: int) -> float:
    return half_stars / 2


def to_half_stars(stars: float | str | Decimal) -> int:
    """The half-stars of a number of stars.

    Raises:
        ValueError: not a number, or not one of 0.5, 1.0 ... 5.0.
    """
    if isinstance(stars, bool):
        raise ValueError("a rating is a number of stars")
    try:
        doubled = Decimal(str(stars).strip()) * 2
    except InvalidOperation as error:
        raise ValueError("a rating is a number of stars") from error
    if not doubled.is_finite() or doubled != doubled.to_integral_value():
        raise ValueError("a rating is a whole number of half stars")
    if not HALF_STARS_MIN <= doubled <= HALF_STARS_MAX:
        raise ValueError("a rating has from half a star to five stars")
    return int(doubled)
