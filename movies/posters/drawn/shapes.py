"""Flat SVG shapes, from which the motifs are composed.

Every method returns markup. Colours are presentation attributes because the site's content security
policy allows neither style attributes nor style elements.
"""

from dataclasses import dataclass
from math import cos, radians, sin

from movies.posters.drawn.palettes import Palette
from movies.posters.drawn.seeded_random import SeededRandom

Point = tuple[float, float]


def num(value: float) -> str:
    """A coordinate rounded to a tenth of a unit, as short as possible."""
    return f"{round(value, 1):g}"


def points(*corners: Point) -> str:
    """Path data of a closed polygon."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in corners) + "z"


def polar(x: float, y: float, radius: float, degrees: float) -> Point:
    """The point `radius` away from (x, y); 0 degrees points right, 90 down."""
    angle = radians(degrees)
    return x + radius * cos(angle), y + radius * sin(angle)


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws on an area `w` wide and `h` high, in four colours, with a generator for variation."""

    h: float
    palette: Palette
    rng: SeededRandom
    w: float = 240

    @property
    def ground(self) -> str:
        return self.palette.ground

    @property
    def ink(self) -> str:
        return self.palette.ink

    @property
    def accent(self) -> str:
        return self.palette.accent

    @property
    def second(self) -> str:
        return self.palette.second

    def path(self, fill: str, d: str) -> str:
        return f'<path fill="{fill}" d="{d}"/>'

    def poly(self, fill: str, *corners: Point) -> str:
        return f'<path fill="{fill}" d="{points(*corners)}"/>'

    def rect(self, fill: str, x: float, y: float, w: float, h: float) -> str:
        return f'<path fill="{fill}" d="M{num(x)} {num(y)}h{num(w)}v{num(h)}h{num(-w)}z"/>'

    def circle(self, fill: str, x: float, y: float, r: float) -> str:
        return f'<circle fill="{fill}" cx="{num(x)}" cy="{num(y)}" r="{num(r)}"/>'

    def ellipse(self, fill: str, x: float, y: float, rx: float, ry: float) -> str:
        return f'<ellipse fill="{fill}" cx="{num(x)}" cy="{num(y)}" rx="{num(rx)}" ry="{num(ry)}"/>'

    def ring(self, stroke: str, x: float, y: float, r: float, width: float) -> str:
        return (
            f'<circle fill="none" stroke="{stroke}" stroke-width="{num(width)}"'
            f' cx="{num(x)}" cy="{num(y)}" r="{num(r)}"/>'
        )

    def line(self, stroke: str, width: float, d: str, *, round_ends: bool = False) -> str:
        cap = ' stroke-linecap="round"' if round_ends else ""
        return f'<path fill="none" stroke="{stroke}" stroke-width="{num(width)}"{cap} d="{d}"/>'

    def half(self, fill: str, x: float, y: float, r: float, *, up: bool = True) -> str:
        """A half disc whose straight edge is at height y."""
        sweep = 1 if up else 0
        d = f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 0 {sweep} {num(2 * r)} 0z"
        return self.path(fill, d)

    def rounded(self, fill: str, x: float, y: float, w: float, h: float, r: float) -> str:
        return (
            f'<rect fill="{fill}" x="{num(x)}" y="{num(y)}" width="{num(w)}"'
            f' height="{num(h)}" rx="{num(r)}"/>'
        )

    def star(
        self, fill: str, x: float, y: float, r: float, inner: float, tips: int, turn: float = -90
    ) -> str:
        step = 180 / tips
        corners = (polar(x, y, inner if i % 2 else r, turn + i * step) for i in range(2 * tips))
        return self.poly(fill, *corners)

    def turned(self, degrees: float, x: float, y: float, *shapes: str) -> str:
        body = "".join(shapes)
        return f'<g transform="rotate({num(degrees)} {num(x)} {num(y)})">{body}</g>'
