"""What is to know of Wikidata's items, whether they come from the query service or from a dump."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Countries that are no more, most without a code in Wikidata.
_FORMER_COUNTRIES = {
    **{"Q15180": "SU", "Q33946": "CS", "Q853348": "CS", "Q36704": "YU", "Q83286": "YU"},
    **{"Q16957": "DD", "Q713750": "DE", "Q7318": "DE", "Q41304": "DE", "Q43287": "DE"},
    **{"Q172579": "IT", "Q188712": "JP", "Q34266": "RU", "Q129286": "IN"},
}


def country_code_of(item: str, code: str) -> str:
    """`code`: what the item states, '' if nothing."""
    return _FORMER_COUNTRIES.get(item, code)


def shortest_runtime(seconds: Iterable[float | None]) -> int | None:
    """In minutes; longer ones are later cuts."""
    minutes = [round(one / 60) for one in seconds if one]
    return min((one for one in minutes if one > 0), default=None)


def is_label(text: str) -> bool:
    """Not the id or address that stands for what has no label."""
    return bool(text) and not re.fullmatch(r"https?://\S+|[QL]\d+", text)
