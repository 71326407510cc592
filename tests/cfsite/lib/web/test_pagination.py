"""Tests of the links between the pages of a list."""

from django.core.paginator import Paginator
from django.http import QueryDict

from cfsite.lib.web.pagination import PAGES_IN_A_ROW, PageLinks


def links_of(number: int, query: str = "") -> PageLinks:
    return PageLinks.of(Paginator(range(100), 10).page(number), QueryDict(query))


def test_links_keep_the_rest_of_the_query() -> None:
    links = links_of(2, "q=a+%26+b&page=2&genre=drama")
    assert links.previous == "?q=a+%26+b&page=1&genre=drama"
    assert links.next == "?q=a+%26+b&page=3&genre=drama"
    assert (links.number, links.total) == (2, 10)


def test_the_first_page_has_no_previous_and_the_last_no_next() -> None:
    assert links_of(1).previous == ""
    assert links_of(10).next == ""


def test_every_fourth_page_waits_for_a_click() -> None:
    loading = [number for number in range(1, 11) if links_of(number).may_load_next]
    assert loading == [1, 2, 3, 5, 6, 7, 9]
    assert PAGES_IN_A_ROW == 4
