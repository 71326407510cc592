"""Requests to other sites: bounded in time and size, paced, and paused when a site asks for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

CONNECT, READ, WHOLE = 5, 10, 30  # seconds
DEFAULT_WAIT, LONGEST_WAIT = 60, 86_400
REFUSED_WAIT = 3600  # seconds until a refused key is tried again
_CHUNK = 65_536


class OutsideError(Exception):
    """This request brought nothing; the text says why."""


class NotFound(OutsideError):
    """The site does not have what was asked for."""


class NoAnswer(OutsideError):
    """The site is unreachable, slow or broken: other requests may fail as well."""


class Refused(Exception):
    """The site refuses all requests for now: wrong key, or too many requests."""

    def __init__(self, reason: str, wait: int) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass
class Site:
    """Another site and how it wants to be asked."""

    name: str
    key_setting: str = ""  # the setting of its key, for the message when it is refused
    seconds_between: float = 0.0  # at least, from one request to the next
    read_seconds: float | None = None  # READ if None
    whole_seconds: float | None = None  # WHOLE if None
    _free_at: float = field(default=0.0, repr=False)

    def read(self, url: str, max_bytes: int, *, method: str = "GET", **request: Any) -> bytes:
        """The body of the answer. `request`: keywords of `requests.request`.

        Raises:
            OutsideError: this request failed.
            Refused: others would as well.
        """
        self._pace()
        ends = time.monotonic() + (self.whole_seconds or WHOLE)
        headers = {"User-Agent": user_agent(), **request.pop("headers", {})}
        with (
            self._clear_errors(),
            requests.request(
                method,
                url,
                headers=headers,
                timeout=(CONNECT, self.read_seconds or READ),
                stream=True,
                allow_redirects=False,
                **request,
            ) as answer,
        ):
            self._check(answer)
            content = bytearray()
            for chunk in answer.iter_content(_CHUNK):
                content += chunk
                if len(content) > max_bytes:
                    raise OutsideError(_("%(site)s's answer is too large.") % self._named)
                if time.monotonic() > ends:
                    raise requests.Timeout
            return bytes(content)

    def unreadable(self) -> OutsideError:
        return OutsideError(_("%(site)s's answer could not be read.") % self._named)

    def unknown(self) -> NotFound:
        return NotFound(_("%(site)s does not know this movie.") % self._named)

    def pause(self, refusal: Refused) -> None:
        """Send no requests until the refusal has passed, from any process."""
        cache.set(self._cache_key, str(refusal), refusal.wait)

    def pause_reason(self) -> str:
        """Why no requests are to be sent now; '' if they may be."""
        return cache.get(self._cache_key) or ""

    @property
    def _cache_key(self) -> str:
        return f"{self.name.lower()}-waits"

    @property
    def _named(self) -> dict[str, str]:
        return {"site": self.name}

    def _pace(self) -> None:
        now = time.monotonic()
        if now < self._free_at:
            time.sleep(self._free_at - now)
        self._free_at = time.monotonic() + self.seconds_between

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except requests.Timeout as error:
            raise NoAnswer(_("%(site)s did not answer in time.") % self._named) from error
        except requests.RequestException as error:  # its text may contain the key
            raise NoAnswer(_("%(site)s could not be reached.") % self._named) from error

    def _check(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status == 429 or (status == 503 and "Retry-After" in answer.headers):
            raise Refused(_("%(site)s asks to wait.") % self._named, _wait(answer))
        if status in (401, 403):
            raise Refused(self._refusal(), REFUSED_WAIT)
        if status == 404:
            raise self.unknown()
        if status != 200:
            text = _("%(site)s answered with status %(status)s.")
            error = NoAnswer if status >= 500 else OutsideError
            raise error(text % {"site": self.name, "status": status})

    def _refusal(self) -> str:
        if self.key_setting:
            told = {"site": self.name, "setting": self.key_setting}
            return _("%(site)s refuses the key (%(setting)s).") % told
        return _("%(site)s refuses our requests.") % self._named


def user_agent() -> str:
    """Who asks, and where to complain, as Wikimedia's policy wants it."""
    return f"cfsite/{settings.VERSION} ({settings.SITE_URL}; {settings.DEFAULT_FROM_EMAIL})"


def _wait(answer: requests.Response) -> int:
    """Seconds that the site asks to wait: a number or a date."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        seconds = int(asked[:9])
    else:
        try:
            until = parsedate_to_datetime(asked)
            seconds = int((until - datetime.now(until.tzinfo or UTC)).total_seconds())
        except (TypeError, ValueError, OverflowError):
            seconds = DEFAULT_WAIT
    return max(1, min(seconds, LONGEST_WAIT))
