"""What a link to a movie's page is announced with: Open Graph and its like."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from movies.movie_page.share_image import HEIGHT, WIDTH, Share

# What could end the element early, or begin another one in it.
_MARKUP = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


def _in_json(said: dict[str, Any]) -> str:
    """A block of data, which no policy against scripts concerns: no browser runs it."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(_MARKUP)


@dataclass(frozen=True)
class _Said:
    """A movie's announcement, told apart by all that it says."""

    facts: tuple[Any, ...]
    share: Share = field(compare=False)


def write_share(share: Share) -> SafeString:
    """The link and meta elements, one on a line; the same for everybody who reads alike."""
    movie = share.movie
    facts = (
        *(settings.SITE_URL, get_language(), movie.pk, movie.title, movie.original_title),
        *(movie.year, movie.runtime, movie.description, movie.imdb_id, tuple(share.genres)),
        *(movie.n_ratings, movie.half_star_sum),
    )
    return _written(_Said(facts, share))


@lru_cache(maxsize=1024)
def _written(said: _Said) -> SafeString:
    share = said.share
    page, title, description = share.page, str(share.movie), share.description
    properties = {
        "type": "video.movie",
        "site_name": "cfsite",
        "title": title,
        "description": description,
        "url": page,
        "image": share.image,
        "image:type": "image/png",
        "image:width": str(WIDTH),
        "image:height": str(HEIGHT),
        "image:alt": _("Poster of %(movie)s") % {"movie": title},
    }
    lines = [
        f'<link rel="canonical" href="{escape(page)}">',
        f'<meta name="description" content="{escape(description)}">',
        *(
            f'<meta property="og:{name}" content="{escape(value)}">'
            for name, value in properties.items()
        ),
        '<meta name="twitter:card" content="summary_large_image">',
        f'<script type="application/ld+json">{_in_json(share.as_schema)}</script>',
    ]
    return SafeString("\n".join(lines))
