"""Tests that every edit changes the catalogue's version and rebuilds the search index."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client

from movies.imports.dataset import MovieLine
from movies.imports.movies import MovieImport
from movies.models import CatalogueVersion, Genre, Movie, Rating
from movies.search import index as catalogue_index
from movies.search.search import search
from tests.admin.movie_form import NO_ROWS

Make = Callable[..., Movie]


@pytest.fixture
def movie(make_movie: Make) -> Movie:
    make_movie("Solaris", 1972, "Drama", runtime=167)
    return make_movie("Alien", 1979, "Horror", runtime=117)


def rename(movie: Movie) -> None:
    movie.title = "Alina"  # as many letters as before
    movie.save()


def rename_in_bulk(movie: Movie) -> None:
    Movie.objects.filter(pk=movie.pk).update(title="Alina", title_key="alina")


def rename_in_sql(movie: Movie) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE movies_movie SET title = 'Alina', title_key = 'alina' WHERE id = %s", [movie.pk]
        )


@pytest.mark.parametrize("edit", [rename, rename_in_bulk, rename_in_sql])
def test_a_renamed_movie_is_found_at_once(movie: Movie, edit: Callable) -> None:
    assert search(Movie.objects.all(), "alein").count() == 1
    edit(movie)
    assert [found.title for found in search(Movie.objects.all(), "alnia")] == ["Alina"]
    assert not search(Movie.objects.all(), "alien").filter(title="Alien")


def change_year(movie: Movie) -> None:
    Movie.objects.filter(pk=movie.pk).update(year=1989)


def forget_year(movie: Movie) -> None:
    Movie.objects.filter(pk=movie.pk).update(year=None)


def change_runtime(movie: Movie) -> None:
    Movie.objects.filter(pk=movie.pk).update(runtime=80)


def give_genre(movie: Movie) -> None:
    movie.genres.add(Genre.objects.get(name="Drama"))


def take_genre(movie: Movie) -> None:
    movie.genres.clear()


def swap_genre(movie: Movie) -> None:
    Movie.genres.through.objects.filter(movie=movie).update(genre=Genre.objects.get(name="Drama"))


def remove_genre(movie: Movie) -> None:
    Genre.objects.get(name="Horror").delete()


def rename_genre(movie: Movie) -> None:
    Genre.objects.filter(name="Horror").update(name="Terror")


def add_genre(movie: Movie) -> None:
    Genre.objects.create(name="Western", slug="western")


def add_movie(movie: Movie) -> None:
    Movie.objects.create(title="Heat", year=1995)


def import_movie(movie: Movie) -> None:
    line = MovieLine(1, number=1, title="Heat", year=1995, genres=("Drama",), movielens_id=1)
    MovieImport(Counter()).run([line])


def remove_movie(movie: Movie) -> None:
    movie.delete()


EDITS = [
    *(rename, rename_in_sql, change_year, forget_year, change_runtime, give_genre, take_genre),
    *(swap_genre, remove_genre, rename_genre, add_genre, add_movie, import_movie, remove_movie),
]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, a build counts as short, so that no pause follows it."""
    monkeypatch.setattr(catalogue_index, "SHORT_BUILD", float("inf"))


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_changes_the_version_and_rebuilds_the_index(
    movie: Movie, edit: Callable
) -> None:
    before, index = CatalogueVersion.current(), catalogue_index.current()
    assert catalogue_index.current() is index, "nothing was edited"
    edit(movie)
    assert CatalogueVersion.current() > before
    fresh, kept = catalogue_index.build(), catalogue_index.current()
    assert kept is not index
    assert kept.keys == fresh.keys
    assert [genre.name for genre in kept.all_genres] == [genre.name for genre in fresh.all_genres]
    for name in ("movie_ids", "years", "lengths", "genre_ids", "genres"):
        assert getattr(kept, name).tolist() == getattr(fresh, name).tolist(), name


def test_ratings_and_descriptions_do_not_change_the_version(movie: Movie, alice: object) -> None:
    before = CatalogueVersion.current()
    Rating.objects.rate(alice, movie, 4)
    Movie.objects.filter(pk=movie.pk).update(description="A ship", poster_file="x")
    assert CatalogueVersion.current() == before


def test_a_rolled_back_edit_does_not_change_the_version(movie: Movie) -> None:
    before = CatalogueVersion.current()
    with transaction.atomic():
        rename(movie)
        assert CatalogueVersion.current() > before
        transaction.set_rollback(True)
    assert CatalogueVersion.current() == before


def test_counts_follow_an_edit_in_the_admin(staff_client: Client, movie: Movie) -> None:
    def horror() -> bool:
        return b"genre=horror" in staff_client.get("/movies/").content

    assert horror()
    drama = Genre.objects.get(name="Drama")
    answer = staff_client.post(
        f"/admin/movies/movie/{movie.pk}/change/",
        {"title": "Alien", "year": 1979, "genres": [drama.pk], **NO_ROWS},
    )
    assert answer.status_code == 302, answer.content
    assert not horror()


def test_an_unchanged_catalogue_costs_one_query(
    movie: Movie, django_assert_num_queries: Callable
) -> None:
    catalogue_index.current()
    with django_assert_num_queries(1):
        catalogue_index.current()


def test_an_import_does_not_cause_one_rebuild_after_another(
    movie: Movie, make_movie: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a long build, further edits are picked up when the pause is over."""
    catalogue_index.current()
    monkeypatch.setattr("movies.search.index.SHORT_BUILD", -1.0)
    monkeypatch.setattr("movies.search.index.PAUSE_PER_BUILD", 1e9)
    make_movie("Heat")
    seen = catalogue_index.current()
    assert len(seen.keys) == 3
    make_movie("Ran")
    assert catalogue_index.current() is seen
    later = SimpleNamespace(monotonic=lambda: float("inf"))
    monkeypatch.setattr("movies.search.index.time", later)
    assert len(catalogue_index.current().keys) == 4


@pytest.mark.django_db(transaction=True)
def test_concurrent_edits_do_not_wait_for_each_other(make_movie: Make) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    one, other = make_movie("Alien"), make_movie("Solaris")
    before = CatalogueVersion.current()

    def edit_the_other() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            rename(other)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as threads:
        rename(one)
        threads.submit(edit_the_other).result(timeout=30)
    assert CatalogueVersion.current() >= before + 2
    rename(other)
    assert CatalogueVersion.current() >= before + 3
