"""Bars of the taste page as geometry for SVG templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from movies import scales
from recommender.taste.statistics import Leaning, Period, Step


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str
    value: str = ""
    value_y: float = 0.0

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Histogram:
    """Own shares as bars, everybody's as a stepped line over them."""

    bars: Sequence[Bar]
    everyone: str  # points of a polyline; empty where it is not known
    width: int = 440
    height: int = 200
    base: int = 172


def histogram(steps: Sequence[Step]) -> Histogram:
    slot, top = 44.0, 28.0
    shares = [step.share for step in steps] + [step.everyone or 0.0 for step in steps]
    scale = (Histogram.base - top) / (max(shares, default=0) or 1.0)

    def height(share: float) -> float:
        return round(share * scale, 1)

    bars = [
        Bar(
            x=round(k * slot + 7, 1),
            y=round(Histogram.base - height(step.share), 1),
            width=slot - 14,
            height=height(step.share),
            label=scales.active().given(step.stars),
            value=f"{100 * step.share:.0f}" if step.n else "",
            value_y=Histogram.base - height(max(step.share, step.everyone or 0.0)) - 6,
        )
        for k, step in enumerate(steps)
    ]
    line = [
        f"{k * slot + edge:.0f},{Histogram.base - height(step.everyone):.1f}"
        for k, step in enumerate(steps)
        if step.everyone is not None
        for edge in (1.0, slot - 1.0)
    ]
    ends = (f"1,{Histogram.base}", f"{Histogram.width - 1},{Histogram.base}")
    return Histogram(bars, " ".join([ends[0], *line, ends[1]]) if line else "")


@dataclass(frozen=True)
class Timeline:
    bars: Sequence[Bar]
    width: int = 720
    height: int = 150
    base: int = 122


def timeline(periods: Sequence[Period]) -> Timeline:
    """A bar for each month or year; the years are written where they begin."""
    if not periods:
        return Timeline([])
    slot = min(Timeline.width / len(periods), 60.0)
    highest = max(period.n for period in periods)
    bars, written = [], -100.0
    for k, period in enumerate(periods):
        height = round((Timeline.base - 24) * period.n / highest, 1)
        begins = not period.is_month or k == 0 or period.first.month == 1
        label = str(period.first.year) if begins and k * slot - written >= 40 else ""
        written = k * slot if label else written
        value = str(period.n) if period.n == highest else ""
        x, width = round(k * slot + 0.1 * slot, 1), round(0.8 * slot, 1)
        y = round(Timeline.base - height, 1)
        bars.append(Bar(x, y, width, height, label, value, y - 6))
    return Timeline(bars)


@dataclass(frozen=True)
class LeanRow:
    leaning: Leaning
    x: float  # of the bar in a drawing 200 wide whose zero is at 100
    width: float


def lean_rows(leanings: Sequence[Leaning], most: float) -> list[LeanRow]:
    """Only those with enough ratings to lean at all; `most` stars fill half the drawing."""
    rows = []
    for leaning in leanings:
        if leaning.lean is not None:
            length = min(abs(leaning.lean) / most, 1.0) * 96
            start = 100.0 if leaning.lean >= 0 else 100 - length
            rows.append(LeanRow(leaning, round(start, 1), round(max(length, 1.0), 1)))
    return rows


def longest(*groups: Sequence[Leaning]) -> float:
    """The strongest leaning of all groups, at least half a star: small ones look small."""
    leans = [abs(one.lean) for group in groups for one in group if one.lean is not None]
    return max([0.5, *leans])
