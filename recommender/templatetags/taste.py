"""Number formats of the taste page."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def num(value: float) -> str:
    """A coordinate: a point for the decimals in any language."""
    return f"{value:.1f}".removesuffix(".0")


@register.filter
def percent(share: float) -> str:
    return number_format(100 * share, 0)


@register.filter
def rest(share: float) -> float:
    return 1 - share


@register.filter
def signed(value: float) -> str:
    """'+0.31', '−1.20': with a real minus, and none before zero."""
    text = number_format(abs(value), 2)
    if not round(value, 2):
        return text
    return ("+" if value > 0 else "−") + text
