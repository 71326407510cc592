"""Movies with offers and a library; TMDB and Jellyfin are played by a server of the tests' own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from movies.models import Movie
from movies.outside import tmdb
from movies.watching import jellyfin
from tests.movies.outside.server import OtherSite, serving
from tests.recommender.conftest import even_fan, fitted, no_model_from_another_test, two_tastes

__all__ = ["even_fan", "fitted", "no_model_from_another_test", "two_tastes"]


@pytest.fixture
def heat(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995, imdb_id="tt0113277", tmdb_id=949)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> Iterator[OtherSite]:
    """TMDB and Jellyfin, with their keys, on a site for Germany and the United States."""
    settings.TMDB_KEY, settings.JELLYFIN_API_KEY = "0123456789abcdef", "secret-of-jellyfin"
    settings.WATCHING_COUNTRIES = ["US", "DE"]
    cache.clear()
    site = OtherSite()
    with serving(site):
        settings.JELLYFIN_URL = f"{site.url}/jellyfin"
        settings.JELLYFIN_WEB_URL = "https://films.example"
        monkeypatch.setattr(tmdb, "API", f"{site.url}/3")
        for paced in (tmdb.SITE, jellyfin.SITE):
            monkeypatch.setattr(paced, "seconds_between", 0.0)
        yield site
