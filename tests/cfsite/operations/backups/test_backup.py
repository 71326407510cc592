"""A backup is whole or is not there, whatever happens while it is made."""

import errno
import json
import os
import stat
import tarfile
import threading
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from cfsite.operations.backups import archive, backup, places, postgresql, schedule, sqlite
from cfsite.operations.backups.backup import back_up, back_up_if_due
from cfsite.operations.backups.failures import BackupFailed
from cfsite.operations.models import Backup
from movies.models import Rating

pytestmark = pytest.mark.django_db(transaction=True)

MakeRating = Callable[..., Rating]


def test_it_holds_database_pictures_and_key(
    alice: User, make_rating: MakeRating, picture: Path, settings: Any, tmp_path: Path
) -> None:
    make_rating(alice)
    made = back_up()
    path = settings.BACKUP_TO / made.name
    manifest = archive.unpack(path, tmp_path / "unpacked")
    assert manifest.version == settings.VERSION
    assert manifest.vendor == connection.vendor
    assert "operations.0004_backups" in manifest.migrations
    assert manifest.tables["movies_rating"].rows == 1
    assert manifest.tables["accounts_user"].rows == 1
    assert (tmp_path / "unpacked/media/posters/1-240.webp").read_bytes() == b"a picture"
    assert (tmp_path / "unpacked/secret_key").read_text() == settings.SECRET_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made.size == path.stat().st_size
    assert os.listdir(settings.BACKUP_TO) == [made.name], "no drafts"


def test_the_command_prints_what_it_made(data_dir: Path, alice: User, tmp_path: Path) -> None:
    out = StringIO()
    call_command("backup", to=str(tmp_path / "nas"), json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert (Path(said["place"]) / said["name"]).stat().st_size == said["bytes"]
    assert schedule.newest() is None, "a copy elsewhere is not the scheduled one"


def test_it_is_one_moment_while_people_rate(
    alice: User, make_rating: MakeRating, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is saved after the dump is neither in it nor counted."""
    rating = make_rating(alice, stars=4.0)
    database = backup.DATABASES[connection.vendor]
    counted = database._tables

    def rate_meanwhile(*arguments: Any) -> Any:
        def rate() -> None:
            Rating.objects.rate(alice, rating.movie, 1.0)
            make_rating(alice)
            connections.close_all()

        other = threading.Thread(target=rate)
        other.start()
        other.join()
        return counted(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(database, "_tables", rate_meanwhile)
        made = back_up()
    assert Rating.objects.count() >= 2
    manifest = archive.unpack(Path(made.place) / made.name, data_dir / "unpacked")
    assert manifest.tables["movies_rating"].rows == 1


def test_a_damaged_copy_is_not_taken_for_a_backup(
    alice: User, data_dir: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = backup._write

    def write_and_damage(path: Path, *arguments: Any) -> None:
        write(path, *arguments)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)

    monkeypatch.setattr(backup, "_write", write_and_damage)
    with pytest.raises(BackupFailed, match="damaged"):
        back_up()
    assert os.listdir(settings.BACKUP_TO) == []
    assert "damaged" in Backup.objects.get().error


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "cannot be written")],
)
def test_a_disk_that_takes_nothing_leaves_nothing(
    alice: User,
    data_dir: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    said: str,
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tarfile.TarFile, "addfile", refuse)
    with pytest.raises(CommandError, match=f"No backup was made.*{said}"):
        call_command("backup")
    assert os.listdir(settings.BACKUP_TO) == []


def test_old_ones_that_cannot_be_deleted_do_not_undo_the_new_one(
    alice: User, data_dir: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_KEEP = 1
    back_up()

    def refuse(*_arguments: Any, **_named: Any) -> None:
        raise BackupFailed("read-only")

    monkeypatch.setattr(places.Folder, "delete", refuse)
    back_up()
    assert len(os.listdir(settings.BACKUP_TO)) == 2
    assert Backup.objects.made().count() == 2


def test_what_a_killed_backup_left_is_removed(alice: User, data_dir: Path, settings: Any) -> None:
    leftover = settings.BACKUP_TO / f"{backup.DRAFT}killed"
    leftover.mkdir(parents=True)
    (leftover / "dump").write_bytes(b"half")
    back_up()
    assert not leftover.exists()


def test_two_at_once_are_one(alice: User, data_dir: Path) -> None:
    with backup._alone(), pytest.raises(backup.AlreadyRunning):
        back_up()
    assert not Backup.objects.exists()
    back_up()


def test_the_schedule(alice: User, data_dir: Path, settings: Any) -> None:
    assert back_up_if_due() is not None
    assert back_up_if_due() is None, "not due again"
    Backup.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    assert back_up_if_due() is not None
    settings.BACKUP_INTERVAL = 0
    Backup.objects.all().delete()
    assert back_up_if_due() is None


def test_one_that_failed_is_tried_again_after_an_hour(alice: User, data_dir: Path) -> None:
    Backup.objects.create(
        name="x", place="y", started_at=timezone.now(), is_scheduled=True, error="The disk is full"
    )
    assert back_up_if_due() is None
    Backup.objects.update(finished_at=timezone.now() - timedelta(minutes=61))
    assert back_up_if_due() is not None


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="programs of PostgreSQL")
def test_missing_or_old_programs_are_named(
    alice: User, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupFailed, match="pg_dump is not installed"):
        back_up()
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    with pytest.raises(BackupFailed, match="is of version 9, older than the server"):
        back_up()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a copy of SQLite's file")
def test_what_was_deleted_long_ago_is_not_in_the_copy(
    alice: User, data_dir: Path, tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=OFF")
        alice.first_name = "canary" * 20
        alice.save()
        User.objects.all().delete()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA secure_delete=ON")
    assert b"canarycanary" in Path(connection.settings_dict["NAME"]).read_bytes(), "the control"
    sqlite.dump(tmp_path / "copy")
    assert b"canarycanary" not in (tmp_path / "copy").read_bytes()
