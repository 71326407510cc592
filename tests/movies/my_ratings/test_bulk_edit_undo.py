"""Undoing a bulk edit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import BulkEdit, Movie, Rating
from movies.my_ratings import bulk_edit
from tests.movies.my_ratings.bulk_edits import DO, PAGE, stars_of, state_of


@pytest.fixture
def edit(alice: User, rated: Callable[..., list[Rating]]) -> BulkEdit:
    rated(3, 2)
    return bulk_edit.set_stars(alice, Rating.objects.of(alice), 10)


def test_undoing_twice_changes_nothing_more(
    alices_client: Client, alice: User, edit: BulkEdit
) -> None:
    url = f"{DO}{edit.pk}/undo/"
    assert alices_client.post(url).status_code == 302
    Rating.objects.rate(alice, Movie.objects.first(), 0.5)
    after = state_of(alice)
    assert alices_client.post(url).status_code == 404
    assert state_of(alice) == after


def test_undo_keeps_what_was_changed_since(alice: User, edit: BulkEdit) -> None:
    first, second, third = Movie.objects.order_by("pk")
    Rating.objects.rate(alice, first, 4)
    Rating.objects.rate(alice, second, 5)  # the same stars, but rated again
    undone = bulk_edit.undo(alice, edit.pk)
    assert (undone.n, undone.n_left) == (1, 2)
    assert stars_of(alice) == {first.pk: 4, second.pk: 5, third.pk: 2}


def test_undo_restores_removed_ratings_unless_rated_again_or_deleted(
    alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(3, 2)
    before = {row[0]: row for row in state_of(alice)}
    edit = bulk_edit.remove_ratings(alice, Rating.objects.of(alice))
    first, second, third = Movie.objects.order_by("pk")
    Rating.objects.rate(alice, first, 4)
    second.delete()
    undone = bulk_edit.undo(alice, edit.pk)
    assert (undone.n, undone.n_left) == (1, 2)
    assert before[third.pk] in state_of(alice)
    assert stars_of(alice) == {first.pk: 4, third.pk: 2}


def test_bob_cannot_undo_alices_edit(bobs_client: Client, alice: User, edit: BulkEdit) -> None:
    before = state_of(alice)
    assert bobs_client.post(f"{DO}{edit.pk}/undo/").status_code == 404
    assert Client().post(f"{DO}{edit.pk}/undo/").status_code == 302
    assert bobs_client.post(f"{DO}{2**70}/undo/").status_code == 404
    assert state_of(alice) == before


def test_the_last_few_edits_can_be_undone_for_a_day(alice: User, edit: BulkEdit) -> None:
    BulkEdit.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert bulk_edit.latest_edit(alice) is None
    with pytest.raises(bulk_edit.UndoError):
        bulk_edit.undo(alice, edit.pk)
    for half_stars in range(1, 9):
        bulk_edit.set_stars(alice, Rating.objects.of(alice), half_stars)
    assert BulkEdit.objects.count() == bulk_edit.MAX_EDITS_PER_USER
    assert bulk_edit.latest_edit(alice).half_stars == 8


def test_the_page_offers_undo_of_the_last_edit(alices_client: Client, edit: BulkEdit) -> None:
    url = f"{DO}{edit.pk}/undo/"
    assert url in alices_client.get(f"{PAGE}?edit=1").content.decode()
    alices_client.post(url)
    assert url not in alices_client.get(f"{PAGE}?edit=1").content.decode()
