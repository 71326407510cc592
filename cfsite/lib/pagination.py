"""Pagination of HTML pages."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

PER_PAGE = 24


class CountedPaginator(Paginator):
    """Pages of rows whose number is known, or nearly: what a page holds is asked of the rows."""

    def __init__(self, *args: Any, known: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is not None:
            self.count = known


def page_of(
    request: HttpRequest,
    rows: QuerySet | Sequence[Any],
    known: int | None = None,
    per_page: int = PER_PAGE,
) -> Page:
    """The page that the address asks for; page 1 for a page that is no number.

    known: how many rows there are, where somebody has counted them.

    Raises:
        Http404: there are not that many pages.
    """
    paginator = CountedPaginator(rows, per_page, known=known)
    try:
        return paginator.page(request.GET.get("page", 1))
    except PageNotAnInteger:
        return paginator.page(1)
    except EmptyPage as error:
        raise Http404(_("There are not that many pages.")) from error
