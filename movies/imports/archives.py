"""Reads files in a zip or a folder line by line, with limits against hostile archives."""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from movies.imports.dataset import Meter, OnReject, Reject, SourceError

MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 8 * 1024**3
# Ratings compress to a fifth, zeros to a thousandth.
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 10 * 1024**2
FOLDERS_DEEP = 2
MAX_LINE_BYTES = 64 * 1024

_BUFFER_BYTES = 1024**2
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


class Archive(Protocol):
    path: Path

    def names(self) -> list[str]: ...
    def size(self, name: str) -> int: ...
    def open(self, name: str) -> AbstractContextManager[BinaryIO]: ...
    def check(self, names: list[str]) -> None: ...


def open_archive(path: Path) -> Archive:
    """
    Raises:
        SourceError: missing, neither zip nor folder, or a zip that is not safe.
    """
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise SourceError(f"{path} does not exist.")
    if not zipfile.is_zipfile(path):
        raise SourceError(f"{path} is neither a folder nor a whole zip file.")
    return Zip(path)


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """The files in the folder, and in folders up to two deep."""
        found: list[str] = []
        for place, folders, files in os.walk(self.path, followlinks=True):
            inside = Path(place).relative_to(self.path)
            if len(inside.parts) == FOLDERS_DEEP:
                folders.clear()
            # Unlike Path.is_file, this never raises.
            found += [
                (inside / file).as_posix()
                for file in files
                if os.path.isfile(os.path.join(place, file))
            ]
        return sorted(found)

    def size(self, name: str) -> int:
        return (self.path / name).stat().st_size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with (self.path / name).open("rb", buffering=_BUFFER_BYTES) as file:
            yield file

    def check(self, names: list[str]) -> None:
        for name in names:
            try:
                with self.open(name) as file:
                    file.read(1)
            except OSError as error:
                raise SourceError(f"{name} cannot be read: {error.strerror}.") from error


class Zip:
    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            raise SourceError(f"{path} is a damaged zip file: {error}") from error
        if len(infos) > MAX_MEMBERS:
            raise SourceError(f"{path} has {len(infos)} files; {MAX_MEMBERS} at most are read.")
        for info in infos:
            _refuse_escaping_name(info.filename)
        self._infos = {info.filename: info for info in infos if not info.is_dir()}

    def names(self) -> list[str]:
        return sorted(name for name in self._infos if not name.startswith("__MACOSX/"))

    def size(self, name: str) -> int:
        return self._infos[name].file_size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with zipfile.ZipFile(self.path) as archive, archive.open(name) as member:
            yield io.BufferedReader(member, _BUFFER_BYTES)  # type: ignore[arg-type]

    def check(self, names: list[str]) -> None:
        """Read the members to their ends, or damage would show only after rows were written."""
        for name in names:
            _refuse_bomb(self._infos[name])
            try:
                with self.open(name) as member:
                    while member.read(_BUFFER_BYTES):
                        pass
            except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError) as error:
                raise SourceError(f"{name} in {self.path} is damaged: {error}") from error
            except Exception as error:  # zlib, bz2 and lzma raise their own errors
                raise SourceError(f"{name} in {self.path} cannot be unpacked.") from error


def _refuse_escaping_name(name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or name.startswith(("/", "\\")) or ":" in name.split("/")[0][:2]:
        raise SourceError(f"The zip has a file that points outside it: {name!r}.")


def _refuse_bomb(info: zipfile.ZipInfo) -> None:
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > MAX_MEMBER_BYTES:
        raise SourceError(f"{info.filename} would unpack to {info.file_size:,} bytes.")
    if info.file_size > RATIO_COUNTS_FROM_BYTES and ratio > MAX_RATIO:
        raise SourceError(f"{info.filename} would unpack to {ratio:.0f} times its size.")


def read_lines(
    archive: Archive, name: str, on_reject: OnReject, meter: Meter | None = None
) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without line ends and byte order mark; blank lines are skipped.

    Lines are split before quotes are parsed, because no MovieLens field contains a line break. So
    an unclosed quote costs one line, not the rest of the file.
    """
    meter = meter or Meter(0)
    meter.done = 0
    with archive.open(name) as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES):
            number += 1
            meter.done += len(line)
            if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                on_reject(Reject(PurePosixPath(name).name, number, "the line is far too long"))
                while (line := file.readline(MAX_LINE_BYTES)) and not line.endswith(b"\n"):
                    meter.done += len(line)
                meter.done += len(line)
                continue
            if number == 1:
                line = _without_mark(line, name)
            if line := line.rstrip(b"\r\n"):
                yield number, line


def fingerprint(archive: Archive, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while piece := file.read(_BUFFER_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def read_blocks(archive: Archive, name: str, meter: Meter) -> Iterator[tuple[int, bytes]]:
    """Whole lines, about a megabyte at a time, with the number of the first line of each block.

    Lines longer than MAX_LINE_BYTES are cut, but stay longer than that.
    """
    meter.done = 0
    with archive.open(name) as file:
        number, rest = 1, b""
        while piece := file.read(_BUFFER_BYTES):
            if not meter.done:
                piece = _without_mark(piece, name)
            meter.done += len(piece)
            head, line_end, tail = (rest + piece).rpartition(b"\n")
            rest = tail[: MAX_LINE_BYTES + 1]
            if line_end:
                yield number, head + line_end
                number += head.count(b"\n") + 1
        if rest:
            yield number, rest


def _without_mark(line: bytes, name: str) -> bytes:
    if line.startswith(_UTF16_BOMS):
        raise SourceError(f"{name} is UTF-16; save it as UTF-8.")
    return line.removeprefix(_UTF8_BOM)


def first_line(archive: Archive, name: str) -> bytes:
    """The header line; empty for an empty file.

    Raises:
        SourceError: the line is too long, or the lines end with a bare carriage return.
    """
    line = next(read_lines(archive, name, _refuse), (1, b""))[1]
    if b"\r" in line:
        raise SourceError(f"{name}: its lines end with a bare carriage return.")
    return line


def _refuse(reject: Reject) -> None:
    raise SourceError(str(reject))


def encoding_of(archive: Archive, name: str) -> str:
    """The first encoding that can decode every line of the file.

    Old MovieLens sets are latin-1, those since 10M are UTF-8, and nothing in a file says which.
    Latin-1 text that happens to be valid UTF-8 does not occur.
    """
    left = ["utf-8", "cp1252", "latin-1"]
    for _number, line in read_lines(archive, name, lambda reject: None):
        while True:
            try:
                line.decode(left[0])
                break
            except UnicodeDecodeError:
                del left[0]
    return left[0]
