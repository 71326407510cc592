"""The interval of a prediction as a glyph: a line from low to high with a dot at the prediction."""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString

from movies.stars import STEPS

WIDTH, HEIGHT, MARGIN = 32, 10, 3
LOWEST, HIGHEST = STEPS[0], STEPS[-1]


@lru_cache(maxsize=4096)
def interval_svg(low: float, stars: float, high: float) -> SafeString:
    """SVG of the interval; the whole line stands for half a star to five."""
    middle = HEIGHT // 2
    return SafeString(
        f'<svg class="whiskers" aria-hidden="true" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path class="whole" d="M{MARGIN} {middle}H{WIDTH - MARGIN}"/>'
        f'<path class="range" d="M{_x_of(low)} {middle}H{_x_of(high)}"/>'
        f'<circle cx="{_x_of(stars)}" cy="{middle}" r="2.5"/></svg>'
    )


def _x_of(stars: float) -> float:
    share = (stars - LOWEST) / (HIGHEST - LOWEST)
    return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)
