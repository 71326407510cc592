"""Why a prediction is what it is: finished strings for `_reasons.html`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies import scales
from movies.models import Movie
from recommender.movie_page.waterfall import waterfall_svg
from recommender.serving.cards import Prediction, prediction_of
from recommender.serving.explain import OwnRating, Reasons


@dataclass(frozen=True)
class Reason:
    """One of the reader's ratings that matters for the prediction."""

    movie: Movie
    stars: str  # "4.5 stars"
    adds: str  # "+0.31"
    without: str  # predicted stars without this rating


@dataclass(frozen=True)
class TableRow:
    label: str
    adds: str
    without: str = ""
    reason: Reason | None = None  # for the rows of single ratings: linked instead of `label`


@dataclass(frozen=True)
class ReasonsSection:
    prediction: Prediction
    stars: str  # "3.9 stars"
    low: str
    high: str
    reasons: list[Reason]
    is_typical: bool  # nothing is known of the reader's taste
    picture: SafeString  # SVG
    rows: list[TableRow]
    total: str


def reasons_section(why: Reasons) -> ReasonsSection:
    scale = scales.active()
    return ReasonsSection(
        prediction=prediction_of(why.stars),
        stars=scale.about(why.stars),
        low=scale.number(why.stars.low),
        high=scale.about(why.stars.high),
        reasons=[_reason(own) for own in why.top],
        is_typical=bool(why.typical),
        picture=waterfall_svg(why),
        rows=list(_rows(why)),
        total=scale.number(why.prediction, 1),
    )


def _reason(own: OwnRating) -> Reason:
    scale = scales.active()
    without = "" if own.without is None else scale.number(own.without)
    return Reason(own.movie, scale.in_words(own.stars), scale.signed(own.share), without)


def _rows(why: Reasons) -> Iterator[TableRow]:
    scale = scales.active()
    yield TableRow(_("Average of all ratings"), scale.number(why.average, 1))
    yield TableRow(_("How well liked this movie is"), scale.signed(why.standing))
    yield TableRow(_("How generous you are with stars"), scale.signed(why.tendency))
    if why.typical:
        yield TableRow(_("What the typical taste adds"), scale.signed(why.typical))
    for own in why.ratings:
        reason = _reason(own)
        yield TableRow("", reason.adds, reason.without, reason)
    if why.n_others:
        others = ngettext("Your %(n)s other rating", "Your %(n)s other ratings", why.n_others)
        yield TableRow(others % {"n": why.n_others}, scale.signed(why.others))
