"""Why a prediction is what it is: finished strings for `_reasons.html` and `_parts.html`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies import scales
from movies.models import Movie
from recommender.core.explain.reasons import SMALLEST_EFFECT, ReasonKind
from recommender.movie_page.sureness import sureness
from recommender.movie_page.waterfall import waterfall_svg
from recommender.serving.cards import Prediction, prediction_of
from recommender.serving.explain import NamedReason, OwnRating, Reasons, explain

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class ShownReason:
    """One of the reader's ratings that speaks for the movie."""

    movie: Movie
    stars: str  # "4.5 stars"
    adds: str  # "+0.31"; "" if it is only known to have the same audience
    without: str  # the predicted stars without this rating, "" where the number stays the same


@dataclass(frozen=True)
class ReasonsSection:
    prediction: Prediction
    sureness: str
    stars: str  # "3.9 stars"
    reasons: Sequence[ShownReason]
    is_typical: bool  # nothing is known of the reader's taste
    standing: str  # "+0.62" if the movie is liked better than most, else ""


@dataclass(frozen=True)
class TableRow:
    label: str
    adds: str
    without: str = ""
    movie: Movie | None = None  # for the rows of single ratings: linked, before `label`


@dataclass(frozen=True)
class RowGroup:
    heading: str
    rows: Sequence[TableRow]


@dataclass(frozen=True)
class PartsSection:
    """Every part of a prediction, drawn and as a table."""

    stars: str
    low: str
    high: str
    picture: SafeString  # SVG
    groups: Sequence[RowGroup]
    total: str


def shown_explanation(user: User | AnonymousUser, movie: Movie, n: int) -> Reasons | None:
    """The explanation of a prediction that the user gets to see, with `n` ratings one by one.

    None for a rated movie, which shows the rating, and for users who want no prediction before
    they rate. `movie` comes from `movies.cards`.
    """
    if movie.own_half_stars is not None:
        return None
    if user.is_authenticated and user.hides_predictions:
        return None
    return explain(user, movie, n)


def reasons_section(why: Reasons) -> ReasonsSection:
    scale = scales.active()
    return ReasonsSection(
        prediction=prediction_of(why.stars),
        sureness=sureness(why.stars) if why.stars.spread else "",
        stars=scale.about(why.stars),
        reasons=[_reason(reason, why) for reason in why.named],
        is_typical=not why.ratings and not why.n_others,
        standing=scale.signed(why.standing) if why.standing >= SMALLEST_EFFECT else "",
    )


def parts_section(why: Reasons) -> PartsSection:
    scale = scales.active()
    return PartsSection(
        stars=scale.about(why.stars),
        low=scale.number(why.stars.low),
        high=scale.about(why.stars.high),
        picture=waterfall_svg(why),
        groups=[group for group in _groups(why) if group.rows],
        total=scale.number(why.prediction, 1),
    )


def _reason(reason: NamedReason, why: Reasons) -> ShownReason:
    scale = scales.active()
    adds = scale.signed(reason.share) if reason.kind == ReasonKind.STARS else ""
    return ShownReason(reason.movie, scale.in_words(reason.stars), adds, _without(reason, why))


def _without(own: OwnRating, why: Reasons) -> str:
    """The number that pages would print without this rating, if it is another one."""
    scale = scales.active()
    without = "" if own.without is None else scale.number(own.without)
    return "" if without == scale.number(why.stars) else without


def _groups(why: Reasons) -> Iterator[RowGroup]:
    yield RowGroup("", list(_general_rows(why)))
    raises = [own for own in why.ratings if own.share >= 0]
    lowers = [own for own in why.ratings if own.share < 0]
    yield RowGroup(_("What raises it"), [_own_row(own, why) for own in raises])
    yield RowGroup(_("What lowers it"), [_own_row(own, why) for own in lowers])
    if why.n_others:
        others = ngettext("Your %(n)s other rating", "Your %(n)s other ratings", why.n_others)
        label = others % {"n": why.n_others}
        yield RowGroup(_("Everything else"), [TableRow(label, scales.active().signed(why.others))])


def _general_rows(why: Reasons) -> Iterator[TableRow]:
    scale = scales.active()
    yield TableRow(_("Average of all ratings"), scale.number(why.average, 1))
    yield TableRow(_("How well liked this movie is"), scale.signed(why.standing))
    yield TableRow(_("How generous you are"), scale.signed(why.tendency))
    if why.has_typical_taste:
        yield TableRow(_("Typical taste"), scale.signed(why.typical))


def _own_row(own: OwnRating, why: Reasons) -> TableRow:
    scale = scales.active()
    return TableRow(
        scale.in_words(own.stars), scale.signed(own.share), _without(own, why), own.movie
    )
