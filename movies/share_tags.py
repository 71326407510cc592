"""What a link to a movie's page is announced with: Open Graph and its like."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from movies.share_image import HEIGHT, WIDTH, Share

# What could end the element early, or begin another one in it.
_MARKUP = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


def _in_json(said: dict[str, Any]) -> str:
    """A block of data, which no policy against scripts concerns: no browser runs it."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(_MARKUP)


def write_share(share: Share) -> SafeString:
    """The link and meta elements, one on a line."""
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
