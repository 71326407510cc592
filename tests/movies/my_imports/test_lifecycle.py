"""Who works on an import, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from accounts.models import User
from movies import tasks
from movies.models import ImportedRow, PersonalImport, Rating
from movies.my_imports import lifecycle, reading
from movies.my_imports.lifecycle import NotPossible
from movies.my_imports.parsing.entries import Refused
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import Import

State = PersonalImport.State


@pytest.fixture
def started(read: Import, films: dict) -> PersonalImport:
    made = read(exports.zip_file(exports.LETTERBOXD))
    lifecycle.start(made)
    return made


def test_it_works(started: PersonalImport, alice: User) -> None:
    assert tasks.run_import(started.pk) == {"finished": True}
    assert Rating.objects.of(alice).count() == 2


def test_a_lost_message_is_made_up_for(started: PersonalImport, alice: User) -> None:
    assert tasks.run_due_imports() == {"finished": 1}
    assert tasks.run_due_imports() == {"finished": 0}
    assert Rating.objects.of(alice).count() == 2


def test_one_process_works(started: PersonalImport) -> None:
    assert lifecycle._claim(started)
    assert not lifecycle.run(started)
    assert lifecycle.due() == []


def test_a_process_that_was_replaced_stops(started: PersonalImport, alice: User) -> None:
    def replaced(*_args: Any) -> None:
        PersonalImport.objects.update(worker="elsewhere 1 0.0", heartbeat_at=timezone.now())

    assert not lifecycle.run(started, on_progress=replaced)
    started.refresh_from_db()
    assert (started.state, started.worker) == (State.RUNNING, "elsewhere 1 0.0")


def test_a_broker_that_is_away_delays_nothing(
    read: Import,
    films: dict,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    sent: list[str] = []

    def send(name: str, *_args: Any, **_options: Any) -> None:
        sent.append(name)
        raise BrokerError

    monkeypatch.setattr(lifecycle.current_app, "send_task", send)
    made = read(exports.zip_file(exports.LETTERBOXD))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        lifecycle.start(made)
    assert sent == [tasks.run_import.name]
    assert made.state == State.WAITING


@pytest.mark.parametrize("state", [State.WAITING, State.RUNNING, State.DONE, State.UNDONE])
def test_what_is_started_or_done_cannot_be_started(started: PersonalImport, state: str) -> None:
    PersonalImport.objects.update(state=state)
    with pytest.raises(NotPossible):
        lifecycle.start(started)


@pytest.mark.parametrize("state", [State.READY, State.DONE, State.UNDONE])
def test_what_does_not_run_cannot_be_cancelled(started: PersonalImport, state: str) -> None:
    PersonalImport.objects.update(state=state)
    with pytest.raises(NotPossible):
        lifecycle.cancel(started)


def test_cancelled_between_batches(
    started: PersonalImport, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "START_MOVIES", 1)
    monkeypatch.setattr(lifecycle, "MAX_MOVIES", 1)
    other = PersonalImport.objects.get()
    assert not lifecycle.run(started, on_progress=lambda *_: lifecycle.cancel(other))
    assert Rating.objects.of(alice).count() == 1
    other.refresh_from_db()
    lifecycle.start(other)
    assert lifecycle.run(other)
    assert Rating.objects.of(alice).count() == 2


def test_old_previews_and_rows_are_forgotten(read: Import, films: dict) -> None:
    preview = read(exports.zip_file(exports.LETTERBOXD))
    PersonalImport.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert tasks.forget_old_imports() == {"forgotten": 1}
    assert not ImportedRow.objects.filter(personal_import=preview.pk).exists()


def test_a_new_upload_replaces_the_preview_before(read: Import, films: dict) -> None:
    read(exports.zip_file(exports.LETTERBOXD))
    second = read(exports.csv_file(exports.IMDB_2018))
    assert list(PersonalImport.objects.all()) == [second]


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_at_once_the_second_stays(
    read: Import, films: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_rows = reading._store_rows

    def slow(made: PersonalImport, found: reading.Reading) -> None:
        if found.source == "letterboxd":
            read(exports.csv_file(exports.IMDB_2018))
        store_rows(made, found)

    monkeypatch.setattr(reading, "_store_rows", slow)
    with pytest.raises(Refused, match="replaced this one"):
        read(exports.zip_file(exports.LETTERBOXD))
    assert PersonalImport.objects.get().source == "imdb"


def test_an_error_while_reading_keeps_nothing(
    read: Import, films: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(reading, "_store_rows", fail)
    with pytest.raises(MemoryError):
        read(exports.zip_file(exports.LETTERBOXD))
    assert not PersonalImport.objects.exists()
