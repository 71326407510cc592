"""A movie that a library lists, and its ids as our catalogue writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Owned:
    title: str  # for messages
    imdb_id: str = ""
    tmdb_id: int | None = None
    item_id: str = ""  # in Jellyfin
    server_id: str = ""


def imdb_id(value: object) -> str:
    """ "tt0113277" of "113277", "tt0113277" or the address of its page; '' of anything else."""
    found = re.search(r"(?:^|/|\b)(?:tt)?([0-9]{1,9})/?$", str(value or "").strip(), re.ASCII)
    return f"tt{int(found[1]):07d}" if found and int(found[1]) else ""


def tmdb_id(value: object) -> int | None:
    text = str(value or "").strip().removesuffix(".0")  # spreadsheets write 949.0
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        return None
    return int(text) or None
