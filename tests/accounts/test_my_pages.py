"""The tabs above a user's own pages."""

import re

import pytest
from django.test import Client

PAGES = [
    "/me/ratings/",
    "/me/diary/",
    "/me/watched/",
    "/me/watchlist/",
    "/me/taste/",
    "/me/hidden/",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_ones_own_leads_to_the_others_and_says_which_it_is(
    alices_client: Client, path: str
) -> None:
    html = alices_client.get(path).content.decode()
    links = re.search(r'<nav class="my-pages.*?</nav>', html, re.S)[0]
    assert [one for one in PAGES if f'href="{one}"' not in links] == []
    assert re.findall(r'href="([^"]+)" aria-current="page"', links) == [path]
