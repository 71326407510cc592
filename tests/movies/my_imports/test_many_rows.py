"""A small version of benchmarks/importing.py."""

from __future__ import annotations

import pytest

from accounts.models import User
from movies.imports.demo.catalogue import demo_movies
from movies.models import Movie, Rating
from movies.titles import title_key
from tests.movies.my_imports.conftest import Import
from tests.movies.my_imports.noise import counted, letterboxd


@pytest.fixture
def catalogue(db: None) -> list[Movie]:
    films = [demo.movie for demo in demo_movies()]
    return Movie.objects.bulk_create(
        Movie(
            title=film.title,
            original_title=film.original_title,
            title_key=title_key(film.title, film.original_title),
            year=film.year,
        )
        for film in films
    )


def test_nearly_all_films_are_found_and_none_is_wrong(
    do_import: Import, catalogue: list[Movie], alice: User
) -> None:
    export = letterboxd(catalogue, 500)
    made = do_import(export.zip)
    rows = made.rows.filter(kind="rating").values_list("title", "year", "movie")
    found, wrong = counted(export, {(title, year): movie for title, year, movie in rows})
    assert wrong == 0
    assert found >= 0.97
    assert Rating.objects.of(alice).count() == round(found * 485)
