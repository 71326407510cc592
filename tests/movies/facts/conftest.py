"""Movies without facts, and other sites that are played by a server of the tests' own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from movies.facts.wikidata import query
from movies.models import Movie
from movies.outside import tmdb
from tests.movies.outside.server import OtherSite, serving


@pytest.fixture
def heat(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995, imdb_id="tt0113277", tmdb_id=949)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> Iterator[OtherSite]:
    """TMDB and Wikidata, with a key and the setting that let them be asked."""
    settings.TMDB_KEY, settings.WIKIDATA_FACTS = "0123456789abcdef", True
    cache.clear()
    site = OtherSite()
    with serving(site):
        monkeypatch.setattr(tmdb, "API", f"{site.url}/3")
        monkeypatch.setattr(query, "ENDPOINT", f"{site.url}/sparql")
        for paced in (tmdb.SITE, query.SITE):
            monkeypatch.setattr(paced, "seconds_between", 0.0)
        yield site
