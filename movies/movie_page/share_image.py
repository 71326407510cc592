"""The preview of a movie for links on other sites: its texts, and a picture of 1200 x 630.

Crawlers do not read SVG, so the picture is a PNG. It shows nothing personal.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies.facts.links import movie_links
from movies.genres import by_label
from movies.models import Movie
from movies.movie_page.facts import MovieFacts
from movies.posters.bitmaps import Drawing, rasterize
from movies.posters.drawn.compose import body
from movies.posters.drawn.font_metrics import width
from movies.posters.drawn.lettering import FACES, Block, set_title
from movies.posters.drawn.shapes import num
from movies.posters.drawn.titles import printable

WIDTH, HEIGHT = 1200, 630
# Increase this with every change to the picture's look, so that all are drawn again.
EDITION = 1
# Drawing takes a tenth of a second; a crawler that asks for all must not stop the site. A picture
# has about 50 kB.
DRAWING = Drawing("share-images", "share", ".png", drawn_a_minute=60, most_kept=2000)

PAPER, INK, MUTED, ACCENT = "#f7f4ec", "#1c1a17", "#5f594e", "#a83a08"
_LEFT, _COLUMN, _TITLE_TOP, _TITLE_HEIGHT = 484, 656, 150, 280

# Characters that could close a <script> element.
_MARKUP = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


@dataclass(frozen=True)
class Share:
    """What other sites show for a link to a movie."""

    movie: Movie
    facts: MovieFacts | None = None  # for the page's head; the picture needs none
    width: ClassVar[int] = WIDTH
    height: ClassVar[int] = HEIGHT

    @cached_property
    def genres(self) -> list[str]:
        """In English: one picture serves all languages."""
        return [genre.name for genre in self.movie.genre_list]

    @property
    def average(self) -> str:
        """Mean stars; '' while too few people rated."""
        return "" if self.movie.average is None else f"{self.movie.average:.1f}"

    @cached_property
    def page(self) -> str:
        return settings.SITE_ORIGIN + self.movie.get_absolute_url()

    @cached_property
    def image(self) -> str:
        path = reverse("movies:share-image", args=[self.movie.pk])
        return f"{settings.SITE_ORIGIN}{path}?v={self.key}"

    @property
    def description(self) -> str:
        if self.movie.description:
            return " ".join(self.movie.description.split())[:200]
        genres = [genre.label for genre in by_label(self.movie.genre_list)]
        known = ", ".join([str(self.movie.year or ""), *genres]).strip(", ")
        if not self.average:
            return known or str(self.movie)
        n = self.movie.shown_count
        given = ngettext(
            "%(stars)s stars on average, from %(n)s rating",
            "%(stars)s stars on average, from %(n)s ratings",
            n,
        ) % {"stars": number_format(self.movie.average, 1), "n": number_format(n)}
        return _("%(facts)s. %(average)s.") % {"facts": known, "average": given}

    @property
    def seconds(self) -> int:
        """Runtime; 0 if unknown."""
        return 60 * (self.movie.runtime or 0)

    @property
    def director_urls(self) -> list[str]:
        return [one["url"] for one in self._people("directors")]

    @property
    def actor_urls(self) -> list[str]:
        return [one["url"] for one in self._people("first_cast")]

    def _people(self, role: str) -> list[dict[str, str]]:
        """As schema.org data. role: an attribute of `MovieFacts`."""
        people = getattr(self.facts, role) if self.facts else ()
        return [
            {"@type": "Person", "name": one.name, "url": settings.SITE_ORIGIN + one.url}
            for one in people
        ]

    @property
    def as_schema(self) -> dict[str, Any]:
        """The movie as schema.org data, for search engines."""
        movie = self.movie
        said = {
            "@context": "https://schema.org",
            "@type": "Movie",
            "name": movie.title,
            "alternateName": movie.original_title,
            "url": self.page,
            "image": self.image,
            "dateCreated": str(movie.year or ""),
            "genre": [genre.label for genre in by_label(movie.genre_list)],
            "duration": f"PT{movie.runtime}M" if movie.runtime else "",
            "description": movie.description,
            "director": self._people("directors"),
            "author": self._people("writers"),
            "actor": self._people("first_cast"),
            "inLanguage": movie.languages.split(),
            "countryOfOrigin": [
                {"@type": "Country", "identifier": code} for code in movie.countries.split()
            ],
            "sameAs": [link.url for link in movie_links(movie)],
        }
        if self.average:
            said["aggregateRating"] = {
                "@type": "AggregateRating",
                "ratingValue": round(movie.average, 2),
                "ratingCount": movie.shown_count,
                "bestRating": 5,
                "worstRating": 0.5,
            }
        return {name: value for name, value in said.items() if value}

    @property
    def json_ld(self) -> str:
        """`as_schema` for a <script> element, as JSON without <, > and &."""
        text = json.dumps(self.as_schema, ensure_ascii=False, separators=(",", ":"))
        return text.translate(_MARKUP)

    @cached_property
    def key(self) -> str:
        """Hash of everything on the picture; names its file."""
        movie = self.movie
        drawn = (movie.title, movie.year, movie.description, *self.genres)
        said = (EDITION, settings.SITE_NAME, *drawn, self.average)
        return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:24]

    def svg(self) -> str:
        movie = self.movie
        facts = " · ".join([*([str(movie.year)] if movie.year else []), *self.genres[:3]])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
            f'<path fill="{PAPER}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
            '<svg width="420" height="630" viewBox="0 0 240 360">'
            + body(movie.title, movie.year, self.genres, movie.description)
            + "</svg>"
            + _site_name()
            + _title(movie.title)
            + _line(escape(printable(facts)), 500, 32, MUTED)
            + (_average(self.average) if self.average else "")
            + "</svg>"
        )


def _line(markup: str, y: int, size: int, colour: str) -> str:
    return (
        f'<text class="poster-display" x="{_LEFT}" y="{y}" font-size="{size}" fill="{colour}">'
        f"{markup}</text>"
    )


def _site_name() -> str:
    """At the top of the column, smaller if it is long."""
    name = printable(settings.SITE_NAME)
    size = min(44, int(_COLUMN / width(name, "display")))
    return _line(escape(name), 92, size, INK)


def _average(average: str) -> str:
    star = "M26 0l7.6 17.2 18.4 1.6-14 12.4 4.2 18.2L26 39.6 9.8 49.4 14 31.2 0 18.8l18.4-1.6z"
    return f'<path fill="{ACCENT}" transform="translate({_LEFT} 532)" d="{star}"/>' + (
        f'<text class="poster-display" x="{_LEFT + 68}" y="582" font-size="56" fill="{INK}">'
        f"{average}</text>"
    )


def _title(title: str) -> str:
    """The title, broken into lines, as large as its box allows and centred in it."""
    block = set_title(title, None, "display")
    scale = min(_COLUMN / 208, _TITLE_HEIGHT / block.height)
    top = _TITLE_TOP + (_TITLE_HEIGHT - block.height * scale) / 2
    rows = "".join(
        f'<text x="0" y="{num(row.y)}" font-size="{num(row.size)}">{escape(row.text)}</text>'
        for row in block.rows
    )
    return (
        f'<g class="poster-{_voice(block)}" fill="{INK}"'
        f' transform="translate({_LEFT} {num(top)}) scale({scale:.3f})">{rows}</g>'
    )


def _voice(block: Block) -> str:
    voice = block.rows[0].typeface
    return voice if voice in FACES else "display"


def path_of(share: Share) -> Path:
    return DRAWING.path_of(share.key)


def picture_of(share: Share) -> bytes | None:
    """The picture; None if too many are asked for at once."""
    return DRAWING.read_or_draw(share.key, lambda: rasterize(share.svg()))
