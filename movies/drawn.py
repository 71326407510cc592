"""Parts of pages that are the same for all who read alike, drawn once.

A template costs most of what a page costs. One that says nothing of a person or a movie is filled
in once for each language and state, and kept with holes for what differs from answer to answer.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 512


def drawn_once(name: str, holes: dict[str, str] | None = None, **state: Any) -> SafeString:
    """The template `name` with `state`, which must be hashable and have few values.

    holes: texts by the names that the template has for them; escaped as in a template.
    """
    html = _drawn(name, get_language(), tuple(holes or ()), tuple(state.items()))
    for hole, text in (holes or {}).items():
        html = html.replace(_mark(hole), escape(text))
    return SafeString(html)


@lru_cache(maxsize=KEPT)
def _drawn(
    name: str, _language: str | None, holes: tuple[str, ...], state: tuple[tuple[str, Any], ...]
) -> str:
    return render_to_string(name, {**dict(state), **{hole: _mark(hole) for hole in holes}})


def _mark(hole: str) -> str:
    # No text of ours, and no text of a state, holds it.
    return f"\x02{hole}\x03"


forget = _drawn.cache_clear
