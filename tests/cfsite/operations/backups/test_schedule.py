"""When a backup is overdue, and which are deleted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from accounts.models import User
from cfsite.operations import heartbeats
from cfsite.operations.alerts import watch
from cfsite.operations.backups import schedule
from cfsite.operations.backups.places import Folder, name_for
from cfsite.operations.models import Alert, Backup

pytestmark = pytest.mark.django_db


def made(place: Path, **ago: float) -> str:
    """A backup of that time, with its file."""
    moment = timezone.now() - timedelta(**ago)
    name = name_for(moment)
    place.mkdir(parents=True, exist_ok=True)
    (place / name).touch()
    Backup.objects.create(
        name=name, place=str(place), started_at=moment, finished_at=moment, size=1000
    )
    return name


def test_staff_are_told_once_and_when_it_is_over(
    data_dir: Path, staff: User, settings: Any
) -> None:
    settings.ALERT_DISK_MB = 0
    heartbeats.beat(heartbeats.needed())
    made(settings.BACKUP_TO, hours=38)
    for _ in range(2):
        watch.look()
    alert = Alert.objects.get()
    assert (alert.kind, alert.detail) == ("backup_overdue", "The newest backup is 38 hours old.")
    made(settings.BACKUP_TO, hours=1)
    watch.look()
    assert not Alert.objects.open().exists()


def test_a_site_that_never_made_one(data_dir: Path, settings: Any) -> None:
    assert schedule.overdue() == "", "it had no time to yet"
    rows = MigrationRecorder(connection).migration_qs
    rows.filter(app="operations", name="0004_backups").update(
        applied=timezone.now() - timedelta(days=3)
    )
    assert schedule.overdue() == "There is no backup yet."
    Backup.objects.create(
        name="b", place="p", started_at=timezone.now(), error="pg_dump is not installed."
    )
    assert schedule.overdue() == (
        "There is no backup yet. The last attempt failed: pg_dump is not installed."
    )
    settings.BACKUP_INTERVAL = 0
    assert schedule.overdue() == ""


def test_a_file_that_somebody_deleted(data_dir: Path, settings: Any) -> None:
    name = made(settings.BACKUP_TO, hours=1)
    assert not schedule.is_due()
    (settings.BACKUP_TO / name).unlink()
    assert schedule.is_due()
    assert schedule.overdue() == (
        f"The newest backup, {name}, is no longer in {settings.BACKUP_TO}."
    )


def test_so_many_are_kept(data_dir: Path, settings: Any) -> None:
    settings.BACKUP_KEEP = 3
    place = settings.BACKUP_TO
    names = [made(place, days=days) for days in (5, 4, 3, 2, 1)]
    (place / "holiday.jpg").touch()
    assert schedule.delete_old(Folder(place)) == names[:2]
    assert sorted(path.name for path in place.iterdir()) == [*names[2:], "holiday.jpg"]
    assert Backup.objects.filter(deleted_at=None).count() == 3


def test_none_longer_than_members_are_told(data_dir: Path, settings: Any) -> None:
    """CFSITE_BACKUP_DAYS is what the data notice says; the newest one stays in any case."""
    settings.BACKUP_DAYS = 2
    place = settings.BACKUP_TO
    old = [made(place, days=days) for days in (4, 3)]
    assert schedule.delete_old(Folder(place)) == old[:1]
    recent = made(place, days=1)
    assert schedule.delete_old(Folder(place)) == old[1:]
    assert [path.name for path in place.iterdir()] == [recent]


def test_the_admin_lists_them(staff_client: Client, data_dir: Path, settings: Any) -> None:
    name = made(settings.BACKUP_TO, hours=5)
    page = staff_client.get("/admin/operations/backup/").content.decode()
    assert name in page
    assert staff_client.get("/admin/operations/backup/add/").status_code == 403
    facts = {
        str(fact.name): fact for fact in staff_client.get("/admin/").context["dashboard"].facts
    }
    assert (facts["Backup"].value, facts["Backup"].is_fine) == ("5 hours old", True)
