"""Scales on which users see stars: five stars, ten points or a hundred points.

The database and the API always use stars. Like the language, the scale is active for a whole
request, so that every text with a number of stars follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponseBase
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

STARS = "stars"


@dataclass(frozen=True)
class Scale:
    """How a number of stars is written."""

    key: str
    factor: int  # points for one star
    decimals: int  # of predictions and averages

    def spoken(self) -> Scale:
        return self

    @property
    def top(self) -> int:
        return 5 * self.factor

    @property
    def unit(self) -> str:
        """The unit of differences: 'stars' or 'points'."""
        return _("stars") if self.factor == 1 else _("points")

    def number(self, stars: float, more: int = 0) -> str:
        """'3.9', '7.8', '78': a prediction or an average, with `more` decimals than usual."""
        decimals = self.decimals + more
        return _number(round(stars * self.factor, decimals), decimals, get_language())

    def signed(self, stars: float, more: int = 1) -> str:
        """'+0.31', '−0.22', '0.00': a difference."""
        shown = self.number(abs(stars), more)
        if not round(stars * self.factor, self.decimals + more):
            return shown
        return ("−" if stars < 0 else "+") + shown

    def given(self, stars: float) -> str:
        """'4½', '9', '90': the short form of a rating."""
        if self.factor > 1:
            return str(round(stars * self.factor))
        whole, half = divmod(round(2 * stars), 2)
        return f"{whole or ''}{'½' if half else ''}"

    def in_words(self, stars: float) -> str:
        """'half a star', '3.5 stars', '7 of 10': a rating in words."""
        return _in_words(stars, self.factor, get_language())

    def about(self, stars: float) -> str:
        """'3.9 stars', '7.8 of 10': a prediction or an average in words."""
        return self.said(self.number(stars))

    def said(self, number: str) -> str:
        """The same for a result of `number`."""
        return _about(number, self.factor, get_language())


# A page has about fifty numbers, out of a few hundred that exist.
@lru_cache(maxsize=4096)
def _number(points: float, decimals: int, language: str | None) -> str:
    return number_format(points, decimals)


@lru_cache(maxsize=512)
def _in_words(stars: float, factor: int, language: str | None) -> str:
    if factor > 1:
        return _of_top(number_format(round(stars * factor), 0), 5 * factor)
    if stars == 0.5:
        return _("half a star")
    number = number_format(stars, 0 if stars == int(stars) else 1)
    return ngettext("%(number)s star", "%(number)s stars", 1 if stars == 1 else 2) % {
        "number": number
    }


@lru_cache(maxsize=1024)
def _about(number: str, factor: int, language: str | None) -> str:
    if factor > 1:
        return _of_top(number, 5 * factor)
    return _("%(stars)s stars") % {"stars": number}


def _of_top(points: str, top: int) -> str:
    return _("%(points)s of %(top)s") % {"points": points, "top": top}


SCALES = {
    scale.key: scale for scale in (Scale(STARS, 1, 1), Scale("10", 2, 1), Scale("100", 20, 0))
}

_active: ContextVar[Scale] = ContextVar("scale", default=SCALES[STARS])


def active() -> Scale:
    """The scale of the current request."""
    return _active.get()


@contextmanager
def on_scale(key: str) -> Iterator[Scale]:
    """Activate a scale; the one of stars if the key is unknown."""
    token = _active.set(SCALES.get(key, SCALES[STARS]))
    try:
        yield _active.get()
    finally:
        _active.reset(token)


def preferred_scale(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that activates the scale of the user's settings."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with on_scale(getattr(request.user, "scale", STARS)):
            return get_response(request)

    return middleware
