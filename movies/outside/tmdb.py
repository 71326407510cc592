"""The API of The Movie Database, with the operator's key."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from movies.outside.http import Site

API = "https://api.themoviedb.org/3"
LARGEST_ANSWER = 5_000_000  # with credits and titles; the largest seen are under one
# TMDB's limit is about 40 requests a second.
SITE = Site("TMDB", key_setting="CFSITE_TMDB_KEY", seconds_between=0.05)


def ask(path: str, max_bytes: int = LARGEST_ANSWER, **params: str) -> dict[str, Any]:
    """The JSON object that the API answers.

    Raises:
        OutsideError: there is none, or it is something else.
        Refused: requests for other movies would be refused as well.
    """
    answer = SITE.read(f"{API}{path}", max_bytes, **_with_key(params))
    try:
        content = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise SITE.unreadable() from error
    if not isinstance(content, dict):
        raise SITE.unreadable()
    return content


def _with_key(params: dict[str, str]) -> dict[str, Any]:
    """An API key is sent in the query string, a read access token in a header."""
    key = settings.TMDB_KEY
    if "." in key:
        return {"params": params, "headers": {"Authorization": f"Bearer {key}"}}
    return {"params": {**params, "api_key": key}}
