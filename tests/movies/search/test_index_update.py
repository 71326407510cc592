"""The index follows the log of changes, and is then what a new one would be."""

import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from movies.models import AlternativeTitle, CatalogueChange, CatalogueVersion, Genre, Movie
from movies.models import catalogue_version as log
from movies.search import index as catalogue_index
from movies.search.fact_words import fact_words
from movies.search.index import CatalogueIndex
from movies.search.shared import Shared

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("Night", "River", "Léon", "Straße", "2", "北京", "", "Alien vs. Predator", "É")


class Process:
    """A web process: looks at the catalogue now and then, and counts how often it builds."""

    def __init__(self) -> None:
        self.n_builds = 0
        self._shared = Shared(
            self._build,
            catalogue_index._read_version,
            update=catalogue_index.update,
            may_be_undone=catalogue_index.may_be_undone,
            pause_per_build=0,
            longest_pause=0,
        )

    def _build(self) -> CatalogueIndex:
        self.n_builds += 1
        return catalogue_index.build()

    def look(self) -> CatalogueIndex:
        index = self._shared.current()
        _ = index.words, index.lines, index.trigrams, fact_words(index, "de")
        return index


@pytest.fixture(autouse=True)
def alone_in_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions of other databases of the server, where other tests run, keep changes new."""
    own = """(SELECT COALESCE(
        MIN(backend_xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    ) FROM pg_stat_activity WHERE datname = current_database())"""
    monkeypatch.setitem(log._MOMENT, "postgresql", own)


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    draw = random.Random(1)
    made = [
        make_movie(
            f"{draw.choice(WORDS)} {number}",
            draw.choice([None, 1979, 1995]),
            draw.choice(["", "Drama", "Drama|Horror"]),
            runtime=draw.choice([None, 80, 100]),
            countries=draw.choice(["", "US", "FR US"]),
            languages=draw.choice(["", "en", "fr"]),
        )
        for number in range(30)
    ]
    Genre.objects.create(name="Western", slug="western")  # without movies
    return made


def same_entries(one: CatalogueIndex) -> list[list[int]]:
    trigrams = one.trigrams
    bounds = zip(trigrams.starts[:-1].tolist(), trigrams.starts[1:].tolist(), strict=True)
    return [sorted(trigrams.rows[start:stop].tolist()) for start, stop in bounds]


def assert_same(kept: CatalogueIndex) -> None:
    fresh = catalogue_index.build()
    assert kept.keys == fresh.keys
    assert kept.all_genres == fresh.all_genres
    for name in ("movie_ids", "years", "lengths", "decades", "genre_ids", "genres"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(fresh, name), strict=True)
    everything = np.ones(len(fresh.keys), bool)
    for name in ("countries", "languages"):
        codes, others = getattr(kept, name), getattr(fresh, name)
        assert codes.codes == others.codes
        assert codes.counts(everything) == others.counts(everything)
        for code in codes.codes:
            np.testing.assert_array_equal(codes.of_code(code), others.of_code(code))
    assert kept.lines.text == fresh.lines.text
    assert kept.lines.starts.tolist() == fresh.lines.starts.tolist()
    assert kept.words.text == fresh.words.text
    for name in ("line_starts", "word_starts"):
        assert getattr(kept.words, name).tolist() == getattr(fresh.words, name).tolist()
    assert kept.trigrams.trigrams.tolist() == fresh.trigrams.trigrams.tolist()
    assert same_entries(kept) == same_entries(fresh)
    assert fact_words(kept, "de")._named == fact_words(fresh, "de")._named


class Editor:
    """Edits of single movies, as people, imports and scripts make them."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def movie(self) -> Movie:
        return self.draw.choice(list(Movie.objects.order_by("pk")))

    def edit(self) -> None:
        edits: list[Callable[[], Any]] = [
            self.rename, self.change_facts, self.change_codes, self.add, self.add_several,
            self.remove, self.retire, self.give_genre, self.take_genres, self.move_genre,
            self.add_title, self.change_title, self.move_title, self.remove_title,
        ]  # fmt: skip
        for _turn in range(self.draw.randint(1, 3)):
            self.draw.choice(edits)()

    def title(self) -> str:
        return f"{self.draw.choice(WORDS)} {self.draw.choice(WORDS)}".strip() or "Nothing"

    def rename(self) -> None:
        movie = self.movie()
        movie.title = self.title()
        movie.save()

    def change_facts(self) -> None:
        year, runtime = self.draw.choice([None, 1931, 2020]), self.draw.choice([None, 45, 200])
        Movie.objects.filter(pk=self.movie().pk).update(year=year, runtime=runtime)

    def change_codes(self) -> None:
        codes = self.draw.choice([("", ""), ("DE", "de"), ("JP FR", "ja en"), ("US", "")])
        Movie.objects.filter(pk=self.movie().pk).update(countries=codes[0], languages=codes[1])

    def add(self) -> None:
        Movie.objects.create(title=self.title(), year=2001, countries="IT")

    def add_several(self) -> None:
        Movie.objects.bulk_create(Movie(title=self.title(), title_key="x y z") for _ in range(3))

    def remove(self) -> None:
        self.movie().delete()

    def retire(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE movies_movie SET retired_at = CURRENT_TIMESTAMP WHERE id = %s",
                [self.movie().pk],
            )

    def give_genre(self) -> None:
        self.movie().genres.add(self.draw.choice(list(Genre.objects.order_by("pk"))))

    def take_genres(self) -> None:
        self.movie().genres.clear()

    def move_genre(self) -> None:
        links = Movie.genres.through.objects
        links.filter(movie=self.movie(), genre__name="Horror").update(
            genre=Genre.objects.get(name="Western")
        )

    def add_title(self) -> None:
        AlternativeTitle.objects.create(movie=self.movie(), title=self.title())

    def change_title(self) -> None:
        AlternativeTitle.objects.filter(movie=self.movie()).update(title_key="another key")

    def move_title(self) -> None:
        first = AlternativeTitle.objects.order_by("pk").first()
        if first is not None:
            AlternativeTitle.objects.filter(pk=first.pk).update(movie=self.movie())

    def remove_title(self) -> None:
        AlternativeTitle.objects.filter(movie=self.movie()).delete()


@pytest.mark.usefixtures("movies")
def test_after_any_edits_it_is_what_a_new_one_would_be() -> None:
    eager, lazy = Process(), Process()
    editor = Editor(seed=2)
    eager.look(), lazy.look()
    for turn in range(60):
        editor.edit()
        assert_same(eager.look())
        if turn % 7 == 0:
            assert_same(lazy.look())
    assert eager.n_builds == lazy.n_builds == 1


@pytest.mark.usefixtures("movies")
def test_an_empty_catalogue() -> None:
    process = Process()
    process.look()
    Movie.objects.all().delete()
    assert_same(process.look())
    Movie.objects.create(title="Alien")
    assert_same(process.look())
    assert process.n_builds == 1


def test_an_edited_genre_concerns_all_movies(movies: list[Movie]) -> None:
    process = Process()
    process.look()
    Genre.objects.filter(name="Drama").update(name="Tragedy")
    assert [genre.name for genre in process.look().all_genres].count("Tragedy") == 1
    Genre.objects.get(name="Tragedy").delete()
    assert_same(process.look())
    assert process.n_builds == 3


def test_very_many_edits_are_one(movies: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_index, "MOST_UPDATED", 10)
    process = Process()
    process.look()
    Movie.objects.update(year=1999)
    assert_same(process.look())
    assert process.n_builds == 2


@pytest.mark.parametrize("n_edits_after", [0, 1, 2])  # as many edits have the same version
def test_a_rolled_back_edit_is_taken_back(movies: list[Movie], n_edits_after: int) -> None:
    process = Process()
    before = process.look().keys
    with transaction.atomic():
        Movie.objects.filter(pk=movies[3].pk).update(title_key="never happened")
        assert " never happened " in process.look().keys
        transaction.set_rollback(True)
    for movie in movies[4 : 4 + n_edits_after]:
        Movie.objects.filter(pk=movie.pk).update(title_key=f"happened {movie.pk}")
    after = process.look()
    assert_same(after)
    assert len(set(after.keys) ^ set(before)) == 2 * n_edits_after


class TestForgetting:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log, "KEPT_CHANGES", 5)

    def test_it_works(self, movies: list[Movie]) -> None:
        eager, lazy = Process(), Process()
        eager.look(), lazy.look()
        for movie in movies:
            Movie.objects.filter(pk=movie.pk).update(runtime=61)
            eager.look()
        assert CatalogueChange.objects.forget() > 0
        assert CatalogueChange.objects.count() == 5
        assert CatalogueChange.objects.forget() == 0
        Movie.objects.filter(pk=movies[0].pk).update(runtime=62)
        assert_same(eager.look())
        assert_same(lazy.look())
        assert (eager.n_builds, lazy.n_builds) == (1, 2)

    def test_changes_of_another_server(self, movies: list[Movie]) -> None:
        """A restored backup has moments that are still to come here."""
        CatalogueVersion.objects.create(forgotten=10**15)
        CatalogueChange.objects.bulk_create(
            CatalogueChange(movie_id=movie.pk, moment=10**15) for movie in movies
        )
        assert CatalogueChange.objects.forget() >= len(movies)
        process = Process()
        process.look()
        Movie.objects.filter(pk=movies[0].pk).update(runtime=62)
        assert_same(process.look())
        assert process.n_builds == 1

    def test_a_database_that_begins_to_count_anew(self, movies: list[Movie]) -> None:
        process = Process()
        process.look()
        CatalogueVersion.objects.update(count=0)
        Movie.objects.filter(pk=movies[0].pk).update(title_key="restored")
        CatalogueChange.objects.all().delete()
        if connection.vendor == "sqlite":  # PostgreSQL's transactions go on
            assert_same(process.look())


def test_a_transaction_that_ends_late_is_not_missed(movies: list[Movie]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's writers come one after the other")
    process = Process()
    process.look()
    edited, may_end = threading.Event(), threading.Event()

    def edit_slowly() -> None:
        try:
            with transaction.atomic():
                Movie.objects.filter(pk=movies[0].pk).update(title_key="late")
                edited.set()
                assert may_end.wait(30)
        finally:
            connection.close()

    late = threading.Thread(target=edit_slowly)
    late.start()
    assert edited.wait(30)
    Movie.objects.filter(pk=movies[1].pk).update(title_key="early")
    keys = process.look().keys
    assert " early " in keys
    assert " late " not in keys
    may_end.set()
    late.join()
    assert " late " in process.look().keys
    assert process.n_builds == 1
