"""Downloads the poster of a movie from The Movie Database.

Used by the worker and a command, never while a page waits.
"""

from __future__ import annotations

import re
from io import BytesIO

from django.utils.translation import gettext as _

from movies.outside import tmdb
from movies.outside.http import NotFound, OutsideError
from movies.posters.files import LARGEST_FILE, PosterError, Sizes, prepare

PICTURES = "https://image.tmdb.org/t/p/w500"
LARGEST_ANSWER = 1_000_000
_PATH = re.compile(r"/[\w.-]+\.(?:jpg|jpeg|png|webp)", re.IGNORECASE | re.ASCII)


def fetch_poster(tmdb_id: int) -> Sizes:
    """The poster of this movie, checked and re-encoded like an uploaded one.

    Raises:
        NotFound: there is none.
        OutsideError: the answer is not a picture, or there was no answer.
        Refused: requests for other movies would be refused as well.
    """
    answer = tmdb.ask(f"/movie/{tmdb_id}", LARGEST_ANSWER)
    if "poster_path" not in answer:
        raise tmdb.SITE.unreadable()
    path = answer["poster_path"]
    if path is None:
        raise NotFound(_("TMDB has no poster of this movie."))
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise tmdb.SITE.unreadable()
    try:
        return prepare(BytesIO(tmdb.SITE.read(PICTURES + path, LARGEST_FILE)))
    except PosterError as error:
        raise OutsideError(str(error)) from error
