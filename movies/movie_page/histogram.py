"""Histogram of a movie's ratings, in SVG units."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from movies import scales
from movies.models import Movie
from movies.models.catalogue import DAMPING_HALF_STARS
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars

BAR, STEP, HIGHEST = 26, 30, 96
SLIVER = 2  # height of the smallest bar, so that one rating among thousands is seen


@dataclass(frozen=True)
class Bar:
    half_stars: int
    n: int
    percent: int
    is_own: bool
    x: int
    y: int
    height: int

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)

    @property
    def middle(self) -> int:
        return self.x + BAR // 2

    @property
    def share(self) -> str:
        return str(self.percent)


@dataclass(frozen=True)
class Histogram:
    bars: list[Bar]
    total: int
    width: int = STEP * HALF_STARS_MAX - (STEP - BAR)
    foot: int = HIGHEST
    damped_towards: float = to_stars(DAMPING_HALF_STARS)

    @property
    def bars_svg(self) -> SafeString:
        """The bars, the reader's own one marked, with numbers of stars below."""
        given, parts = scales.active().given, []
        for bar in self.bars:
            if bar.n:
                own = 'class="own-bar" ' if bar.is_own else ""
                parts.append(
                    f'<rect {own}x="{bar.x}" y="{bar.y}" width="{BAR}" height="{bar.height}"/>'
                )
            if bar.is_own:
                parts.append(f'<text class="own-mark" x="{bar.middle}" y="{bar.y - 3}">★</text>')
            if bar.half_stars % 2 == 0:  # only whole stars have room for their number
                parts.append(f'<text x="{bar.middle}" y="114">{given(bar.stars)}</text>')
        return SafeString("".join(parts))

    @property
    def commonest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.n)


def histogram_of(movie: Movie) -> Histogram | None:
    """The ten bars as published; None while too few people rated.

    `movie` comes from `movies.cards`, with the reader's own rating.
    """
    if not movie.shown_count:
        return None
    spread = movie.published_spread
    most, total = max(spread), sum(spread)
    return Histogram(
        [
            _bar(half, n, most, total, movie.own_half_stars)
            for half, n in enumerate(spread, HALF_STARS_MIN)
        ],
        total,
    )


def _bar(half: int, n: int, most: int, total: int, own: int | None) -> Bar:
    height = max(SLIVER, round(HIGHEST * n / most)) if n else 0
    return Bar(
        half_stars=half,
        n=n,
        percent=round(100 * n / total),
        is_own=half == own,
        x=(half - 1) * STEP,
        y=HIGHEST - height,
        height=height,
    )
