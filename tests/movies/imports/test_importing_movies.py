"""Which movies an import matches, completes and adds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from movies.models import Genre, Movie, Rating
from tests.movies.imports.importing import run_import
from tests.movies.imports.movielens_files import (
    u_item,
    write_100k,
    write_csv,
)

pytestmark = pytest.mark.django_db


def test_edited_fields_stay_and_blank_ones_are_filled(
    tmp_path: Path, make_movie: Callable[..., Movie]
) -> None:
    source = write_csv(tmp_path / "ml-tiny", links=None)
    run_import(source)
    movie = Movie.objects.get(movielens_id=2)
    movie.title, movie.year, movie.description = "Roofs", 1975, "Chimneys."
    movie.original_title = ""
    movie.save()
    movie.genres.set([Genre.objects.create(name="Slow", slug="slow")])
    report = run_import(write_csv(source))
    movie.refresh_from_db()
    assert (movie.title, movie.year, movie.description) == ("Roofs", 1975, "Chimneys.")
    assert (movie.original_title, movie.imdb_id) == ("Střechy Brna", "tt12345678")
    assert movie.title_key == "roofs / strechy brna"
    assert [genre.name for genre in movie.genres.all()] == ["Slow"]
    assert (report.movies_completed, report.movies_new) == (3, 0)


def test_a_movie_without_a_number_is_matched_by_title_and_year(
    source: Path, make_movie: Callable[..., Movie], alice: User
) -> None:
    own = make_movie("Clockmaker", 1961, description="Ticks.")
    Rating.objects.rate(alice, own, 3)
    report = run_import(source)
    own.refresh_from_db()
    assert (own.movielens_id, own.description, own.n_ratings) == (1, "Ticks.", 3)
    assert own.title == "Clockmaker"
    assert own.genres.count() == 2
    assert (report.movies_new, report.movies_completed) == (2, 1)


def test_two_movies_that_look_alike_match_nothing(
    source: Path, make_movie: Callable[..., Movie]
) -> None:
    make_movie("Clockmaker", 1961)
    make_movie("The Clockmaker", 1961)
    assert run_import(source).movies_new == 3


@pytest.mark.parametrize("year", [1960, None])
def test_another_year_is_another_movie(
    source: Path, make_movie: Callable[..., Movie], year: int | None
) -> None:
    make_movie("The Clockmaker", year)
    make_movie("Nine Lanterns", None)
    assert run_import(source).movies_new == 3


def test_one_title_under_two_numbers_stays_two_movies(tmp_path: Path) -> None:
    items = u_item(246, "Twin (1997)") + u_item(268, "Twin (1997)")
    source = write_100k(tmp_path, items, "1\t246\t3\t881250949\n1\t268\t5\t881250950\n")
    run_import(source)
    assert run_import(source).changed_nothing
    assert set(Movie.objects.values_list("catalogue_key", "n_ratings")) == {
        ("ml-100k:246", 1),
        ("ml-100k:268", 1),
    }


def test_two_sets_meet_in_one_movie(tmp_path: Path, source: Path) -> None:
    old = write_100k(tmp_path / "old", u_item(7, "Clockmaker, The (1961)"), "1\t7\t3\t881250949\n")
    run_import(old)
    run_import(source)
    assert run_import(old).changed_nothing
    movie = Movie.objects.get(movielens_id=1)
    assert (movie.catalogue_key, movie.n_ratings) == ("ml-100k:7", 3)


def test_genres_are_matched_by_slug(tmp_path: Path, db: None) -> None:
    Genre.objects.create(name="Film Noir", slug="film-noir")
    movies = "movieId,title,genres\n1,A (1999),Film-Noir|Children's\n2,B (1999),драма|---\n"
    run_import(write_csv(tmp_path, movies, links=None))
    assert set(Genre.objects.values_list("name", "slug")) == {
        ("Film Noir", "film-noir"),
        ("Children", "children"),
        ("драма", "драма"),
    }
    assert run_import(tmp_path).changed_nothing


def test_one_tmdb_number_for_two_movies(tmp_path: Path) -> None:
    links = "movieId,imdbId,tmdbId\n1,0000001,5\n2,0000002,5\n"
    run_import(write_csv(tmp_path, links=links))
    assert Movie.objects.filter(tmdb_id=5).count() == 2


def test_more_movies_than_fit_in_one_transaction(tmp_path: Path) -> None:
    rows = [f"{number},Film {number} (1990),Drama\n" for number in range(1, 1203)]
    source = write_csv(tmp_path, "movieId,title,genres\n" + "".join(rows))
    assert run_import(source).movies_new == 1202
    assert run_import(source).movies_unchanged == 1202


def test_imported_movies_have_all_columns_of_movies_added_by_hand(source: Path) -> None:
    """They are written past the model's `save`."""
    run_import(source)
    imported = Movie.objects.get(movielens_id=2)
    by_hand = Movie(title="Rooftops of Brno", original_title="Střechy Brna", year=1974, tmdb_id=222)
    by_hand.imdb_id = "tt12345678"
    by_hand.save()
    own = ("id", "movielens_id", "added_at", "n_ratings", "half_star_sum")
    rows = [
        {name: value for name, value in row.items() if name not in own}
        for row in Movie.objects.filter(pk__in=[imported.pk, by_hand.pk]).values()
    ]
    assert rows[0] == rows[1]
    assert imported.added_at is not None
    assert Movie.objects.filter(pk=imported.pk, published_spread__isnull=True).exists()
