"""The spread of a movie's ratings as the part of its page: bars, and the numbers as a table."""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from movies import scales
from movies.models import Movie
from movies.movie_page.histogram import Bar, Histogram
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars
from movies.words import Words, counted

# What a movie's damped average is damped towards.
MIDDLING = 3.5

WORDS = Words(
    title=_("What everybody gave"),
    picture=_(
        "Ten bars from %(lowest)s to %(highest)s. Most often given: %(stars)s, by %(share)s %% of"
        " people. The table below holds every number."
    ),
    you_gave=_("You gave %(stars)s."),
    numbers=_("The numbers"),
    stars=_("Stars"),
    ratings=_("Ratings"),
    share=_("Share"),
    yours=_("(yours)"),
    damped=_(
        "Lists order by %(stars)s, the damped average: ten ratings of %(middling)s are added to"
        " those given, so that a movie loved by three people does not outrank one loved by three"
        " hundred."
    ),
)


def write_histogram(movie: Movie, histogram: Histogram | None) -> SafeString:
    """`<section class="histogram">`, or how many ratings are missing until there is one.

    `movie` comes from `movies.cards`: it knows what the person who looks has given.
    """
    return SafeString(_too_few(movie) if histogram is None else _section(movie, histogram))


def _too_few(movie: Movie) -> str:
    words = ngettext(
        "%(shown)s rating so far. From five on, everybody sees the average and how the ratings"
        " spread.",
        "%(shown)s ratings so far. From five on, everybody sees the average and how the ratings"
        " spread.",
        movie.n_ratings,
    )
    said = words % {"shown": counted(movie.n_ratings)}
    return f'<p class="histogram too-few" id="spread">{said}</p>'


def _section(movie: Movie, histogram: Histogram) -> str:
    words, scale = WORDS(), scales.active().spoken()
    of_all = ngettext(
        "on average, from %(shown)s rating", "on average, from %(shown)s ratings", movie.n_ratings
    )
    damped = words.damped % {
        "stars": scale.number(movie.damped_average, 1),
        "middling": scale.about(MIDDLING),
    }
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in (words.stars, words.ratings, words.share)
    )
    rows = "".join(_row(bar, scale, words.yours) for bar in reversed(histogram.bars))
    return (
        '<section class="histogram" id="spread" aria-labelledby="histogram">'
        f'<h2 id="histogram">{words.title}</h2><p class="average">'
        f"<strong>{scale.number(movie.average or 0.0)}</strong> "
        f"<span>{of_all % {'shown': counted(movie.n_ratings)}}</span></p>"
        f"{_picture(histogram, scale, words.picture)}{_own(movie, scale, words.you_gave)}"
        f'<details><summary>{words.numbers}</summary><table class="bars-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{damped}</p></details></section>"
    )


def _picture(histogram: Histogram, scale: scales.Scale, label: str) -> str:
    commonest = histogram.commonest
    said = label % {
        "lowest": scale.in_words(to_stars(HALF_STARS_MIN)),
        "highest": scale.in_words(to_stars(HALF_STARS_MAX)),
        "stars": scale.in_words(to_stars(commonest.half_stars)),
        "share": commonest.share,
    }
    bars = "".join(_bar(bar, histogram.bar_width, scale) for bar in histogram.bars)
    return (
        f'<svg class="bars" role="img" viewBox="0 -14 {histogram.width} 132"'
        f' aria-label="{escape(said)}">{bars}'
        f'<path class="foot" d="M0 {histogram.foot}.5H{histogram.width}"/></svg>'
    )


def _bar(bar: Bar, width: int, scale: scales.Scale) -> str:
    own = ' class="own-bar"' if bar.is_own else ""
    drawn = ""
    if bar.n:
        drawn = f'<rect{own} x="{bar.x}" y="{bar.y}" width="{width}" height="{bar.height}"/>'
    if bar.is_own:
        drawn += f'<text class="own-mark" x="{bar.middle}" y="{bar.y - 3}">★</text>'
    if bar.half_stars % 2 == 0:
        drawn += f'<text x="{bar.middle}" y="114">{scale.given(to_stars(bar.half_stars))}</text>'
    return drawn


def _own(movie: Movie, scale: scales.Scale, you_gave: str) -> str:
    if not movie.own_half_stars:
        return ""
    said = you_gave % {"stars": scale.in_words(to_stars(movie.own_half_stars))}
    return f'<p class="bars-own"><span aria-hidden="true">★</span> {said}</p>'


def _row(bar: Bar, scale: scales.Scale, yours: str) -> str:
    own, said = (' class="own-row"', f" {yours}") if bar.is_own else ("", "")
    return (
        f'<tr{own}><th scope="row">{scale.in_words(to_stars(bar.half_stars))}{said}</th>'
        f"<td>{counted(bar.n)}</td><td>{bar.share} %</td></tr>"
    )
