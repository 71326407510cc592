"""A movie's poster as bitmaps in three widths, for apps: pictures as they are, drawn ones as WebP.

The address names everything on the picture, so it may be cached for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from django.urls import reverse

from movies.models import Movie
from movies.posters.bitmaps import Drawing, rasterize
from movies.posters.drawn.compose import body
from movies.posters.files import LARGE, SMALL

PICTURE, DRAWN = "picture", "drawn"
# Pixels. Pictures are kept in the first two.
WIDTHS = (240, 480, 720)
NAMES = ("small", "medium", "large")
# Increase this with every change to the look of drawn posters.
EDITION = 1

DRAWING = Drawing("posters", "posters-drawn", ".webp", drawn_a_minute=300, most_kept=6000)


@dataclass(frozen=True)
class Poster:
    """Which picture a movie has now."""

    movie_id: int
    kind: str
    version: str  # another one for another picture

    @classmethod
    def of(cls, movie: Movie) -> Poster:
        """Needs no query for movies from `with_genres()`."""
        if movie.poster_file:
            return cls(movie.pk, PICTURE, movie.poster_file.rsplit("-", 1)[-1])
        drawn = (EDITION, movie.title, movie.year, movie.description, *movie.genre_names)
        digest = hashlib.sha256(repr(drawn).encode("utf-8", "replace"))
        return cls(movie.pk, DRAWN, digest.hexdigest()[:16])

    @property
    def widths(self) -> tuple[int, int, int]:
        """Of small, medium and large; a picture is never enlarged."""
        return (SMALL, LARGE, LARGE) if self.kind == PICTURE else WIDTHS


def poster_urls() -> Callable[[Poster, int], str]:
    """The address of a poster in a width, for many posters: asks Django's resolver only once."""
    before, after = reverse("movies:poster", args=[0, 0]).split("0/poster-0")
    return lambda poster, width: (
        f"{before}{poster.movie_id}/poster-{width}{after}?v={poster.version}"
    )


def drawn(movie: Movie, poster: Poster, width: int) -> bytes | None:
    """The drawn poster as WebP; None if too many are asked for at once."""
    return DRAWING.read_or_draw(f"{movie.pk}-{poster.version}-{width}", lambda: _draw(movie, width))


def _draw(movie: Movie, width: int) -> bytes:
    from PIL import Image  # takes 20 ms to import

    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{width * 3 // 2}"'
        ' viewBox="0 0 240 360">'
        + body(movie.title, movie.year, movie.genre_names, movie.description)
        + "</svg>"
    )
    encoded = BytesIO()
    # Flat shapes are smaller without loss than with it.
    Image.open(BytesIO(rasterize(svg))).convert("RGB").save(encoded, "WEBP", lossless=True)
    return encoded.getvalue()
