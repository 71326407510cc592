"""Client of The Movie Database: downloads the poster of a movie.

Used by the worker and a command, never while a page waits.
"""

from __future__ import annotations

import json
import re
import time
from io import BytesIO
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from movies.posters.files import LARGEST_FILE, PosterError, Sizes, prepare

API = "https://api.themoviedb.org/3"
PICTURES = "https://image.tmdb.org/t/p/w500"
CONNECT, READ, WHOLE = 5, 10, 30  # seconds
LARGEST_ANSWER = 1_000_000
DEFAULT_WAIT, LONGEST_WAIT = 60, 86_400
_PATH = re.compile(r"/[\w.-]+\.(?:jpg|jpeg|png|webp)", re.IGNORECASE | re.ASCII)


class TmdbError(Exception):
    """The poster of this movie could not be fetched; the text says why."""


class NoPoster(TmdbError):
    """TMDB has no poster for this movie."""


class Refused(Exception):
    """TMDB refuses all requests for now: wrong key, or too many requests."""

    def __init__(self, reason: str, wait: int) -> None:
        super().__init__(reason)
        self.wait = wait


def fetch_poster(tmdb_id: int) -> Sizes:
    """The poster of this movie, checked and re-encoded like an uploaded one.

    Raises:
        TmdbError: there is none, or the answer is not a picture.
        Refused: requests for other movies would be refused as well.
    """
    answer = _read(f"{API}/movie/{tmdb_id}", LARGEST_ANSWER, with_key=True)
    try:
        path = json.loads(answer)["poster_path"]
    except (ValueError, KeyError, TypeError) as error:
        raise TmdbError(_("We couldn’t read TMDB’s response.")) from error
    if path is None:
        raise NoPoster(_("TMDB has no poster for this movie."))
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise TmdbError(_("We couldn’t read TMDB’s response."))
    try:
        return prepare(BytesIO(_read(PICTURES + path, LARGEST_FILE)))
    except PosterError as error:
        raise TmdbError(str(error)) from error


def _read(url: str, max_bytes: int, *, with_key: bool = False) -> bytes:
    """The body of the answer; it may have `max_bytes` and take half a minute."""
    ends = time.monotonic() + WHOLE
    try:
        with requests.get(
            url,
            **(_credentials() if with_key else {}),
            timeout=(CONNECT, READ),
            stream=True,
            allow_redirects=False,
        ) as answer:
            _check(answer)
            content = bytearray()
            for chunk in answer.iter_content(65_536):
                content += chunk
                if len(content) > max_bytes:
                    raise TmdbError(_("TMDB’s response is too large."))
                if time.monotonic() > ends:
                    raise TmdbError(_("TMDB took too long to respond."))
            return bytes(content)
    except requests.Timeout as error:
        raise TmdbError(_("TMDB took too long to respond.")) from error
    except requests.RequestException as error:  # its text may contain the key
        raise TmdbError(_("We couldn’t reach TMDB.")) from error


def _credentials() -> dict[str, Any]:
    """An API key is sent in the query string, a read access token in a header."""
    key = settings.TMDB_KEY
    if "." in key:
        return {"headers": {"Authorization": f"Bearer {key}"}}
    return {"params": {"api_key": key}}


def _check(answer: requests.Response) -> None:
    if answer.status_code == 429:
        raise Refused(_("TMDB asked us to slow down."), _wait(answer))
    if answer.status_code in (401, 403):
        raise Refused(_("TMDB rejected the key (CFSITE_TMDB_KEY)."), LONGEST_WAIT // 24)
    if answer.status_code == 404:
        raise NoPoster(_("TMDB doesn’t know this movie."))
    if answer.status_code != 200:
        status = {"status": answer.status_code}
        raise TmdbError(_("TMDB responded with status %(status)s.") % status)


def _wait(answer: requests.Response) -> int:
    asked = answer.headers.get("Retry-After", "")
    seconds = int(asked) if asked.isascii() and asked.isdigit() else DEFAULT_WAIT
    return max(1, min(seconds, LONGEST_WAIT))
