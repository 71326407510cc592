"""Numbers and words of the taste page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.utils.formats import get_format, number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from movies import scales
from movies.models import Movie
from movies.templatetags.stars import given, in_words
from recommender.taste.map import Standing
from recommender.taste.map_plot import Label, Plot, Point
from recommender.taste.report import NamedAxis

register = template.Library()

# The strip of one axis: 320 wide, 0 in the middle, three deviations of people to each side.
STRIP_MIDDLE, STRIP_UNIT, STRIP_EDGE = 160, 50, 150


@register.filter
def num(value: float) -> str:
    """A coordinate: a point for the decimals in any language."""
    return f"{value:.1f}".removesuffix(".0")


@register.filter
def percent(share: float) -> str:
    return number_format(100 * share, 0)


@register.filter
def rest(share: float) -> float:
    return 1 - share


@register.filter
def signed(value: float) -> str:
    """'+0.31', '−1.20': with a real minus, and none before zero."""
    text = number_format(abs(value), 2)
    if not round(value, 2):
        return text
    return ("+" if value > 0 else "−") + text


@register.simple_tag
def titles(movies: Sequence[Movie], most: int) -> SafeString:
    """The first titles as links to their movies."""
    return format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        ((movie.get_absolute_url(), movie.title) for movie in movies[:most]),
    )


# Hundreds of points: put together here, a page takes a third of the time of a template's loop.


# A drawing of 720 is shown smaller than that: whole numbers are exact enough, and weigh less.
_LAYERS = [(asked, kind) for asked in (False, True) for kind in ("unrated", "below", "above")]


@register.simple_tag
def map_points(plot: Plot) -> SafeString:
    """The circles, each with its title as a native tooltip; what matters most lies on top."""
    layers: dict[tuple[bool, str], list[str]] = {layer: [] for layer in _LAYERS}
    # In the order of their numbers neighbours have much in common, and weigh less when packed.
    for point in sorted(plot.points, key=lambda point: point.movie.pk):
        layers[point.is_asked, point.kind].append(
            f'<circle id="map-{point.movie.pk}" cx="{round(point.x)}" cy="{round(point.y)}">'
            f"<title>{escape(str(point.movie))}{escape(_own_words(point))}</title></circle>"
        )
    return SafeString(
        "".join(
            f'<g class="{kind}{"" if asked else " dim"}">{"".join(circles)}</g>'
            for (asked, kind), circles in layers.items()
            if circles
        )
    )


def _own_words(point: Point) -> str:
    if point.own_stars is None:
        return ""
    return ": " + _("%(stars)s from you") % {"stars": in_words(point.own_stars)}


@register.simple_tag
def map_labels(labels: Sequence[Label]) -> SafeString:
    """Beside their points; the group around them says how large."""
    return SafeString("".join(map(_label, labels)))


def _label(one: Label) -> str:
    anchor = "" if one.anchor == "start" else f' text-anchor="{one.anchor}"'
    return f'<text x="{round(one.x)}" y="{round(one.y)}"{anchor}>{escape(one.text)}</text>'


@register.simple_tag
def map_rows(plot: Plot) -> SafeString:
    """Table rows of the movies that were asked for, own ones first, then the best known."""
    mark = get_format("DECIMAL_SEPARATOR")

    def number(value: float) -> str:
        return f"{value:+.2f}".replace("-", "−").replace(".", mark)

    return format_html_join(
        "\n",
        '<tr><th scope="row"><a href="{}" data-point="{}">{}</a></th>'
        "<td>{}</td><td>{}</td><td>{}</td></tr>",
        (
            (
                point.movie.get_absolute_url(),
                point.movie.pk,
                point.movie,
                *map(number, point.place),
                given(point.own_stars),
            )
            for point in reversed(plot.points)
            if point.is_asked
        ),
    )


@dataclass(frozen=True)
class Strip:
    x: float
    left: float
    width: float


@register.simple_tag
def strip(standing: Standing) -> Strip:
    """Where the person's mark and what is open around it are drawn."""

    def place(value: float) -> float:
        return STRIP_MIDDLE + max(-STRIP_EDGE, min(STRIP_EDGE, STRIP_UNIT * value))

    reach = 1.28 * standing.uncertainty
    left, right = place(standing.place - reach), place(standing.place + reach)
    return Strip(place(standing.place), left, right - left)


@register.filter
def side(axis: NamedAxis) -> str:
    """'towards Alien', or that it is not known; for descriptions."""
    towards = axis.towards
    if axis.standing is None or not towards:
        return _("nowhere yet")
    if not axis.leans:
        return _("near the middle of axis %(number)d") % {"number": axis.number}
    return _("towards %(title)s") % {"title": towards[0].title}


@register.simple_tag
def standing_in_words(axis: NamedAxis) -> SafeString:
    """Which way the person leans, how many are further out, and what it is worth in stars."""
    if not axis.leans or not axis.towards:
        return format_html("{}", _("Near the middle, as far as your ratings say."))
    scale = scales.active()
    worth = (
        _("Movies one step towards %(title)s get %(stars)s stars more from you.")
        if scale.key == scales.STARS
        else _("Movies one step towards %(title)s get %(stars)s points more from you.")
    ) % {"title": axis.towards[0].title, "stars": scale.number(abs(axis.standing.stars), 1)}
    if axis.further_than is None:
        return format_html("{}", worth)
    share = number_format(100 * axis.further_than, 0)
    than = _("Further that way than %(share)s %% of members.") % {"share": share}
    return format_html("{} {}", worth, than)
