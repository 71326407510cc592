"""An import is taken back as a whole, except what was changed since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from movies.models import (
    EarlierRating,
    ListEntry,
    Mark,
    Movie,
    MovieList,
    PersonalImport,
    Rating,
    Viewing,
)
from movies.my_imports import lifecycle, reading
from movies.my_imports.lifecycle import NotPossible
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import Import
from tests.movies.my_imports.test_writing import OLD, rate, snapshot


def undo(made: PersonalImport) -> PersonalImport:
    lifecycle.start_undo(made)
    assert lifecycle.run(made)
    made.refresh_from_db()
    return made


def test_everything_is_as_it_was(do_import: Import, films: dict, alice: User) -> None:
    rate(alice, films["alien"], 2, OLD)
    before = snapshot(alice), list(Rating.objects.values())
    made = do_import(exports.zip_file(exports.LETTERBOXD))
    assert snapshot(alice) != before[0]
    made = undo(made)
    assert made.state == "undone"
    assert (snapshot(alice), list(Rating.objects.values())) == before
    assert not EarlierRating.objects.exists()
    assert not MovieList.objects.exists()
    assert not made.counts.keys() & {"rating left", "mark left"}


def test_what_was_changed_since_is_left_and_reported(
    do_import: Import, films: dict, alice: User
) -> None:
    made = do_import(exports.zip_file(exports.LETTERBOXD))
    Rating.objects.rate(alice, films["alien"], 1)
    Mark.objects.remove(alice, films["solaris"], "watchlist")
    ListEntry.objects.filter(movie=films["alien"]).delete()
    Viewing.objects.get(movie=films["heat"]).edit(["new"])
    made = undo(made)
    assert list(Rating.objects.values_list("movie__title", "half_stars")) == [("Alien", 2)]
    left = {key: n for key, n in made.counts.items() if key.endswith(" left")}
    assert left == {"rating left": 1, "watchlist left": 1, "list left": 1, "viewing left": 1}


def test_a_list_that_was_there_stays(do_import: Import, films: dict, alice: User) -> None:
    MovieList.objects.create(owner=alice, name="Space")
    made = do_import(exports.zip_file(exports.LETTERBOXD))
    assert ListEntry.objects.count() == 2
    undo(made)
    assert MovieList.objects.get().entries.count() == 0


def test_movies_that_nobody_else_uses_go_again(do_import: Import, alice: User, bob: User) -> None:
    made = do_import(exports.zip_file(exports.LETTERBOXD), adds_movies=True)
    Rating.objects.rate(bob, Movie.objects.get(title="Heat"), 4)
    undo(made)
    assert list(Movie.objects.values_list("title", flat=True)) == ["Heat"]
    assert Rating.objects.of(bob).exists()


def test_it_cannot_be_undone_twice_or_after_a_month(
    do_import: Import, films: dict, alice: User
) -> None:
    made = do_import(exports.zip_file(exports.LETTERBOXD))
    PersonalImport.objects.update(finished_at=timezone.now() - timedelta(days=31))
    with pytest.raises(NotPossible):
        lifecycle.start_undo(made)
    reading.forget_old()
    assert not made.rows.exists()
    made = undo(do_import(exports.zip_file(exports.LETTERBOXD)))
    with pytest.raises(NotPossible):
        lifecycle.start_undo(made)


def test_an_undo_that_was_killed_goes_on(
    do_import: Import, films: dict, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = do_import(exports.zip_file(exports.LETTERBOXD))
    monkeypatch.setattr(lifecycle, "START_MOVIES", 2)
    monkeypatch.setattr(lifecycle, "MAX_MOVIES", 2)
    lifecycle.start_undo(made)
    assert not lifecycle.run(made, seconds=0)
    assert made.state == "waiting"
    while not lifecycle.run(made, seconds=0):
        pass
    assert snapshot(alice) == {"ratings": [], "marks": [], "viewings": [], "lists": []}
