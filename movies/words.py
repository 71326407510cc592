"""Texts and counts of a part of a page, looked up once for each language."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import Promise
from django.utils.translation import get_language


def counted(n: int) -> str:
    """'1,234', as the language groups digits."""
    return str(n) if 0 <= n < 1000 else _grouped(n, get_language())


@lru_cache(maxsize=1024)
def _grouped(n: int, _language: str | None) -> str:
    return intcomma(n)


class Words:
    """`WORDS = Words(save=gettext_lazy("Save"))`; then `WORDS().save` in the reader's language.

    The texts are what a template would put in with `translate`: of the site, not of people, and
    put into a page as they are.
    """

    def __init__(self, **texts: Promise) -> None:
        self._texts = texts
        self._in = lru_cache(maxsize=32)(self._look_up)

    def __call__(self) -> SimpleNamespace:
        return self._in(get_language())

    def _look_up(self, _language: str | None) -> SimpleNamespace:
        return SimpleNamespace(**{name: str(text) for name, text in self._texts.items()})
