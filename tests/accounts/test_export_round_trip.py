"""Export, wipe, import: the same rows. And the file for Letterboxd."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.data_export import export
from accounts.models import User
from cfsite.lib import safe_csv
from movies.lists import entries, lifecycle
from movies.models import ListEntry, Mark, Movie, MovieList, Rating, Viewing
from movies.periods import Period

NASTY = ["=1+1", "+1", "-30-", "@Suicide Room", "'71", "'=x", '"Quoted", with commas', "ＡＢＣ＝"]
WORDS = st.text(
    st.characters(exclude_characters="\0\r", exclude_categories=["Cs", "Cc"]), min_size=1
).filter(lambda text: text.strip())


def archive_of(user: User) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(export(user))))


def table(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    with archive.open(f"{name}.csv") as file:
        yield from safe_csv.read(file)


def everything_of(user: User) -> dict[str, list[tuple]]:
    """All that our own files hold, without the ids that a new row gets."""
    entry = ("movie_list__name", "position", "movie", "note", "added_at")
    rows: dict[str, Any] = {
        "ratings": Rating.objects.of(user).values_list(
            "movie", "half_stars", "rated_at", "updated_at", "prediction_shown"
        ),
        "marks": Mark.objects.filter(user=user).values_list("movie", "kind", "created_at"),
        "lists": MovieList.objects.of(user).values_list(
            *("name", "description", "is_numbered", "visibility", "key"),
            *("created_at", "updated_at"),
        ),
        "list_entries": ListEntry.objects.filter(movie_list__owner=user).values_list(*entry),
        "viewings": [
            (one.movie_id, one.watched, one.is_rewatch, one.note, tuple(one.tag_names))
            for one in Viewing.objects.of(user).with_tags()
        ],
    }
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def wipe(user: User) -> None:
    for rows in (
        Rating.objects.of(user),
        Mark.objects.filter(user=user),
        MovieList.objects.of(user),
        Viewing.objects.of(user),
    ):
        rows.delete()


def restore(user: User, archive: zipfile.ZipFile) -> None:
    """Every row from its cells alone."""
    moment = datetime.fromisoformat
    for row in table(archive, "ratings"):
        Rating.objects.create(
            user=user,
            movie_id=int(row["movie_id"]),
            half_stars=round(2 * float(row["stars"])),
            rated_at=moment(row["rated_at"]),
            updated_at=moment(row["updated_at"]),
            prediction_shown=row["prediction_shown"] == "True",
        )
    for row in table(archive, "marks"):
        Mark.objects.add(
            user, Movie(pk=int(row["movie_id"])), row["kind"], moment(row["created_at"])
        )
    lists = {}
    for row in table(archive, "lists"):
        lists[row["list_id"]] = MovieList.objects.create(
            owner=user,
            **{name: row[name] for name in ("name", "description", "visibility", "key")},
            is_numbered=row["is_numbered"] == "True",
            created_at=moment(row["created_at"]),
            updated_at=moment(row["updated_at"]),
        )
    for row in table(archive, "list_entries"):
        ListEntry.objects.create(
            movie_list=lists[row["list_id"]],
            movie_id=int(row["movie_id"]),
            position=int(row["place"]),
            note=row["note"],
            added_at=moment(row["added_at"]),
        )
    for row in table(archive, "viewings"):
        Viewing.objects.log(
            user,
            Movie(pk=int(row["movie_id"])),
            Period.parse(row["watched"]),
            is_rewatch=row["is_rewatch"] == "True",
            note=row["note"],
            tags=row["tags"].split(", ") if row["tags"] else [],
        )


@pytest.fixture
def nasty_history(alice: User, make_movie: Callable[..., Movie]) -> list[Movie]:
    """Names that a spreadsheet would calculate, and others that look like escaped ones."""
    movies = [make_movie(title, 2000 + n) for n, title in enumerate(NASTY)]
    for number, movie in enumerate(movies):
        Rating.objects.rate(alice, movie, (number % 10 + 1) / 2)
        Mark.objects.add(alice, movie, "watchlist" if number % 2 else "not_interested")
        made = lifecycle.create(alice, movie.title, description=f"{movie.title}\nand\t=more")
        entries.add(made, movie, note=f"={movie.title}")
        when = (None, Period(2020), Period(2020, 5), Period(2020, 5, 17))[number % 4]
        Viewing.objects.log(
            alice, movie, when, is_rewatch=number % 3 == 0, note=f"-{movie.title}\n=1", tags=["=a"]
        )
    return movies


def test_it_works(alice: User, nasty_history: list[Movie]) -> None:
    before, archive = everything_of(alice), archive_of(alice)
    assert all(before.values())
    wipe(alice)
    assert not any(everything_of(alice).values())
    restore(alice, archive)
    assert everything_of(alice) == before


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=WORDS, description=WORDS, note=WORDS)
def test_any_text_comes_back(
    alice: User, make_movie: Callable[..., Movie], name: str, description: str, note: str
) -> None:
    wipe(alice)
    made = lifecycle.create(alice, name[:100], description=description[:1000])
    entries.add(made, make_movie(name[:300]), note=note[:500])
    before, archive = everything_of(alice), archive_of(alice)
    wipe(alice)
    restore(alice, archive)
    assert everything_of(alice) == before


def test_no_cell_of_any_file_is_a_formula(alice: User, nasty_history: list[Movie]) -> None:
    archive = archive_of(alice)
    names = [name for name in archive.namelist() if name.endswith(".csv")]
    assert len(names) > 8
    for name in names:
        for row in csv.reader(io.StringIO(archive.read(name).decode(), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


class TestLetterboxd:
    def rows(self, user: User) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(archive_of(user).read("letterboxd.csv").decode())))

    def test_the_header_is_the_one_of_its_importer(self, alice: User) -> None:
        header = archive_of(alice).read("letterboxd.csv").decode().splitlines()[0]
        assert header == "Title,Year,imdbID,tmdbID,Rating,WatchedDate,Rewatch,Tags,Review"

    def test_viewings_ratings_and_seen_movies(
        self, alice: User, make_movie: Callable[..., Movie]
    ) -> None:
        watched, rated, seen, wanted = (make_movie(f"M{n}", 1990 + n) for n in range(4))
        Movie.objects.filter(pk=watched.pk).update(imdb_id="tt0078748", tmdb_id=348)
        Rating.objects.rate(alice, watched, 4)
        Rating.objects.rate(alice, rated, 4.5)
        Mark.objects.add(alice, seen, "seen")
        Mark.objects.add(alice, wanted, "watchlist")
        Viewing.objects.log(alice, watched, Period(2020, 5, 17), note="Good.", tags=["b", "a"])
        Viewing.objects.log(alice, watched, Period(2021, 6), is_rewatch=True)
        assert [tuple(row.values()) for row in self.rows(alice)] == [
            ("M0", "1990", "tt0078748", "348", "4", "2020-05-17", "", "a, b", "Good."),
            ("M0", "1990", "tt0078748", "348", "4", "", "true", "", ""),
            ("M1", "1991", "", "", "4.5", "", "", "", ""),
            ("M2", "1992", "", "", "", "", "", "", ""),
        ]

    def test_titles_keep_their_apostrophe(self, alice: User, make_movie: Callable) -> None:
        Rating.objects.rate(alice, make_movie("'71", 2014), 4)
        assert self.rows(alice)[0]["Title"] == "'71"
