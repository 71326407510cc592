"""What wins, which dates count, and that nothing is done twice or by halves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from movies.models import EarlierRating, ImportedRow, Mark, Movie, MovieList, Rating, Viewing
from movies.my_imports import lifecycle, writing
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import Import

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"
OLD, NEW = datetime(2015, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)


def alien(day: str, stars: str) -> str:
    return f"{day},Alien,1979,https://boxd.it/29Mc,{stars}\n"


def rate(user: User, movie: Movie, stars: float, at: datetime) -> None:
    Rating.objects.rate(user, movie, stars, rated_at=at)
    Rating.objects.filter(user=user, movie=movie).update(rated_at=at, updated_at=at)


@pytest.mark.parametrize(
    ("policy", "own_at", "expected"),
    [
        ("newer", OLD, 4.5),
        ("newer", NEW, 2.0),
        ("mine", OLD, 2.0),
        ("theirs", NEW, 4.5),
    ],
)
def test_which_rating_wins(
    do_import: Import, films: dict, alice: User, policy: str, own_at: datetime, expected: float
) -> None:
    rate(alice, films["alien"], 2, own_at)
    do_import(exports.csv_file(HEADER + alien("2020-03-01", "4.5")), policy=policy)
    assert Rating.objects.get().stars == expected


def test_a_rating_changed_here_counts_from_its_change(
    do_import: Import, films: dict, alice: User
) -> None:
    rate(alice, films["alien"], 2, OLD)
    Rating.objects.rate(alice, films["alien"], 3)
    do_import(exports.csv_file(HEADER + alien("2020-03-01", "4.5")))
    assert Rating.objects.get().stars == 3


def test_an_imported_rating_counts_from_its_own_date(do_import: Import, films: dict) -> None:
    do_import(exports.csv_file(HEADER + alien("2018-01-01", "2")))
    do_import(exports.csv_file(HEADER + alien("2020-03-01", "4.5")))
    assert Rating.objects.get().stars == 4.5
    do_import(exports.csv_file(HEADER + alien("2019-01-01", "1")))
    assert Rating.objects.get().stars == 4.5


@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_ratings_the_later_date_wins_in_any_order(
    do_import: Import, films: dict, is_reversed: bool
) -> None:
    rows = [alien("2018-01-01", "2"), alien("2020-03-01", "4.5")]
    do_import(exports.csv_file(HEADER + "".join(rows[::-1] if is_reversed else rows)))
    assert Rating.objects.get().stars == 4.5
    outcomes = set(ImportedRow.objects.values_list("half_stars", "outcome"))
    assert outcomes == {(4, "repeated"), (9, "added")}


def test_a_missing_date_is_not_1970(do_import: Import, films: dict, alice: User) -> None:
    made = do_import(exports.csv_file(exports.MOVIELENS))
    rating = Rating.objects.get(movie=films["alien"])
    assert rating.rated_at == made.created_at
    assert rating.rated_at != rating.updated_at  # no prediction is checked against it


def test_a_rating_without_date_never_replaces_one_as_newer(
    do_import: Import, films: dict, alice: User
) -> None:
    rate(alice, films["alien"], 2, OLD)
    do_import(exports.csv_file(exports.MOVIELENS))
    assert Rating.objects.get(movie=films["alien"]).stars == 2
    do_import(exports.csv_file(exports.MOVIELENS), policy="theirs")
    rating = Rating.objects.get(movie=films["alien"])
    assert (rating.stars, rating.rated_at) == (4.5, OLD)


def test_a_replaced_rating_is_kept_in_the_history(
    do_import: Import, films: dict, alice: User
) -> None:
    rate(alice, films["alien"], 2, OLD)
    do_import(exports.csv_file(HEADER + alien("2020-03-01", "4.5")))
    assert EarlierRating.objects.of(alice).get().stars == 2


def test_watched_and_zero_are_marks_and_no_rating_of_zero(
    do_import: Import, films: dict, alice: User
) -> None:
    do_import(exports.csv_file(HEADER + alien("2020-03-01", "0")))
    assert not Rating.objects.exists()
    assert Mark.objects.get().kind == "seen"


def test_a_rated_movie_needs_no_mark_of_having_been_seen(
    do_import: Import, films: dict, alice: User
) -> None:
    rate(alice, films["heat"], 2, OLD)
    do_import(exports.zip_file({"watched.csv": exports.LETTERBOXD["watched.csv"]}))
    assert list(Mark.objects.values_list("movie__title", flat=True)) == ["Alien"]


def snapshot(user: User) -> dict[str, list[tuple]]:
    return {
        "ratings": sorted(Rating.objects.of(user).values_list("movie", "half_stars", "rated_at")),
        "marks": sorted(Mark.objects.filter(user=user).values_list("movie", "kind", "created_at")),
        "viewings": sorted(Viewing.objects.of(user).values_list("movie", "watched_on", "note")),
        "lists": sorted(
            MovieList.objects.of(user).values_list("name", "entries__movie", "entries__position")
        ),
    }


def test_the_same_file_twice_changes_nothing(do_import: Import, films: dict, alice: User) -> None:
    do_import(exports.zip_file(exports.LETTERBOXD))
    before, times = snapshot(alice), set(Rating.objects.values_list("updated_at", flat=True))
    made = do_import(exports.zip_file(exports.LETTERBOXD), policy="theirs")
    assert snapshot(alice) == before
    assert set(Rating.objects.values_list("updated_at", flat=True)) == times
    assert not {key for key in made.counts if key.endswith((" added", " changed"))}


def many(make_movie: Callable[..., Movie], n: int = 30) -> str:
    for number in range(n):
        make_movie(f"Story {number}", 1980)
    return HEADER + "".join(
        f"2020-01-{number % 28 + 1:02},Story {number},1980,u,{number % 5 + 1}\n"
        for number in range(n)
    )


def test_killed_between_batches_and_run_again(
    read: Import,
    alice: User,
    make_movie: Callable[..., Movie],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lifecycle, "START_MOVIES", 5)
    monkeypatch.setattr(lifecycle, "MAX_MOVIES", 5)
    made = read(exports.csv_file(many(make_movie)))
    lifecycle.start(made)
    batches = 0

    def die(*_args: Any) -> None:
        nonlocal batches
        batches += 1
        if batches == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lifecycle.run(made, on_progress=die)
    assert Rating.objects.of(alice).count() == 15
    made.refresh_from_db()
    assert made.state == "running"
    assert lifecycle.due() == []  # this process is alive
    made.worker = f"{made.worker.split()[0]} 1 0.00"
    made.save(update_fields=["worker"])
    assert [one.pk for one in lifecycle.due()] == [made.pk]
    assert lifecycle.run(made)
    made.refresh_from_db()
    assert (made.state, made.done, made.counts["rating added"]) == ("done", 30, 30)
    assert Rating.objects.of(alice).count() == 30


def test_killed_in_a_batch_leaves_none_of_it(
    read: Import,
    alice: User,
    make_movie: Callable[..., Movie],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = read(exports.csv_file(many(make_movie)))
    lifecycle.start(made)

    def fail(_rows: Any) -> None:
        raise RuntimeError("the power is out")

    with monkeypatch.context() as context:
        context.setattr(writing, "save_outcomes", fail)
        assert lifecycle.run(made)
    made.refresh_from_db()
    assert (made.state, made.reason) == ("failed", "RuntimeError: the power is out")
    assert not Rating.objects.of(alice).exists()
    lifecycle.start(made)
    assert lifecycle.run(made)
    assert Rating.objects.of(alice).count() == 30


def test_missing_movies_are_added_where_asked(do_import: Import, alice: User) -> None:
    made = do_import(exports.zip_file(exports.LETTERBOXD), adds_movies=True)
    titles = set(Movie.objects.values_list("title", "year"))
    assert titles == {("Alien", 1979), ("Amélie", 2001), ("Heat", 1995), ("Solaris", 1972)}
    assert len(made.added_movies) == 4
    assert Rating.objects.of(alice).count() == 2


def test_a_full_list_says_so(
    do_import: Import, films: dict, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing.entries, "MAX_MOVIES", 1)
    made = do_import(exports.zip_file(exports.LETTERBOXD))
    assert (made.counts["list added"], made.counts["list full"]) == (1, 1)


def test_ratings_of_others_are_not_touched(
    do_import: Import, films: dict, alice: User, bob: User
) -> None:
    rate(bob, films["alien"], 1, timezone.now() - timedelta(days=1))
    do_import(exports.csv_file(HEADER + alien("2020-03-01", "4.5")), policy="theirs")
    assert Rating.objects.of(bob).get().stars == 1
