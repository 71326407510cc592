"""Exports that the worker makes: asked for, ready for a while, and for their owner alone."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import account_deletion, prepared_export
from accounts.data_export import Table, _tables, register_table
from accounts.models import DataExport, DataExportPiece, User
from accounts.tasks import prepare_exports
from movies.models import Movie

EXPORT, API = "/me/export/", "/api/v1/me/export/"


@pytest.fixture(autouse=True)
def every_export_is_large(settings: object) -> None:
    settings.EXPORT_ROWS = 0


def content(answer: object) -> bytes:
    return b"".join(answer.streaming_content)


def test_it_works(alices_client: Client, history: list[Movie]) -> None:
    assert b"Prepare the zip" in alices_client.get(EXPORT).content
    assert alices_client.post(EXPORT).url == EXPORT
    assert "We’re preparing your zip" in alices_client.get(EXPORT).content.decode()
    assert prepare_exports() == {"prepared": 1}
    assert b"?download" in alices_client.get(EXPORT).content
    answer = alices_client.get(f"{EXPORT}?download")
    assert answer["Content-Disposition"].startswith('attachment; filename="cfsite-alice-')
    with zipfile.ZipFile(io.BytesIO(content(answer))) as archive:
        assert archive.testzip() is None
        assert "千と千尋" in archive.read("ratings.csv").decode()


def test_through_the_api(alices_client: Client, history: list[Movie]) -> None:
    def states() -> tuple[int, dict]:
        answer = alices_client.get(API)
        assert answer["Retry-After"] == "60"
        return answer.status_code, answer.json()

    assert states() == (202, {"state": "not_asked"})
    asked = alices_client.post(API)
    assert (asked.status_code, asked.json()) == (202, {"state": "waiting"})
    assert states() == (202, {"state": "waiting"})
    prepare_exports()
    answer = alices_client.get(API)
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(content(answer))).testzip() is None


def test_small_exports_are_made_at_once(
    alices_client: Client, history: list[Movie], settings: object
) -> None:
    settings.EXPORT_ROWS = 1000
    assert alices_client.get(EXPORT)["Content-Type"] == "application/zip"
    assert alices_client.get(API)["Content-Type"] == "application/zip"


def test_bob_gets_nothing_of_alices(
    alices_client: Client, bobs_client: Client, history: list[Movie]
) -> None:
    alices_client.post(EXPORT)
    prepare_exports()
    page = bobs_client.get(f"{EXPORT}?download")
    assert b"Prepare the zip" in page.content
    assert bobs_client.get(API).json() == {"state": "not_asked"}


def test_asking_twice_is_asking_once(alice: User, history: list[Movie]) -> None:
    first = prepared_export.ask_for(alice)
    assert prepared_export.ask_for(alice) == first
    prepare_exports()
    anew = prepared_export.ask_for(alice)
    assert anew != first, "a finished one is made anew"
    assert DataExport.objects.get() == anew
    assert not DataExportPiece.objects.exists()


def test_it_is_kept_for_three_days(alices_client: Client, history: list[Movie]) -> None:
    alices_client.post(EXPORT)
    prepare_exports()
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert alices_client.get(API).json() == {"state": "not_asked"}
        prepare_exports()
    assert not DataExport.objects.exists()
    assert not DataExportPiece.objects.exists()


def test_it_is_erased_with_the_account(alice: User, history: list[Movie]) -> None:
    prepared_export.ask_for(alice)
    prepare_exports()
    assert DataExportPiece.objects.exists()
    account_deletion.erase(alice)
    assert not DataExportPiece.objects.exists()


def test_two_workers_make_it_once(alice: User, history: list[Movie]) -> None:
    asked = prepared_export.ask_for(alice)
    assert prepared_export._prepare(asked)
    assert not prepared_export._prepare(asked)
    DataExport.objects.update(ready_at=None)
    assert prepare_exports() == {"prepared": 0}, "a worker is at it"
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert prepare_exports() == {"prepared": 1}, "that worker died"
    assert list(DataExportPiece.objects.values_list("number", flat=True)) == [0]


def test_one_that_fails_is_tried_three_times_and_says_so(
    alices_client: Client, history: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared_export, "export", lambda user: 1 / 0)
    alices_client.post(EXPORT)
    for _attempt in range(5):
        assert prepare_exports() == {"prepared": 0}
    assert DataExport.objects.get().attempts == 3
    assert "We couldn’t prepare your zip" in alices_client.get(EXPORT).content.decode()
    monkeypatch.undo()
    alices_client.post(EXPORT)
    assert DataExport.objects.get().attempts == 0


def test_an_account_erased_meanwhile_leaves_nothing(
    alice: User, history: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    def erased_meanwhile(user: User) -> object:
        yield b"x" * prepared_export.PIECE_BYTES
        account_deletion.erase(User.objects.get(pk=user.pk))

    asked = prepared_export.ask_for(alice)
    monkeypatch.setattr(prepared_export, "export", erased_meanwhile)
    assert not prepared_export._prepare(asked)
    assert not DataExportPiece.objects.exists()


def test_without_a_worker_it_says_so(alices_client: Client, history: list[Movie]) -> None:
    alices_client.post(EXPORT)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert "doesn’t seem to be running" in alices_client.get(EXPORT).content.decode()


def test_a_large_one_is_kept_in_pieces(
    alice: User, history: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared_export, "PIECE_BYTES", 20_000)
    monkeypatch.setattr("accounts.data_export._tables", dict(_tables))
    noise = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(300))
    rows = [(noise[n % 50 :] + str(n * 7919 % 997),) for n in range(3000)]
    register_table(Table("noise", "", ("text",), lambda user: rows))
    prepared_export.ask_for(alice)
    assert prepare_exports() == {"prepared": 1}
    prepared = prepared_export.prepared_for(alice)
    assert prepared.pieces.count() > 1
    together = b"".join(prepared_export.content_of(prepared))
    assert zipfile.ZipFile(io.BytesIO(together)).testzip() is None
