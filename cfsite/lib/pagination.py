"""Pagination of HTML pages."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

PER_PAGE = 24


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
        raise Http404(_("There are not that many pages.")) from error
