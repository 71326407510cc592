"""Number formats of the page that explains the arithmetic; all with a real minus sign."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.http import urlencode

register = template.Library()


@register.filter
def exact(number: Decimal) -> str:
    """All decimals, without trailing zeros: '0.882', '−0.6', '2'."""
    text = f"{number.normalize() + 0:f}"
    decimals = len(text.partition(".")[2])
    return _minus(number_format(number, decimals))


@register.filter
def bracketed(number: Decimal) -> str:
    """Like `exact`, with brackets around a negative number: '(−0.6)'."""
    return f"({exact(number)})" if number < 0 else exact(number)


@register.filter
def two(number: float | Decimal) -> str:
    """Two decimals, without a minus sign before zero."""
    return _minus(number_format(round(number, 2) + 0, 2))


@register.filter
def four(number: float | Decimal) -> str:
    return _minus(number_format(round(number, 4) + 0, 4))


@register.filter
def plain(number: float | Decimal) -> str:
    """Not localized, for attributes."""
    return f"{number:g}" if isinstance(number, float) else str(number)


@register.filter
def fields(pairs: list[tuple[str, str]]) -> str:
    """Name-value pairs as the end of a query string."""
    return "&" + urlencode(pairs) if pairs else ""


def _minus(text: str) -> str:
    return text.replace("-", "−")
