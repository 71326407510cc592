"""Addresses that pages name by the dozen, remembered.

To put one together takes Django as long as a small query.
"""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=8192)
def address(name: str, *keys: int) -> str:
    """`reverse(name, args=keys)`."""
    return reverse(name, args=keys)
