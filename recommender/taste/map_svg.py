"""SVG of the taste map's points and labels.

There are hundreds of them, and a template loop takes three times as long. Whole numbers are exact
enough, since the drawing is always shown smaller than its 720 units.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from movies import scales
from recommender.taste.map_plot import Label, MapPlot, Point

# Drawn in this order: (is highlighted, kind).
_LAYERS = [(bright, kind) for bright in (False, True) for kind in ("unrated", "below", "above")]


def points_svg(plot: MapPlot) -> SafeString:
    """Circles in layers, each with its title as a tooltip."""
    layers: dict[tuple[bool, str], list[str]] = {layer: [] for layer in _LAYERS}
    # In order of ids, neighbours have more in common and compress better.
    for point in sorted(plot.points, key=lambda point: point.movie.pk):
        layers[point.is_highlighted, point.kind].append(
            f'<circle id="map-{point.movie.pk}" cx="{round(point.x)}" cy="{round(point.y)}">'
            f"<title>{escape(_title(point))}</title></circle>"
        )
    return SafeString(
        "".join(
            f'<g class="{kind}{"" if bright else " dim"}">{"".join(circles)}</g>'
            for (bright, kind), circles in layers.items()
            if circles
        )
    )


def _title(point: Point) -> str:
    if point.own_stars is None:
        return str(point.movie)
    words = _("%(stars)s from you") % {"stars": scales.active().in_words(point.own_stars)}
    return f"{point.movie}: {words}"


def labels_svg(labels: Sequence[Label]) -> SafeString:
    return SafeString("".join(map(_label_svg, labels)))


def _label_svg(label: Label) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    return f'<text x="{round(label.x)}" y="{round(label.y)}"{anchor}>{escape(label.text)}</text>'
