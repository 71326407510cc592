"""A waterfall chart: how a prediction builds up from the average of all ratings, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies import scales
from recommender.serving.explain import Reasons

WIDTH, ROW, BAR = 360, 26, 12
LEFT, RIGHT = 180, 306  # where bars may be: labels stand before, numbers behind
# Whatever font the reader's system has: 22 letters of a wide one still end before the bars.
LONGEST_LABEL = 22
SHOWN = 5  # ratings with a bar of their own
NARROWEST = 1.5


@dataclass(frozen=True)
class Step:
    """One bar, starting where the one before it ended."""

    label: str
    adds: bool
    number: str  # "+0.31"
    is_own: bool  # from one of the user's own ratings
    x: float
    width: float
    y: int

    @property
    def text_y(self) -> int:
        return self.y + BAR - 1


def waterfall_svg(why: Reasons) -> SafeString:
    parts = list(_parts(why))
    places = [why.average]
    for _label, share, _is_own in parts:
        places.append(places[-1] + share)
    lowest, highest = min(places), max(places)
    per_star = (RIGHT - LEFT) / max(highest - lowest, 0.25)

    def at(stars: float) -> float:
        return round(LEFT + (stars - lowest) * per_star, 1)

    scale = scales.active()
    steps = [
        Step(
            label=_short(label),
            adds=share >= 0,
            number=scale.signed(share),
            is_own=is_own,
            x=at(min(before, before + share)),
            width=max(round(abs(share) * per_star, 1), NARROWEST),
            y=ROW * (number + 1) + (ROW - BAR) // 2,
        )
        for number, ((label, share, is_own), before) in enumerate(zip(parts, places, strict=False))
    ]
    label = _(
        "Bars leading from the average of all ratings, %(start)s, to %(end)s. The table below"
        " has every part."
    ) % {"start": scale.number(why.average), "end": scale.about(why.prediction)}
    last = ROW * (len(steps) + 1) + (ROW - BAR) // 2
    # Only labels are not ours; _text() escapes them.
    return SafeString(
        f'<svg class="waterfall" role="img" aria-label="{escape(label)}"'
        f' viewBox="0 0 {WIDTH} {ROW * (len(steps) + 2)}">'
        + _text("", 0, 18, _("Average rating"))
        + _dot(at(why.average), 13)
        + _text("number", WIDTH, 18, scale.number(why.average, 1))
        + "".join(map(_bar, steps))
        + _text("total", 0, last + 11, _("Predicted for you"))
        + _dot(at(why.prediction), last + 6)
        + _text("number total", WIDTH, last + 11, scale.number(why.prediction, 1))
        + "</svg>"
    )


def _bar(step: Step) -> str:
    look = f"{'own-part' if step.is_own else 'part'}{'' if step.adds else ' takes'}"
    return (
        _text("", 0, step.text_y, step.label)
        + f'<rect class="{look}" x="{step.x}" y="{step.y}" width="{step.width}" height="{BAR}"/>'
        + _text("number", WIDTH, step.text_y, step.number)
    )


def _text(look: str, x: int, y: int, text: str) -> str:
    look = f'class="{look}" ' if look else ""
    return f'<text {look}x="{x}" y="{y}">{escape(text)}</text>'


def _dot(x: float, y: int) -> str:
    return f'<circle class="point" cx="{x}" cy="{y}" r="4"/>'


def _parts(why: Reasons) -> Iterator[tuple[str, float, bool]]:
    yield _("This movie"), why.standing, False
    yield _("You, on the whole"), why.tendency, False
    if why.has_typical_taste:
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
