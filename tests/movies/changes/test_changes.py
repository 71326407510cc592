"""Whatever changes a member's things, an app that reads changes ends with what is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from movies.catalogue_care import merging
from movies.changes.query import Cursor, changes_since
from movies.lists import entries, lifecycle
from movies.models import (
    ChangeCounter,
    ListEntry,
    Mark,
    MemberChange,
    Movie,
    MovieList,
    Rating,
    Viewing,
)

Make = Callable[..., Movie]


class App:
    """What an app knows: it keeps what changes say, a few at a time."""

    def __init__(self, user: User, n: int = 3) -> None:
        self.user, self.n = user, n
        self.cursor: Cursor | None = None
        self.known: dict[tuple, Any] = {}

    def read(self) -> None:
        has_more = True
        while has_more:
            page = changes_since(self.user, self.cursor, self.n)
            for change in page.changes:
                key = (change.kind, change.mark, change.key)
                self.known.pop(key, None)
                if change.row is not None:
                    self.known[key] = values_of(change.row, change.entries)
            self.cursor, has_more = page.cursor, page.has_more

    def knows_all(self) -> bool:
        return self.known == everything_of(self.user)


def values_of(row: Any, entries: list[ListEntry] | None) -> Any:
    if isinstance(row, Rating):
        return row.half_stars, row.prediction_shown
    if isinstance(row, MovieList):
        of_list = [(entry.movie_id, entry.position, entry.note) for entry in entries or []]
        return row.name, row.visibility, of_list
    if isinstance(row, Viewing):
        return row.movie_id, str(row.watched), row.note, row.tag_names
    return True


def everything_of(user: User) -> dict[tuple, Any]:
    found: dict[tuple, Any] = {}
    for rating in Rating.objects.of(user):
        found["rating", None, rating.movie_id] = values_of(rating, None)
    for mark in Mark.objects.filter(user=user):
        found["mark", mark.kind, mark.movie_id] = True
    for one in MovieList.objects.of(user):
        found["list", None, one.pk] = values_of(one, list(one.entries.in_order()))
    for viewing in Viewing.objects.of(user).with_tags():
        found["viewing", None, viewing.pk] = values_of(viewing, None)
    return found


def test_it_works(alice: User, make_movie: Make) -> None:
    movie, app = make_movie(), App(alice)
    Rating.objects.rate(alice, movie, 4)
    app.read()
    assert app.known == {("rating", None, movie.pk): (8, False)}
    Mark.objects.add(alice, movie, "watchlist")
    Rating.objects.unrate(alice, movie)
    app.read()
    assert app.known == {("mark", "watchlist", movie.pk): True}


def _act(action: str, draw: random.Random, user: User) -> None:
    movies = list(Movie.objects.all())
    movie = draw.choice(movies)
    mine = MovieList.objects.of(user).order_by("pk").first()
    viewing = Viewing.objects.of(user).order_by("pk").first()
    match action:
        case "rate":
            Rating.objects.rate(user, movie, draw.choice([1, 2.5, 5]))
        case "unrate":
            Rating.objects.unrate(user, movie)
        case "raw":
            with connection.cursor() as cursor:
                cursor.execute("UPDATE movies_rating SET half_stars = 11 - half_stars")
        case "mark":
            Mark.objects.add(user, movie, draw.choice(Mark.Kind.values))
        case "unmark":
            Mark.objects.filter(user=user, movie=movie).delete()
        case "list":
            entries.add(mine or lifecycle.create(user, "Rainy Sundays"), movie)
        case "rename" if mine:
            lifecycle.change(mine, name=f"No {draw.random()}")
        case "sort" if mine:
            entries.sort(mine, draw.choice(["title", "year"]))
        case "take off" if mine:
            entries.remove(mine, movie.pk)
        case "drop list" if mine:
            lifecycle.delete(mine)
        case "watch":
            Viewing.objects.log(user, movie, tags=["home"])
        case "edit viewing" if viewing:
            viewing.note = "again"
            viewing.edit(draw.choice([[], ["cinema"], ["cinema", "home"]]))
        case "forget viewing" if viewing:
            viewing.delete()
        case "merge" if len(movies) > 3:
            other = draw.choice([one for one in movies if one.pk != movie.pk])
            done = merging.merge(movie.pk, other.pk)
            if draw.random() < 0.5:
                merging.undo(done)
        case "delete movie" if len(movies) > 3:
            movie.delete()


ACTIONS = [
    *("rate", "rate", "unrate", "raw", "mark", "unmark", "list", "list", "rename", "sort"),
    *("take off", "drop list", "watch", "edit viewing", "forget viewing", "merge"),
    "delete movie",
]


def test_any_history_arrives(alice: User, bob: User, make_movie: Make) -> None:
    draw = random.Random(3)
    for number in range(9):
        make_movie(f"Movie {number}", 1990 + number)
    early, late = App(alice), App(alice, n=100)
    done = set()
    for step in range(150):
        action = draw.choice(ACTIONS)
        done.add(action)
        _act(action, draw, alice if draw.random() < 0.8 else bob)
        if draw.random() < 0.4:
            early.read()
            assert early.knows_all(), (step, action)
    late.read()
    assert late.knows_all()
    assert done == set(ACTIONS)
    assert early.known, "or there was nothing to compare"


def test_changes_during_the_first_read_arrive_after_it(alice: User, make_movie: Make) -> None:
    movies = [make_movie(f"Movie {number}") for number in range(8)]
    for movie in movies[:6]:
        Rating.objects.rate(alice, movie, 3)
    first = changes_since(alice, None, 2)
    assert first.has_more
    seen = first.changes[0].key
    Rating.objects.filter(movie=seen).delete()
    Rating.objects.rate(alice, movies[7], 5)
    app = App(alice)
    app.cursor = first.cursor
    app.known = {("rating", None, one.key): (6, False) for one in first.changes}
    app.read()
    assert app.knows_all()


def test_nothing_is_logged_of_raters_of_a_data_set(make_user: Callable[..., User]) -> None:
    rater = make_user("rater", is_dataset_member=True, is_active=False, email="")
    assert not ChangeCounter.objects.filter(pk=rater.pk).exists()


def test_an_unchanged_row_is_no_change(alice: User, make_movie: Make) -> None:
    movie = make_movie()
    rating = Rating.objects.rate(alice, movie, 4)
    before = ChangeCounter.objects.get(pk=alice.pk).number
    Rating.objects.filter(movie=movie).update(half_stars=rating.half_stars)
    assert ChangeCounter.objects.get(pk=alice.pk).number == before
    Rating.objects.filter(movie=movie).update(updated_at=timezone.now())
    assert ChangeCounter.objects.get(pk=alice.pk).number == before + 1


def test_a_deleted_account_leaves_no_change(alice: User, make_movie: Make) -> None:
    Rating.objects.rate(alice, make_movie(), 4)
    assert MemberChange.objects.exists()
    alice.delete()
    assert not MemberChange.objects.exists()
    assert not ChangeCounter.objects.filter(pk=alice.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_flushing_the_database_leaves_no_change(alice: User, make_movie: Make) -> None:
    """On SQLite it deletes table after table, in no order, and triggers run."""
    Rating.objects.rate(alice, make_movie(), 4)
    call_command("flush", interactive=False, verbosity=0)
    assert not MemberChange.objects.exists()
    assert not ChangeCounter.objects.exists()
