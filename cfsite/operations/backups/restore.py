"""Bring a backup back: look at all of it first, then database, pictures and secret key."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import User
from cfsite.data_folder import KEY_FILE
from cfsite.lib import media
from cfsite.operations.backups import archive, contents, places
from cfsite.operations.backups.archive import Manifest
from cfsite.operations.backups.backup import DATABASES, verify_database
from cfsite.operations.backups.failures import BackupFailed, disk_faults_of
from movies.models import Movie, Rating

DRAFT = ".restore-"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Restored:
    """A backup that is whole and fits this site; brought back unless it was only looked at."""

    name: str
    manifest: Manifest
    replaces: str  # what the site holds already, in words; empty for an empty site
    key_differs_from_environment: bool

    def rows(self, model: type[User] | type[Movie] | type[Rating]) -> int:
        table = self.manifest.tables.get(model._meta.db_table)
        return table.rows if table else 0


def restore(source: str, *, force: bool = False, check: bool = False) -> Restored:
    """Replace the site by the backup at `source`, a file, or the newest of a folder or bucket.

    check: look at everything, change nothing.

    Raises:
        BackupFailed: It is damaged, does not fit, or the site is not empty and `force` is false.
    """
    place, name = places.find(source)
    with disk_faults_of(settings.DATA_DIR), _draft_folder() as folder:
        unpacked = folder / "unpacked"
        manifest = archive.unpack(place.fetch(name, folder), unpacked)
        _check_fit(manifest)
        verify_database(manifest, unpacked)
        key = (unpacked / archive.SECRET_KEY).read_text()
        key_here = os.environ.get("CFSITE_SECRET_KEY")
        found = Restored(name, manifest, _what_is_here(), key_here not in {None, "", key})
        if check:
            return found
        if found.replaces and not force:
            raise BackupFailed(
                f"This site is not empty ({found.replaces}). Nothing was changed; --force replaces"
                " all of it by the backup."
            )
        _replace(manifest, unpacked)
        _write_key(key)
    return found


def _check_fit(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        theirs, ours = NAMES.get(manifest.vendor, manifest.vendor), NAMES[connection.vendor]
        raise BackupFailed(
            f"This backup is of {theirs}, and this site uses {ours}. Let DATABASE_URL name an empty"
            f" database of {theirs}, and restore it there."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours_apps = {config.label for config in apps.get_app_configs()}
    newer = [one for one in manifest.migrations if one not in known]
    newer = [one for one in newer if one.partition(".")[0] in ours_apps]
    if newer:
        raise BackupFailed(
            f"This backup was made by a newer version ({manifest.version}; this is"
            f" {settings.VERSION}), with {newer[0]} and {len(newer) - 1} more migrations that are"
            " not known here. Install that version, or a later one, and restore it there."
        )
    here = DATABASES[connection.vendor].server_version()
    if connection.vendor == "postgresql" and _major(manifest.server_version) > _major(here):
        raise BackupFailed(
            f"This backup is of PostgreSQL {manifest.server_version}, and this server is {here}."
            " Restore it to a server of that version or a later one."
        )


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def _what_is_here() -> str:
    tables = set(connection.introspection.table_names())
    found = [
        f"{n} {model._meta.verbose_name_plural}"
        for model in (User, Movie, Rating)
        if model._meta.db_table in tables and (n := model._base_manager.count())
    ]
    pictures = sum(1 for _name in media.names(default_storage))
    if pictures:
        found.append(f"{pictures} files of media")
    return ", ".join(found)


def _replace(manifest: Manifest, unpacked: Path) -> None:
    database = DATABASES[connection.vendor]
    database.restore(unpacked / database.MEMBER)
    if differing := contents.difference(manifest.tables, database.tables()):
        raise BackupFailed(
            f"The database was restored, but is not what it should be: {differing}. Is the site"
            " still running? Stop it and restore again with --force."
        )
    replace_media = _fill_bucket if settings.MEDIA_TO else _replace_media
    replace_media(unpacked / archive.MEDIA)
    # A backup of an older version; and the triggers of this one.
    call_command("migrate", interactive=False, verbosity=0)


def _replace_media(restored: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    restored.mkdir(exist_ok=True)
    # What the web server may have been allowed to read, it reads again.
    for path in (restored, *restored.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    if root.exists():
        root.rename(restored.with_name("media-before"))
    shutil.move(restored, root)


def _fill_bucket(restored: Path) -> None:
    """Put all files there, then delete what is not among them."""
    paths = [path for path in sorted(restored.rglob("*")) if path.is_file()]
    kept = {path.relative_to(restored).as_posix(): path for path in paths}
    for name, path in kept.items():
        with path.open("rb") as content:
            default_storage.save(name, File(content))
    for name in list(media.names(default_storage)):
        if name not in kept:
            default_storage.delete(name)


def _write_key(key: str) -> None:
    """Whole or not at all."""
    path = settings.DATA_DIR / KEY_FILE
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as draft:
        draft.write(key)
        draft.flush()
        os.fsync(draft.fileno())
        path.unlink(missing_ok=True)
        os.link(draft.name, path)


@contextmanager
def _draft_folder() -> Iterator[Path]:
    for leftover in settings.DATA_DIR.glob(f"{DRAFT}*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=settings.DATA_DIR) as folder:
        yield Path(folder)
