"""Posters that are pictures: checked, made anew at two sizes, and handed out as files.

What was uploaded or fetched is never handed out itself. The picture is decoded and encoded anew, so
whatever else was in the file (a script, a place, a camera's number) stays behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
)
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.posters import standalone

if TYPE_CHECKING:
    from PIL.Image import Image

# Widths in pixels: as wide as a card, and twice that for fine screens and the movie's page.
SMALL, LARGE = 240, 480
FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 10_000_000
MOST_PIXELS = 40_000_000
SMALLEST_WIDTH = 200
# Width by height of what is taken for a poster; it is cut to 2 by 3.
NARROWEST, WIDEST = 0.5, 0.85
A_DAY, A_YEAR = 86_400, 31_536_000
# Part of the names of files that came from TMDB.
TMDB = "tmdb"
_NAME = re.compile(r"\d+-(?:tmdb-)?[0-9a-f]{16}")


class PosterError(ValueError):
    """The file is no poster; the text says why, for whoever uploaded it."""


Sizes = dict[int, bytes]


def prepare(file: IO[bytes]) -> Sizes:
    """The picture as WebP at both widths, without anything else that was in the file.

    Raises:
        PosterError: it is too large, too small, lying down, or no JPEG, PNG or WebP.
    """
    from PIL import ImageOps  # 20 ms that only this needs

    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise PosterError(_("The file is larger than 10 megabytes."))
    image = ImageOps.exif_transpose(_opened(content)).convert("RGB")
    if image.width < SMALLEST_WIDTH:
        least = {"width": SMALLEST_WIDTH}
        raise PosterError(_("The picture is narrower than %(width)d pixels.") % least)
    if not NARROWEST <= image.width / image.height <= WIDEST:
        raise PosterError(_("A poster stands upright, about two by three."))
    return {width: _webp(image, width) for width in (SMALL, LARGE)}


def _opened(content: bytes) -> Image:
    """The decoded picture. Its header says how large it is before a single pixel is read."""
    from PIL import Image

    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise PosterError(_("The picture has more than 40 million pixels."))
        image.draft("RGB", (2 * LARGE, 3 * LARGE))  # a JPEG is read no larger than it is needed
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, PosterError):
            raise
        raise PosterError(_("This is no picture in JPEG, PNG or WebP.")) from error
    return image


def _webp(image: Image, width: int) -> bytes:
    from PIL import ImageOps

    fitted = ImageOps.fit(image, (width, width * 3 // 2))
    # A picture of its own, with nothing of the file it came from.
    fitted.info.clear()
    made = BytesIO()
    fitted.save(made, "WEBP", quality=82, method=4)
    return made.getvalue()


def hang(movie: Movie, sizes: Sizes, source: str = "") -> None:
    """Give the movie this poster in place of what it had."""
    digest = hashlib.sha256(sizes[LARGE]).hexdigest()[:16]
    name = "-".join(filter(None, (str(movie.pk), source, digest)))
    for width, content in sizes.items():
        _write(_path(name, width), content)
    _point_to(movie, name)


def is_from_tmdb(name: str) -> bool:
    return f"-{TMDB}-" in name


def take_down(movie: Movie) -> None:
    """The movie has its drawn poster again."""
    _point_to(movie, "")


def _point_to(movie: Movie, name: str) -> None:
    before = movie.poster_file
    Movie.objects.filter(pk=movie.pk).update(poster_file=name)
    movie.poster_file = name
    if before and before != name:
        for width in (SMALL, LARGE):
            _path(before, width).unlink(missing_ok=True)


def _path(name: str, width: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "posters" / f"{name}-{width}.webp"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(draft, 0o644)
    os.replace(draft, path)


def address(name: str, width: int) -> str:
    return reverse("movies:poster-file", args=[name, width])


@require_safe
def poster_file(request: HttpRequest, name: str, width: int) -> FileResponse:
    """The file, kept by browsers for a year: another picture has another name."""
    path = _path(name, width)
    if not _NAME.fullmatch(name) or width not in (SMALL, LARGE) or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@require_safe
def drawn_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawn poster as a file, for API clients and other sites; the picture where there is one.

    It is a document of its own: nothing of a page reaches into it, nor it into a page.
    """
    movie = get_object_or_404(Movie.objects.with_genres(), pk=pk)
    if movie.poster_file:
        return redirect(address(movie.poster_file, LARGE))
    genres = [genre.name for genre in movie.genre_list]
    svg = standalone(movie.title, movie.year, genres)
    etag = quote_etag(hashlib.sha256(svg.encode()).hexdigest()[:24])
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(svg, content_type="image/svg+xml")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


def poster_of(movie: Movie) -> str:
    """Where the movie's poster is to be had as a file, whichever it is."""
    if movie.poster_file:
        return address(movie.poster_file, LARGE)
    return reverse("movies:drawn-poster", args=[movie.pk])
