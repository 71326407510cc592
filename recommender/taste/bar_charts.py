"""Geometry of the taste page's bar charts, drawn as SVG by its templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from movies import scales
from recommender.taste.statistics import Leaning, Period, StarCount


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
    """The user's shares as bars, those of all users as a stepped line."""

    bars: Sequence[Bar]
    everyone: str  # points of a polyline; empty if unknown
    width: int = 440
    height: int = 200
    base: int = 172


def histogram(counts: Sequence[StarCount]) -> Histogram:
    slot, top = 44.0, 28.0
    shares = [count.share for count in counts] + [count.everyone or 0.0 for count in counts]
    scale = (Histogram.base - top) / (max(shares, default=0) or 1.0)

    def height(share: float) -> float:
        return round(share * scale, 1)

    bars = [
        Bar(
            x=round(k * slot + 7, 1),
            y=round(Histogram.base - height(count.share), 1),
            width=slot - 14,
            height=height(count.share),
            label=scales.active().given(count.stars),
            value=f"{100 * count.share:.0f}" if count.n else "",
            value_y=Histogram.base - height(max(count.share, count.everyone or 0.0)) - 6,
        )
        for k, count in enumerate(counts)
    ]
    line = [
        f"{k * slot + edge:.0f},{Histogram.base - height(count.everyone):.1f}"
        for k, count in enumerate(counts)
        if count.everyone is not None
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
    """A bar for each month or year, labelled at the start of each year."""
    if not periods:
        return Timeline([])
    slot = min(Timeline.width / len(periods), 60.0)
    highest = max(period.n for period in periods)
    bars, last_label_x = [], -100.0
    for k, period in enumerate(periods):
        height = round((Timeline.base - 24) * period.n / highest, 1)
        begins = not period.is_month or k == 0 or period.first.month == 1
        label = str(period.first.year) if begins and k * slot - last_label_x >= 40 else ""
        last_label_x = k * slot if label else last_label_x
        value = str(period.n) if period.n == highest else ""
        x, width = round(k * slot + 0.1 * slot, 1), round(0.8 * slot, 1)
        y = round(Timeline.base - height, 1)
        bars.append(Bar(x, y, width, height, label, value, y - 6))
    return Timeline(bars)


@dataclass(frozen=True)
class LeaningRow:
    leaning: Leaning
    x: float  # of the bar, in a drawing 200 wide with zero at 100
    width: float


def leaning_rows(leanings: Sequence[Leaning], full_scale: float) -> list[LeaningRow]:
    """Leanings with enough ratings; `full_scale` stars fill half the drawing."""
    rows = []
    for leaning in leanings:
        if leaning.lean is not None:
            length = min(abs(leaning.lean) / full_scale, 1.0) * 96
            start = 100.0 if leaning.lean >= 0 else 100 - length
            rows.append(LeaningRow(leaning, round(start, 1), round(max(length, 1.0), 1)))
    return rows


def strongest_leaning(*groups: Sequence[Leaning]) -> float:
    """In stars, at least half a star, so that small leanings look small."""
    leans = [abs(one.lean) for group in groups for one in group if one.lean is not None]
    return max([0.5, *leans])
