"""Undoing a merge restores everything; what was changed since stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.account_deletion import erase
from accounts.models import User
from movies.catalogue_care.merging import MergeError, forget_what_undo_needed, merge, undo
from movies.models import ListEntry, Movie, MovieMerge, Rating, SetAsideRow
from tests.movies.catalogue_care.conftest import rows_of_movies

Pair = tuple[Movie, Movie]


@pytest.mark.parametrize("survives", [0, 1])
def test_undo_restores_every_row_exactly(everything: Pair, survives: int) -> None:
    before = rows_of_movies()
    done = merge(everything[survives].pk, everything[1 - survives].pk)
    assert rows_of_movies() != before
    undo(done.pk)
    after = rows_of_movies()
    for label, rows in before.items():
        assert after[label] == rows, label


def test_a_rating_changed_since_keeps_its_new_stars(everything: Pair, bob: User) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    Rating.objects.rate(bob, kept, 1)
    undo(done.pk)
    assert [(one.movie, one.stars) for one in Rating.objects.of(bob)] == [(double, 1)]


def test_a_rating_removed_since_does_not_come_back(everything: Pair, alice: User) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    Rating.objects.unrate(alice, kept)
    undo(done.pk)
    assert not Rating.objects.of(alice).exists()


def test_a_rating_given_since_stays(everything: Pair, staff: User) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    Rating.objects.rate(staff, kept, 3)
    undo(done.pk)
    assert Rating.objects.get(user=staff).movie == kept


def test_a_place_taken_since_is_not_taken_away(everything: Pair, alice: User) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    [lost] = SetAsideRow.objects.filter(model="movies.ListEntry")
    other = Movie.objects.create(title="Stalker")
    ListEntry.objects.create(
        movie_list_id=lost.row["movie_list_id"],
        movie=other,
        position=lost.row["position"],
    )
    undo(done.pk)
    entries = ListEntry.objects.filter(movie_list__owner=alice)
    assert set(entries.values_list("movie", flat=True)) == {kept.pk, double.pk, other.pk}


def test_facts_edited_since_stay(everything: Pair) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    kept.refresh_from_db()
    kept.runtime = 169
    kept.save()
    undo(done.pk)
    kept.refresh_from_db()
    assert kept.runtime == 169
    assert kept.movielens_id is None


def test_a_picture_replaced_since_does_not_come_back(everything: Pair) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    Movie.objects.filter(pk=kept.pk).update(poster_file="new")
    undo(done.pk)
    kept.refresh_from_db()
    double.refresh_from_db()
    assert (kept.poster_file, double.poster_file) == ("new", "")


def test_an_account_erased_since_leaves_nothing(everything: Pair, alice: User) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    assert SetAsideRow.objects.filter(user=alice).exists()
    erase(alice)
    assert not SetAsideRow.objects.filter(user__isnull=False, model="movies.Rating").exists()
    undo(done.pk)
    assert not Rating.objects.filter(user_id=alice.pk).exists()


def test_undo_lasts_a_day(everything: Pair) -> None:
    kept, double = everything
    done = merge(kept.pk, double.pk)
    MovieMerge.objects.update(made_at=timezone.now() - timedelta(days=1, seconds=1))
    with pytest.raises(MergeError):
        undo(done.pk)
    assert forget_what_undo_needed() == 1
    done.refresh_from_db()
    assert (done.moved, done.before) == ({}, {})
    assert not SetAsideRow.objects.exists()
    double.refresh_from_db()
    assert double.merged_into == kept


def test_undo_works_once(pair: Pair) -> None:
    done = merge(pair[0].pk, pair[1].pk)
    undo(done.pk)
    with pytest.raises(MergeError):
        undo(done.pk)


def test_merges_are_undone_last_first(make_movie: Callable[..., Movie]) -> None:
    first, second, third = (make_movie(f"Alien {n}") for n in range(3))
    one, two = merge(second.pk, first.pk), merge(third.pk, second.pk)
    with pytest.raises(MergeError):
        undo(one.pk)
    undo(two.pk)
    assert Movie.everything.get(pk=first.pk).merged_into == second
    undo(one.pk)
    assert Movie.objects.count() == 3
