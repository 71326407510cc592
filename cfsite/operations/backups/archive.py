"""The file of a backup: a tar of the database's dump, media and secret key, compressed, with a
manifest at its end that says what must be in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from cfsite.operations.backups.contents import Table, Tables
from cfsite.operations.backups.failures import BackupFailed

FORMAT = 1
MANIFEST = "manifest.json"
SECRET_KEY = "secret_key"  # noqa: S105  (the name of a file)
MEDIA = "media"
CHUNK = 1 << 20
LARGEST_MANIFEST = 100 << 20


@dataclass
class Manifest:
    version: str  # of the site
    made_at: str
    vendor: str  # of the database
    server_version: str
    migrations: list[str]
    tables: Tables = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # size and sha256, by member

    def as_json(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()

    @classmethod
    def of(cls, text: bytes) -> Self:
        try:
            read = json.loads(text)
            if read.pop("format") > FORMAT:
                raise BackupFailed("This backup was made by a newer version of the site.")
            tables = {name: Table(**table) for name, table in read.pop("tables").items()}
            return cls(tables=tables, **read)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BackupFailed("The manifest of this backup cannot be read.") from error


class Writer:
    """Adds members to the file and notes their hashes."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar = tar
        self._manifest = manifest

    def add(self, member: str, content: IO[bytes], size: int) -> None:
        hashed = _Hashed(content)
        info = tarfile.TarInfo(member)
        info.size, info.mode = size, 0o600
        self._tar.addfile(info, hashed)
        self._manifest.files[member] = {"size": size, "sha256": hashed.digest.hexdigest()}

    def add_file(self, member: str, path: Path) -> None:
        with path.open("rb") as content:
            self.add(member, content, path.stat().st_size)

    def add_bytes(self, member: str, content: bytes) -> None:
        self.add(member, io.BytesIO(content), len(content))

    def has(self, member: str) -> bool:
        return member in self._manifest.files

    def finish(self) -> None:
        text = self._manifest.as_json()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        self._tar.addfile(info, io.BytesIO(text))


class _Hashed:
    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._content.read(size)
        self.digest.update(chunk)
        return chunk


@contextmanager
def writing(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """A file that only its owner reads, on the disk when this ends."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
            writer = Writer(tar, manifest)
            yield writer
            writer.finish()
        file.flush()
        os.fsync(file.fileno())


def unpack(path: Path, into: Path) -> Manifest:
    """Write all members to files below `into`, and compare them with the manifest.

    Raises:
        BackupFailed: The file is damaged or no backup.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest = None
    try:
        with tarfile.open(path, mode="r:gz") as tar:
            for info in tar:
                _check_member(info)
                content = tar.extractfile(info)
                assert content is not None  # noqa: S101  (a regular file)
                if info.name == MANIFEST:
                    manifest = Manifest.of(content.read(LARGEST_MANIFEST))
                else:
                    found[info.name] = _write(content, into / info.name)
    except (tarfile.TarError, zlib.error, EOFError, UnicodeError) as error:
        raise BackupFailed(f"{path} is damaged or no backup: {error}") from error
    except OSError as error:
        if error.errno is not None:  # of the disk, not of gzip
            raise
        raise BackupFailed(f"{path} is damaged or no backup: {error}") from error
    if manifest is None:
        raise BackupFailed(f"{path} has no manifest: it is cut off or no backup.")
    wrong = sorted(
        name for name in {*found, *manifest.files} if found.get(name) != manifest.files.get(name)
    )
    if wrong:
        raise BackupFailed(f"{path} is damaged: {wrong[0]} is not what its manifest says.")
    return manifest


def _check_member(info: tarfile.TarInfo) -> None:
    """No member may be written outside the folder that a backup is unpacked into."""
    parts = PurePosixPath(info.name).parts
    if not info.isfile() or not parts or info.name.startswith("/") or ".." in parts:
        raise BackupFailed(f"{info.name!r} does not belong into a backup.")


def _write(content: IO[bytes], path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := content.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return {"size": size, "sha256": digest.hexdigest()}


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
