"""The links to the pages of a long list."""

from __future__ import annotations

from html import escape

from django.core.paginator import Page
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from movies.words import Words, counted

# So many pages follow each other by themselves; then a link waits, so that the foot can be reached.
IN_A_ROW = 4

WORDS = Words(
    pages=_("Pages"),
    here=_("Page %(number)s of %(total)s"),
    previous=_("Previous"),
    next=_("Next"),
)


def write_pages(query: QueryDict, page: Page, wall: str | None = None) -> SafeString:
    """`<nav class="pages">`; nothing where all fits on one page.

    query: of the address of the page; all but the page number stays. wall: what hangs last on this
    page, where the next one comes by itself when this element comes into view.
    """
    total, number = page.paginator.num_pages, page.number
    if total < 2:
        return SafeString("")
    words, follows = WORDS(), ""
    if wall is not None and page.has_next() and number % IN_A_ROW:
        # Numbers and dashes, see movies/posters/wall.py.
        follows = (
            f' hx-get="{_address(query, number + 1)}" hx-headers=\'{{"Wall": "{escape(wall)}"}}\''
            ' hx-trigger="revealed" hx-select=".browse-list > *" hx-swap="outerHTML"'
        )
    before = _link(query, number - 1, "prev", words.previous) if page.has_previous() else ""
    after = _link(query, number + 1, "next", words.next) if page.has_next() else ""
    here = words.here % {"number": counted(number), "total": counted(total)}
    return SafeString(
        f'<nav class="pages" aria-label="{words.pages}"{follows}><span>{before}</span>'
        f"<span>{here}</span><span>{after}</span></nav>"
    )


def _link(query: QueryDict, number: int, relation: str, label: str) -> str:
    address = _address(query, number)
    return f'<a class="button button-quiet" rel="{relation}" href="{address}">{label}</a>'


def _address(query: QueryDict, number: int) -> str:
    asked = query.copy()
    asked["page"] = str(number)
    return escape(f"?{asked.urlencode()}")
