"""Tests of viewings, their dates, notes and tags as they are stored."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from movies.models import Movie, Viewing, ViewingTag
from movies.models.viewings import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, clean_note, clean_tags
from movies.periods import Period


@pytest.fixture
def movie(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie()


def test_it_works(alice: User, movie: Movie) -> None:
    made = Viewing.objects.log(
        alice,
        movie,
        Period(2026, 3, 5),
        is_rewatch=True,
        note="Élan!\r\nAgain.\0",
        tags=["#Kino", "with  Bob", "kino", " "],
    )
    viewing = Viewing.objects.with_tags().get()
    assert viewing == made
    assert (viewing.watched_on, viewing.precision) == (date(2026, 3, 5), "day")
    assert viewing.is_rewatch
    assert (viewing.note, viewing.note_key) == ("Élan!\nAgain.", "elan again")
    assert viewing.tag_names == ["Kino", "with Bob"]


@pytest.mark.parametrize("text", ["2026", "2026-03", "2026-12-31", ""])
def test_a_date_is_as_precise_as_it_was_given(alice: User, movie: Movie, text: str) -> None:
    Viewing.objects.log(alice, movie, Period.parse(text))
    assert str(Viewing.objects.get().watched or "") == text


def test_several_viewings_of_one_movie_in_order(alice: User, movie: Movie) -> None:
    dates = ["2026-01-01", "", "2026", "2025-12-31", "2026-01", "2026-01-02"]
    for text in dates:
        Viewing.objects.log(alice, movie, Period.parse(text))
    latest = [str(one.watched or "") for one in Viewing.objects.latest_first()]
    assert latest == ["2026-01-02", "2026-01-01", "2026-01", "2026", "2025-12-31", ""]
    earliest = [str(one.watched or "") for one in Viewing.objects.earliest_first()]
    assert earliest == ["2025-12-31", "2026", "2026-01", "2026-01-01", "2026-01-02", ""]


def test_an_edit_replaces_note_date_and_tags(alice: User, movie: Movie) -> None:
    viewing = Viewing.objects.log(alice, movie, Period(2026), note="Before", tags=["a", "b"])
    viewing.watched, viewing.note = None, "Après"
    viewing.edit(["b", "c"])
    viewing = Viewing.objects.get()
    assert (viewing.watched, viewing.note_key) == (None, "apres")
    assert viewing.tag_names == ["b", "c"]


def test_tags_are_found_without_case_and_accents(alice: User, movie: Movie) -> None:
    viewing = Viewing.objects.log(alice, movie, tags=["Café", "C++"])
    assert list(Viewing.objects.of(alice).tagged("CAFE")) == [viewing]
    assert list(Viewing.objects.of(alice).tagged("c++")) == [viewing]
    assert not Viewing.objects.of(alice).tagged("c").exists()


def test_many_viewings_are_saved_together_or_not_at_all(
    alice: User, movie: Movie, django_assert_max_num_queries: Callable
) -> None:
    def entries(n: int, tag: str) -> list:
        days = [Period(2026, 3, day) for day in range(1, n + 1)]
        return [(Viewing(user=alice, movie=movie, watched=day), ["x", tag]) for day in days]

    with django_assert_max_num_queries(4):
        Viewing.objects.log_many(entries(20, "y"))
    assert (Viewing.objects.count(), ViewingTag.objects.count()) == (20, 40)
    with pytest.raises(ValueError, match="comma"):
        Viewing.objects.log_many(entries(3, "y, z"))
    assert Viewing.objects.count() == 20


@pytest.mark.parametrize(
    "fields",
    [
        {"watched_on": None, "precision": "day"},
        {"watched_on": date(2026, 1, 1), "precision": "unknown"},
        {"watched_on": date(1899, 12, 31), "precision": "day"},
        {"watched_on": date(2026, 1, 1), "precision": "week"},
        {"note": "é" * (LONGEST_NOTE + 1)},
    ],
)
def test_the_database_refuses(alice: User, movie: Movie, fields: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Viewing.objects.bulk_create([Viewing(user=alice, movie=movie, **fields)])


def test_the_longest_note_is_stored(alice: User, movie: Movie) -> None:
    Viewing.objects.log(alice, movie, note="é" * LONGEST_NOTE)
    assert len(Viewing.objects.get().note) == LONGEST_NOTE


@pytest.mark.parametrize(
    "tags",
    [["x" * (LONGEST_TAG + 1)], ["a, b"], [f"tag {n}" for n in range(MOST_TAGS + 1)]],
)
def test_tags_are_refused(tags: list[str]) -> None:
    with pytest.raises(ValueError):
        clean_tags(tags)


def test_a_note_keeps_its_lines_and_loses_control_characters() -> None:
    assert clean_note("\n a\r\n\r\n\tb\x07\ud800 👩‍🚀 \n") == "a\n\n\tb 👩‍🚀"
