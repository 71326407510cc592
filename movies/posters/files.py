"""Poster pictures: checked, re-encoded in two sizes, assigned to movies.

Uploaded and fetched files are never served themselves. Decoding and encoding the picture anew drops
whatever else the file contained, such as scripts, places and serial numbers of cameras.
"""

from __future__ import annotations

import hashlib
import logging
from io import BytesIO
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from movies.models import Movie

if TYPE_CHECKING:
    from PIL.Image import Image

logger = logging.getLogger(__name__)

# Widths in pixels: that of a card, and twice that for dense screens and the movie's page.
SMALL, LARGE = 240, 480
FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 10_000_000
MOST_PIXELS = 40_000_000
SMALLEST_WIDTH = 200
# Accepted ratios of width to height; pictures are cropped to 2:3.
NARROWEST, WIDEST = 0.5, 0.85
# Part of the name of every file from TMDB.
TMDB = "tmdb"


class PosterError(ValueError):
    """The file is not usable as a poster; the text tells the uploader why."""


Sizes = dict[int, bytes]


def prepare(file: IO[bytes]) -> Sizes:
    """The picture as WebP in both widths, without any other content of the file.

    Raises:
        PosterError: too large, too small, not upright, or not a JPEG, PNG or WebP.
    """
    from PIL import ImageOps  # takes 20 ms to import, and only uploads need it

    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise PosterError(_("The file is larger than 10 MB."))
    image = ImageOps.exif_transpose(_open_image(content)).convert("RGB")
    if image.width < SMALLEST_WIDTH:
        least = {"width": SMALLEST_WIDTH}
        raise PosterError(_("The image must be at least %(width)d pixels wide.") % least)
    if not NARROWEST <= image.width / image.height <= WIDEST:
        raise PosterError(_("A poster must be upright, about two by three."))
    return {width: _encode_webp(image, width) for width in (SMALL, LARGE)}


def _open_image(content: bytes) -> Image:
    """The decoded picture; its size is checked in the header before any pixel is read."""
    from PIL import Image

    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise PosterError(_("The image has more than 40 million pixels."))
        image.draft("RGB", (2 * LARGE, 3 * LARGE))  # decode JPEGs no larger than needed
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, PosterError):
            raise
        raise PosterError(_("This isn’t a JPEG, PNG or WebP image.")) from error
    return image


def _encode_webp(image: Image, width: int) -> bytes:
    from PIL import ImageOps

    fitted = ImageOps.fit(image, (width, width * 3 // 2))
    # Drop the metadata of the original file.
    fitted.info.clear()
    encoded = BytesIO()
    fitted.save(encoded, "WEBP", quality=82, method=4)
    return encoded.getvalue()


def set_poster(movie: Movie, sizes: Sizes, source: str = "") -> None:
    """Store the picture and make it the movie's poster."""
    digest = hashlib.sha256(sizes[LARGE]).hexdigest()[:16]
    name = "-".join(filter(None, (str(movie.pk), source, digest)))
    for width, content in sizes.items():
        default_storage.save(file_path(name, width), ContentFile(content))
    _set_poster_file(movie, name)


def is_from_tmdb(name: str) -> bool:
    return f"-{TMDB}-" in name


def remove_poster(movie: Movie) -> None:
    """Go back to the drawn poster."""
    _set_poster_file(movie, "")


def _set_poster_file(movie: Movie, name: str) -> None:
    before = movie.poster_file
    Movie.everything.filter(pk=movie.pk).update(poster_file=name)
    movie.poster_file = name
    if before and before != name:
        for width in (SMALL, LARGE):
            try:
                default_storage.delete(file_path(before, width))
            except OSError as error:  # no page names it any longer
                logger.warning("A poster that was replaced could not be deleted: %s", error)


def read(name: str, width: int) -> bytes:
    """
    Raises:
        FileNotFoundError: There is no such picture.
        OSError: The bucket does not answer.
    """
    with default_storage.open(file_path(name, width)) as file:
        return bytes(file.read())


def file_path(name: str, width: int) -> str:
    return f"posters/{name}-{width}.webp"


def file_url(name: str, width: int) -> str:
    """Of the bucket, if it has a public address."""
    if settings.MEDIA_ADDRESS:
        return settings.MEDIA_ADDRESS + file_path(name, width)
    return reverse("movies:poster-file", args=[name, width])


def poster_url(movie: Movie, width: int = LARGE) -> str:
    """The path of the movie's poster as a file, a picture or the drawn one."""
    if movie.poster_file:
        return file_url(movie.poster_file, width)
    return reverse("movies:drawn-poster", args=[movie.pk])
