"""One stylesheet and one script for all pages, put together from the parts that people write.

A finder like Django's own: `runserver`, the tests' live server and `collectstatic` ask it for
`css/site.css`, `js/core.js` and `js/member.js`; it joins the parts whenever one of them is newer.
There is no build step to run or to forget, and a page asks for two files instead of eight.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import rjsmin
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

STATIC = settings.BASE_DIR / "static"
BUILT = settings.DATA_DIR / "bundles"

# What the rest builds on: faces, the order of the layers with the custom properties, components.
FIRST_STYLES = (
    *("fonts.css", "tokens.css", "base.css", "layout.css"),
    *("controls.css", "header.css", "cards.css", "stars.css"),
)
# What one page alone has: with it the stylesheet of all others would not fit into the first packets
# that a server sends without waiting for an answer.
OF_ONE_PAGE = ("lesson.css",)
CORE_SCRIPTS = ("htmx-2.0.11.min.js", "site.js")
# Wherever members may rate on the posters themselves.
MEMBER_SCRIPTS = (*CORE_SCRIPTS, "rating.js", "copying.js")


def _styles() -> list[Path]:
    parts = sorted(part for part in STATIC.glob("css/*.css") if part.name not in OF_ONE_PAGE)
    first = [STATIC / "css" / name for name in FIRST_STYLES]
    return [part for part in first if part in parts] + [p for p in parts if p not in first]


def _scripts(names: Iterable[str]) -> list[Path]:
    return [part for name in names if (part := STATIC / "js" / name).exists()]


BUNDLES: dict[str, Callable[[], list[Path]]] = {
    "css/site.css": _styles,
    "js/core.js": lambda: _scripts(CORE_SCRIPTS),
    "js/member.js": lambda: _scripts(MEMBER_SCRIPTS),
}


class BundleFinder(BaseFinder):
    def check(self, **kwargs: Any) -> list:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        """The built file; nothing for any other path. As in Django, a list if all are asked for."""
        found = [str(build(path))] if path in BUNDLES else []
        return found if find_all or kwargs.get("all") else (found or [""])[0] or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        storage = FileSystemStorage(location=BUILT)
        for path in BUNDLES:
            build(path)
            yield path, storage


def build(path: str) -> Path:
    """The file of this bundle, joined anew if a part is newer or was added or taken away."""
    parts, built = BUNDLES[path](), BUILT / path
    text = "\n".join(minified(part) for part in parts)
    if built.exists() and built.read_text() == text:
        return built
    built.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: another process that reads meanwhile gets the old or the new, whole.
    handle, name = tempfile.mkstemp(dir=built.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, built)
    return built


def minified(part: Path) -> str:
    """What a browser needs of a part: neither comments nor blanks are sent."""
    text = part.read_text()
    return rjsmin.jsmin(text) if part.suffix == ".js" else minified_styles(text)


def minified_styles(css: str) -> str:
    """The same rules without comments and without blanks for people: a sixth of what is sent.

    rcssmin does not know @layer: it takes `.menu :is(a)` in one for a property and its value.
    """
    pieces = re.split(r'("(?:[^"\\]|\\.)*"|/\*.*?\*/)', css, flags=re.DOTALL)
    pieces[1::2] = ["" if piece.startswith("/*") else piece for piece in pieces[1::2]]
    narrow = (re.sub(r"\s+", " ", piece) for piece in pieces[::2])
    pieces[::2] = [re.sub(r" ?([{};,]) ?|(?<=:) ", r"\1", piece) for piece in narrow]
    return "".join(pieces).strip()
