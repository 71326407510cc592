"""Pagination of HTML pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

PER_PAGE = 24
# An endless list loads so many pages by itself; then one has to follow a link, because the footer
# could not be reached otherwise.
PAGES_IN_A_ROW = 4


class CountedPaginator(Paginator):
    """A paginator that can be told the number of rows instead of counting them."""

    def __init__(self, *args: Any, count: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if count is not None:
            self.count = count


def page_of(
    request: HttpRequest,
    rows: QuerySet | Sequence[Any],
    count: int | None = None,
    per_page: int = PER_PAGE,
) -> Page:
    """The page named by `?page=`; the first if that is not a number.

    Args:
        count: The number of rows, if the caller knows it.

    Raises:
        Http404: There are fewer pages.
    """
    paginator = CountedPaginator(rows, per_page, count=count)
    try:
        return paginator.page(request.GET.get("page", 1))
    except PageNotAnInteger:
        return paginator.page(1)
    except EmptyPage as error:
        raise Http404(_("There aren't that many pages.")) from error


@dataclass(frozen=True)
class PageLinks:
    """Links from one page of a list to the pages before and after it.

    `previous` and `next` are URLs, empty where there is no such page.
    """

    number: int
    total: int
    previous: str
    next: str

    @classmethod
    def of(cls, page: Page, query: QueryDict) -> Self:
        """`query` is that of the current page: everything in it but the page number stays."""
        number = page.number
        return cls(
            number=number,
            total=page.paginator.num_pages,
            previous=_url_of(query, number - 1) if page.has_previous() else "",
            next=_url_of(query, number + 1) if page.has_next() else "",
        )

    @property
    def may_load_next(self) -> bool:
        """Whether the next page of an endless list may load without a click."""
        return bool(self.next) and self.number % PAGES_IN_A_ROW != 0


def _url_of(query: QueryDict, number: int) -> str:
    changed = query.copy()
    changed["page"] = str(number)
    return f"?{changed.urlencode()}"
