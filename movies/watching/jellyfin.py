"""Reads the movies of a Jellyfin server.

GET /Items?IncludeItemTypes=Movie&Recursive=true&Fields=ProviderIds&StartIndex=0&Limit=500
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from movies.outside.http import NotFound, OutsideError, Site
from movies.watching.owned import Owned, imdb_id, tmdb_id

PAGE = 500
MOST_ITEMS = 200_000
LARGEST_ANSWER = 20_000_000  # of one page; a few hundred bytes a movie are usual
# On the local network, and asked by one task at a time.
SITE = Site("Jellyfin", key_setting="CFSITE_JELLYFIN_API_KEY", read_seconds=30, whole_seconds=60)


def movies() -> list[Owned]:
    """All movies of the server.

    Raises:
        OutsideError: no answer, or one that cannot be read; no part of a library is returned.
        Refused: the key is wrong, or the server asks to wait.
    """
    found: dict[str, Owned] = {}
    start = 0
    while True:
        answer = _ask(start)
        items = answer["Items"]
        found.update((owned.item_id, owned) for owned in _owned(items))
        start += len(items)
        if start >= answer["TotalRecordCount"]:
            return list(found.values())
        if not items or start > MOST_ITEMS:
            raise OutsideError(_("Jellyfin did not list all of its movies."))


def web_url(item_id: str, server_id: str) -> str:
    """The page of an item in Jellyfin's web client; '' without a server."""
    if not settings.JELLYFIN_WEB_URL or not item_id:
        return ""
    asked = {"id": item_id} | ({"serverId": server_id} if server_id else {})
    return f"{settings.JELLYFIN_WEB_URL}/web/#/details?{urlencode(asked, quote_via=quote)}"


def _ask(start: int) -> dict[str, Any]:
    params = {
        "IncludeItemTypes": "Movie",
        "Recursive": "true",
        "Fields": "ProviderIds",
        "EnableImages": "false",
        "EnableUserData": "false",
        "CollapseBoxSetItems": "false",
        "SortBy": "SortName",
        "StartIndex": str(start),
        "Limit": str(PAGE),
    }
    token = {"Authorization": f'MediaBrowser Token="{settings.JELLYFIN_API_KEY}"'}
    try:
        content = SITE.read(
            f"{settings.JELLYFIN_URL}/Items", LARGEST_ANSWER, params=params, headers=token
        )
    except NotFound as error:
        text = _("There is no Jellyfin at this address (CFSITE_JELLYFIN_URL).")
        raise OutsideError(text) from error
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SITE.unreadable() from error
    if (
        not isinstance(answer, dict)
        or not isinstance(answer.get("Items"), list)
        or not isinstance(answer.get("TotalRecordCount"), int)
    ):
        raise SITE.unreadable()
    return answer


def _owned(items: list[Any]) -> Iterator[Owned]:
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("Id"), str):
            continue
        ids = item.get("ProviderIds")
        by_site = (
            {str(name).casefold(): value for name, value in ids.items()}
            if isinstance(ids, dict)
            else {}
        )
        name, year = item.get("Name"), item.get("ProductionYear")
        yield Owned(
            title=f"{name} ({year})" if isinstance(year, int) else str(name or "?"),
            imdb_id=imdb_id(by_site.get("imdb")),
            tmdb_id=tmdb_id(by_site.get("tmdb")),
            item_id=item["Id"][:64],
            server_id=str(item.get("ServerId") or "")[:64],
        )
