"""Filters by the catalogue index: the same movies as by the database."""

from collections.abc import Callable

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.browse.query import BrowseQuery
from movies.genres import by_label
from movies.models import Mark, Movie, Rating
from movies.search import descriptions, people
from movies.search import index as catalogue_index


@pytest.fixture
def catalogue(make_movie: Callable[..., Movie], alice: User) -> list[Movie]:
    facts = [
        ("Heat", 1995, "Action|Crime", 170, "US", "en"),
        ("Léon", 1994, "Action", 110, "FR", "en fr"),
        ("Amélie", 2001, "Comedy", 122, "FR DE", "fr"),
        ("Heat Wave", 1990, "Comedy", 89, "", ""),
        ("Untold", None, "", None, "US", "es"),
    ]
    movies = [
        make_movie(title, year, genres, runtime=runtime, countries=countries, languages=languages)
        for title, year, genres, runtime, countries, languages in facts
    ]
    Rating.objects.rate(alice, movies[0], 4)
    Mark.objects.add(alice, movies[2], Mark.Kind.WATCHLIST)
    return movies


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"genre": "action"},
        {"decade": "1990"},
        {"length": "short"},
        {"length": "epic"},
        {"country": "fr"},
        {"language": "FR"},
        {"q": "heat"},
        {"q": "no such movie at all"},
        {"mine": "rated"},
        {"mine": "unrated"},
        {"mine": "watchlist"},
        {"genre": "action", "decade": "1990", "country": "US", "q": "heat", "mine": "rated"},
        {"genre": "comedy", "language": "en"},
    ],
)
def test_they_find_what_the_database_finds(
    catalogue: list[Movie], alice: User, asked: dict[str, str]
) -> None:
    index = catalogue_index.current()
    people.current()
    descriptions.current()
    query = BrowseQuery.from_params(asked, by_label(index.all_genres), index=index)
    with CaptureQueriesContext(connection) as captured:
        ids = query.ids_of(alice)
    assert len(captured) == ("mine" in asked)
    assert ids.dtype == np.int64
    expected = query.movies_of(alice).order_by("pk").values_list("pk", flat=True)
    assert ids.tolist() == list(expected)
