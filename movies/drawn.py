"""Parts of pages that are the same for all who read alike, drawn once.

A template costs most of what a page costs. One that says nothing of a person or a movie is filled
in once for each language and state, and kept with holes for what differs from answer to answer.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 512
# No text of ours, and no text of a state, holds such.
_MARK = re.compile("\x02([a-z_]+)\x03")


def drawn_once(name: str, holes: dict[str, str] | None = None, **state: Any) -> SafeString:
    """The template `name` with `state`, which must be hashable and have few values.

    holes: texts by the names that the template has for them; escaped as in a template.
    """
    texts = holes or {}
    pieces = list(_drawn(name, get_language(), tuple(texts), tuple(state.items())))
    # Between two pieces of the page stands the name of a hole.
    pieces[1::2] = [escape(texts[hole]) for hole in pieces[1::2]]
    return SafeString("".join(pieces))


@lru_cache(maxsize=KEPT)
def _drawn(
    name: str, _language: str | None, holes: tuple[str, ...], state: tuple[tuple[str, Any], ...]
) -> tuple[str, ...]:
    marks = {hole: f"\x02{hole}\x03" for hole in holes}
    return tuple(_MARK.split(render_to_string(name, {**dict(state), **marks})))


forget = _drawn.cache_clear
