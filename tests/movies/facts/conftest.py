"""Movies without facts, and other sites that are played by a server of the tests' own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from movies.facts.built_in import reader
from movies.facts.wikidata import query
from movies.models import Movie
from movies.outside import tmdb
from tests.movies.outside.server import OtherSite, serving

ROWS = (
    "title,year,original_title,directors,cast,runtime,countries,languages,imdb_id,description",
    "Pulp Fiction,1994,,Quentin Tarantino,John Travolta|Samuel L. Jackson,154,US,en,tt0110912,"
    "Crooks meet in Los Angeles.",
    "Alien,1979,,Ridley Scott,Sigourney Weaver,117,GB US,en,,A guest kills the hosts.",
)


@pytest.fixture(autouse=True)
def two_built_in_movies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "built_in"
    folder.mkdir()
    (folder / "films.csv").write_text("\n".join(ROWS))
    monkeypatch.setattr(reader, "FOLDER", folder)


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
