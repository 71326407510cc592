"""Addresses that have a number in them, remembered.

A movie's page names ten such, and to put one together takes Django as long as a small query.
"""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=8192)
def address(name: str, key: int) -> str:
    """`reverse(name, args=[key])`."""
    return reverse(name, args=[key])
