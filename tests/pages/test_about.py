"""The page about the site names the sources of facts that it really has."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from movies.models import FactFetch, FactSource, Movie


@pytest.fixture
def told(client: Client, db: None) -> Callable[[], list[str]]:
    def names() -> list[str]:
        return [str(source.name) for source in client.get("/about/").context["sources"]]

    return names


@pytest.fixture
def heat(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995)


def test_what_is_off_is_not_named(told: Callable[[], list[str]], heat: Movie) -> None:
    assert told() == ["cfsite"]
    FactFetch.objects.create(movie=heat, source=FactSource.WIKIDATA, problem="unknown")
    assert told() == ["cfsite"]


@pytest.mark.parametrize(
    ("source", "name"), [(FactSource.WIKIDATA, "Wikidata"), (FactSource.TMDB, "TMDB")]
)
def test_facts_that_are_left_are_named(
    told: Callable[[], list[str]], heat: Movie, source: str, name: str
) -> None:
    FactFetch.objects.create(movie=heat, source=source, fetched_at=timezone.now())
    assert told() == ["cfsite", name]


def test_settings_are_enough(told: Callable[[], list[str]], settings: Any) -> None:
    settings.TMDB_KEY, settings.WIKIDATA_FACTS = "x", True
    assert told() == ["cfsite", "Wikidata", "TMDB", "JustWatch"]
