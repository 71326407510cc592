"""The picture of a prediction's parts: from the average of all ratings step by step to the stars.

Points of an SVG, drawn on the server; no script and no inline style.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommender.serving.explain import Reasons

WIDTH, ROW, BAR = 360, 26, 12
LEFT, RIGHT = 168, 306  # where bars may be: labels stand before, numbers behind
LONGEST_LABEL = 24
SHOWN = 5  # of one's own ratings
NARROWEST = 1.5


@dataclass(frozen=True)
class Step:
    """One bar from where the parts before it ended."""

    label: str
    share: float
    is_own: bool  # from one of the person's own ratings
    x: float
    width: float
    y: int

    @property
    def adds(self) -> bool:
        return self.share >= 0

    @property
    def end(self) -> float:
        return self.x + (self.width if self.adds else 0)

    @property
    def text_y(self) -> int:
        return self.y + BAR - 1


@dataclass(frozen=True)
class Waterfall:
    steps: list[Step]
    start: float  # stars
    start_x: float
    end: float
    end_x: float
    width: int = WIDTH
    row: int = ROW
    bar: int = BAR

    @property
    def height(self) -> int:
        return ROW * (len(self.steps) + 2)

    @property
    def last_y(self) -> int:
        return ROW * (len(self.steps) + 1) + (ROW - BAR) // 2


def waterfall(why: Reasons) -> Waterfall:
    parts = list(_parts(why))
    places = [why.average]
    for _label, share, _is_own in parts:
        places.append(places[-1] + share)
    lowest, highest = min(places), max(places)
    scale = (RIGHT - LEFT) / max(highest - lowest, 0.25)

    def at(stars: float) -> float:
        return round(LEFT + (stars - lowest) * scale, 1)

    steps = [
        Step(
            label=_short(label),
            share=share,
            is_own=is_own,
            x=at(min(before, before + share)),
            width=max(round(abs(share) * scale, 1), NARROWEST),
            y=ROW * (number + 1) + (ROW - BAR) // 2,
        )
        for number, ((label, share, is_own), before) in enumerate(zip(parts, places, strict=False))
    ]
    return Waterfall(steps, why.average, at(why.average), why.prediction, at(why.prediction))


def _parts(why: Reasons) -> Iterator[tuple[str, float, bool]]:
    yield _("This movie"), why.standing, False
    yield _("You, in general"), why.tendency, False
    if why.typical:
        yield _("Typical taste"), why.typical, False
    for own in why.ratings[:SHOWN]:
        yield own.movie.title, own.share, True
    n_rest = len(why.ratings[SHOWN:]) + why.n_others
    if n_rest:
        rest = why.others + sum(own.share for own in why.ratings[SHOWN:])
        words = ngettext("%(n)s more rating", "%(n)s more ratings", n_rest) % {"n": n_rest}
        yield words, rest, True


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"
