"""Why a prediction is what it is, as the part of a page: words, a picture and a table.

Written in one pass, like the cards of a wall (card_writing.py): it has a hundred small numbers and
texts, and as a template it took as long as all questions to the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from movies import scales
from movies.words import Words
from recommender.card_writing import address_of
from recommender.movie_page.waterfall import Step, Waterfall, waterfall
from recommender.serving.explain import OwnRating, Reasons

WORDS = Words(
    title=_("Why %(stars)s?"),
    because=_('Because you gave <a href="%(address)s">%(title)s</a> %(stars)s'),
    without=_("Without this rating: %(stars)s"),
    typical=_(
        "Nothing is known of your taste yet, so this is what a typical person would give it."
        " From your first rating on it is about you."
    ),
    nothing=_(
        "None of your ratings says much about this movie: the number stands on what everybody"
        " thinks of it."
    ),
    range=_("We may be off: eight of ten such ratings lie between %(low)s and %(high)s."),
    picture=_(
        "Bars that lead from the average of all ratings, %(start)s, to %(end)s. The table below"
        " holds every part."
    ),
    start=_("All ratings, average"),
    total=_("Your likely stars"),
    table=_("Every part in a table"),
    part=_("Part"),
    adds=_("Adds"),
    without_it=_("Without it"),
    average=_("Average of all ratings"),
    standing=_("How well liked this movie is"),
    tendency=_("How generous you are with stars"),
    typical_adds=_("What the typical taste adds"),
    together=_("Together"),
    table_note=_(
        "“Without it” is what we would say had you never given that rating: everything else is"
        " then weighed anew, so it is not the sum without one part."
    ),
)


def write_reasons(why: Reasons) -> SafeString:
    """`<section class="why">`; titles of movies are escaped, the rest is of the site."""
    return SafeString(_Writer(why).section())


class _Writer:
    def __init__(self, why: Reasons) -> None:
        self.why, self.words, self.scale = why, WORDS(), scales.active().spoken()

    def section(self) -> str:
        why, words = self.why, self.words
        title = words.title % {"stars": self.scale.about(why.stars)}
        between = words.range % {
            "low": self.scale.number(why.stars.low),
            "high": self.scale.about(why.stars.high),
        }
        return (
            '<section class="section why" aria-labelledby="why">'
            f'<h2 id="why">{title}</h2><div class="why-parts"><div class="why-words">'
            f'{self._in_words()}<p class="facts">{between}</p></div>'
            f'<figure class="why-picture">{self._picture(waterfall(why))}'
            f"<details><summary>{words.table}</summary>{self._table()}"
            f'<p class="facts">{words.table_note}</p></details></figure></div></section>'
        )

    def _in_words(self) -> str:
        top = self.why.top
        if top:
            return f'<ul class="why-list">{"".join(map(self._because, top))}</ul>'
        return f"<p>{self.words.typical if self.why.typical else self.words.nothing}</p>"

    def _because(self, own: OwnRating) -> str:
        because = self.words.because % {
            "address": address_of(own.movie.pk, own.movie.title),
            "title": escape(own.movie.title),
            "stars": self.scale.in_words(own.stars),
        }
        without = self.words.without % {"stars": self._without(own)}
        return (
            f'<li><p>{because}: <strong class="share">{self.scale.signed(own.share)}</strong></p>'
            f'<p class="without">{without}</p></li>'
        )

    def _without(self, own: OwnRating) -> str:
        return "" if own.without is None else self.scale.number(own.without)

    def _picture(self, picture: Waterfall) -> str:
        words, scale = self.words, self.scale
        label = words.picture % {
            "start": scale.number(picture.start),
            "end": scale.about(picture.end),
        }
        last = picture.last_y
        return (
            f'<svg class="waterfall" role="img" aria-label="{label}"'
            f' viewBox="0 0 {picture.width} {picture.height}"><text x="0" y="18">{words.start}'
            f'</text><circle class="point" cx="{picture.start_x}" cy="13" r="4"/>'
            f"{_number(picture.width, 18, scale.number(picture.start, 1))}"
            f"{''.join(self._step(step, picture) for step in picture.steps)}"
            f'<text class="total" x="0" y="{last + 11}">{words.total}</text>'
            f'<circle class="point" cx="{picture.end_x}" cy="{last + 6}" r="4"/>'
            f"{_number(picture.width, last + 11, scale.number(picture.end, 1), ' total')}</svg>"
        )

    def _step(self, step: Step, picture: Waterfall) -> str:
        look = f"{'own-part' if step.is_own else 'part'}{'' if step.adds else ' takes'}"
        return (
            f'<text x="0" y="{step.text_y}">{escape(step.label)}</text><rect class="{look}"'
            f' x="{step.x}" y="{step.y}" width="{step.width}" height="{picture.bar}"/>'
            f"{_number(picture.width, step.text_y, self.scale.signed(step.share))}"
        )

    def _table(self) -> str:
        words = self.words
        heads = "".join(
            f'<th scope="col">{head}</th>' for head in (words.part, words.adds, words.without_it)
        )
        return (
            f'<table class="parts-table"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{''.join(self._rows())}</tbody><tfoot>"
            f"{_row(words.together, self.scale.number(self.why.prediction, 1))}</tfoot></table>"
        )

    def _rows(self) -> Iterable[str]:
        why, words, signed = self.why, self.words, self.scale.signed
        yield _row(words.average, self.scale.number(why.average, 1))
        yield _row(words.standing, signed(why.standing))
        yield _row(words.tendency, signed(why.tendency))
        if why.typical:
            yield _row(words.typical_adds, signed(why.typical))
        for own in why.ratings:
            link = (
                f'<a href="{address_of(own.movie.pk, own.movie.title)}">{escape(str(own.movie))}'
                f"</a>, {self.scale.in_words(own.stars)}"
            )
            yield _row(link, signed(own.share), self._without(own))
        if why.n_others:
            others = ngettext("Your %(n)s other rating", "Your %(n)s other ratings", why.n_others)
            yield _row(others % {"n": why.n_others}, signed(why.others))


def _number(x: int, y: int, shown: str, more: str = "") -> str:
    return f'<text class="number{more}" x="{x}" y="{y}">{shown}</text>'


def _row(head: str, adds: str, without: str = "") -> str:
    return f'<tr><th scope="row">{head}</th><td>{adds}</td><td>{without}</td></tr>'
