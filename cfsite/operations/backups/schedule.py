"""When a backup is due or overdue, and which are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from cfsite.operations.backups import places
from cfsite.operations.backups.places import Place
from cfsite.operations.heartbeats import in_words
from cfsite.operations.models import Backup

RETRY_AFTER = timedelta(hours=1)


def newest() -> Backup | None:
    """The newest one in the configured place."""
    ours = Backup.objects.made().filter(place=str(settings.BACKUP_TO), deleted_at=None)
    return ours.newest_first().first()


def is_due() -> bool:
    if not settings.BACKUP_INTERVAL:
        return False
    now = timezone.now()
    last = newest()
    if last and last.finished_at > now - _interval() and is_there(last):
        return False
    return not Backup.objects.filter(is_scheduled=True, finished_at__gt=now - RETRY_AFTER).exists()


def overdue() -> str:
    """What is overdue, in words; empty if nothing is."""
    if not settings.BACKUP_INTERVAL:
        return ""
    last = newest()
    if last and not is_there(last):
        return _("The newest backup, %(name)s, is no longer in %(place)s.") % {
            "name": last.name,
            "place": last.place,
        }
    since = last.finished_at if last else _first_migrated()
    # One interval and a half: a machine that sleeps at night is no fault.
    if since is None or timezone.now() - since < 1.5 * _interval() + RETRY_AFTER:
        return ""
    age = in_words(timezone.now() - since)
    said = (
        _("The newest backup is %(age)s old.") % {"age": age}
        if last
        else _("There is no backup yet.")
    )
    attempt = Backup.objects.newest_first().exclude(error="").first()
    if attempt and attempt.finished_at > since:
        said += " " + _("The last attempt failed: %(reason)s") % {"reason": attempt.error}
    return said


def is_there(backup: Backup) -> bool:
    """Whether its file is; of a bucket it is taken for granted."""
    place = settings.BACKUP_TO
    return isinstance(place, str) or (place / backup.name).is_file()


def delete_old(place: Place) -> list[str]:
    """Keep CFSITE_BACKUP_KEEP, none longer than CFSITE_BACKUP_DAYS; the newest one always."""
    names = place.names()
    old = names[: -settings.BACKUP_KEEP]
    if settings.BACKUP_DAYS:
        end = timezone.now() - timedelta(days=settings.BACKUP_DAYS)
        old += [name for name in names[-settings.BACKUP_KEEP : -1] if _is_before(name, end)]
    for name in old:
        place.delete(name)
    gone = Backup.objects.filter(place=str(place), name__in=old, deleted_at=None)
    gone.update(deleted_at=timezone.now())
    return old


def _is_before(name: str, end: datetime) -> bool:
    made = places.made_at(name)
    return made is not None and made < end


def _interval() -> timedelta:
    return timedelta(hours=settings.BACKUP_INTERVAL)


def _first_migrated() -> datetime | None:
    """Since when this site could have made backups."""
    rows = MigrationRecorder.Migration.objects.filter(app="operations", name="0004_backups")
    return rows.values_list("applied", flat=True).first()
