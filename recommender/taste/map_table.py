"""The taste map as text: its axes, and its movies as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

from movies import scales
from movies.models import Movie
from recommender.taste.axis_names import AxisName
from recommender.taste.map import Standing
from recommender.taste.map_plot import MapPlot
from recommender.taste.report import NamedAxis

# The drawing of one axis: 320 wide, 0 in the middle, three deviations to each side.
AXIS_MIDDLE, AXIS_UNIT, AXIS_REACH = 160, 50, 150
# Standard deviations that hold 80 % of a normal distribution.
INTERVAL = 1.28


@dataclass(frozen=True)
class StandingMark:
    """The user's place on the drawing of one axis, and the interval around it."""

    x: float
    left: float
    width: float


@dataclass(frozen=True)
class AxisRow:
    """One axis in words and as a drawing."""

    number: int
    name: AxisName
    share: float  # of all differences between movies, 0 to 1
    low: Sequence[Movie]
    high: Sequence[Movie]
    side: str  # where the user stands, for the description of the map
    place: float | None  # in deviations; None for a user without ratings
    mark: StandingMark | None
    sentence: str


@dataclass(frozen=True)
class MapTableRow:
    movie: Movie
    across: str
    up: str
    stars: str


def axis_row(axis: NamedAxis) -> AxisRow:
    standing = axis.standing
    return AxisRow(
        number=axis.number,
        name=axis.name,
        share=axis.share,
        low=axis.low,
        high=axis.high,
        side=_side(axis),
        place=standing.place if standing else None,
        mark=_mark(standing) if standing else None,
        sentence=_sentence(axis) if standing else "",
    )


def table_rows(plot: MapPlot) -> list[MapTableRow]:
    """The highlighted movies: rated ones first, then the best known."""
    decimal_separator = get_format("DECIMAL_SEPARATOR")

    def signed(value: float) -> str:
        return f"{value:+.2f}".replace("-", "−").replace(".", decimal_separator)

    scale = scales.active()
    return [
        MapTableRow(
            point.movie,
            signed(point.place[0]),
            signed(point.place[1]),
            "" if point.own_stars is None else scale.given(point.own_stars),
        )
        for point in reversed(plot.points)
        if point.is_highlighted
    ]


def _mark(standing: Standing) -> StandingMark:
    def x_of(place: float) -> float:
        return AXIS_MIDDLE + max(-AXIS_REACH, min(AXIS_REACH, AXIS_UNIT * place))

    reach = INTERVAL * standing.uncertainty
    left, right = x_of(standing.place - reach), x_of(standing.place + reach)
    return StandingMark(x_of(standing.place), left, right - left)


def _side(axis: NamedAxis) -> str:
    if axis.standing is None or not axis.towards:
        return _("nowhere yet")
    if not axis.leans:
        return _("near the middle of “%(axis)s”") % {"axis": axis.name}
    return _("towards “%(end)s”") % {"end": axis.end}


def _sentence(axis: NamedAxis) -> str:
    """To which side the user leans, what that is worth in stars, and how many lean less."""
    if axis.standing is None or not axis.leans or not axis.towards:
        return _("You’re near the middle, as far as we can tell.")
    scale = scales.active()
    worth = (
        _("You lean towards “%(end)s”: about %(stars)s stars more than others give.")
        if scale.key == scales.STARS
        else _("You lean towards “%(end)s”: about %(stars)s points more than others give.")
    ) % {"end": axis.end, "stars": scale.number(abs(axis.standing.stars), 1)}
    if axis.further_than is None:
        return worth
    share = number_format(100 * axis.further_than, 0)
    return f"{worth} " + _("That’s further than %(share)s%% of members.") % {"share": share}
