"""On which scale a person sees stars: half stars to five, points to ten, or per cent.

Rows hold half-stars and the API speaks of stars whatever people see. Like the language, the scale
holds for a whole request, so that every text that names a number of stars follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
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
    language: str | None = None  # that of the moment where none is named

    def spoken(self) -> Scale:
        """The same in the language of this moment, which is then not asked for with each number."""
        return _spoken(self, get_language())

    @property
    def _spoken_in(self) -> str | None:
        return self.language or get_language()

    @property
    def top(self) -> int:
        return 5 * self.factor

    @property
    def unit(self) -> str:
        """What differences are counted in."""
        return _("stars") if self.factor == 1 else _("points")

    def number(self, stars: float, more: int = 0) -> str:
        """'3.9', '7.8', '78': a prediction or an average; `more` decimals for fine differences."""
        decimals = self.decimals + more
        return _number(round(stars * self.factor, decimals), decimals, self._spoken_in)

    def signed(self, stars: float, more: int = 1) -> str:
        """'+0.31', '−0.22', '0.00': what something adds."""
        shown = self.number(abs(stars), more)
        if not round(stars * self.factor, self.decimals + more):
            return shown
        return ("−" if stars < 0 else "+") + shown

    def given(self, stars: float) -> str:
        """'4½', '9', '90': what somebody gave, as short as it can be said."""
        if self.factor > 1:
            return str(round(stars * self.factor))
        whole, half = divmod(round(2 * stars), 2)
        return f"{whole or ''}{'½' if half else ''}"

    def in_words(self, stars: float) -> str:
        """'half a star', '3.5 stars'; '7 of 10'."""
        return _in_words(stars, self.factor, self._spoken_in)

    def about(self, stars: float) -> str:
        """A prediction or an average in words: '3.9 stars', '7.8 of 10'."""
        return self.said(self.number(stars))

    def said(self, number: str) -> str:
        """What `number` wrote, in words."""
        return _about(number, self.factor, self._spoken_in)


@lru_cache(maxsize=64)
def _spoken(scale: Scale, language: str | None) -> Scale:
    return replace(scale, language=language)


# A page says some fifty numbers, of a few hundred that exist; to write one as a language does takes
# longer than to look it up.
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
    """The scale of whoever is being answered."""
    return _active.get()


@contextmanager
def on_scale(key: str) -> Iterator[Scale]:
    """Within, stars are written on this scale; on the usual one if there is no such scale."""
    token = _active.set(SCALES.get(key, SCALES[STARS]))
    try:
        yield _active.get()
    finally:
        _active.reset(token)


def preferred_scale(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Everything in this answer speaks on the scale that the person chose."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with on_scale(getattr(request.user, "scale", STARS)):
            return get_response(request)

    return middleware
