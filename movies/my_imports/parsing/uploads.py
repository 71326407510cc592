"""The files of an upload, a single file or a zip, with limits against hostile ones."""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext as _

from movies.my_imports.parsing.entries import Refused

MAX_MEMBERS = 2000
MAX_UNPACKED_BYTES = 200 * 1024**2
# Tables of ratings pack to a fifth or tenth, zeros to a thousandth.
MAX_RATIO = 100
RATIO_COUNTS_FROM_BYTES = 1024**2
MAX_LINE_CHARACTERS = 128 * 1024
# A parsed document takes about ten times its size.
MAX_DOCUMENT_BYTES = 16 * 1024**2

CSV, JSON, XML, ZIP, EMPTY = "csv", "json", "xml", "zip", "empty"
_FIRST_BYTES = ((b"PK", ZIP), (b"[", JSON), (b"{", JSON), (b"<", XML))
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PIECE_BYTES = 256 * 1024
_HEAD_BYTES = 512


class Member:
    """One file of an upload."""

    def __init__(self, path: str, source: BinaryIO | zipfile.ZipFile) -> None:
        self.path = path
        self._source = source

    @property
    def name(self) -> str:
        """The file's own name, in lower case."""
        return PurePosixPath(self.path).name.casefold()

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """
        Raises:
            Refused: the zip is damaged or has a password.
        """
        if not isinstance(self._source, zipfile.ZipFile):
            self._source.seek(0)
            yield self._source
            return
        try:
            with self._source.open(self.path) as file:
                yield file  # type: ignore[misc]
        except Refused:
            raise
        except Exception as error:  # zipfile and its decoders raise a dozen kinds
            if "password" in str(error):
                text = _("%(file)s is password-protected. Unpack the zip and upload what’s inside.")
                raise Refused(text % {"file": self.path}) from error
            raise Refused(_("%(file)s is damaged.") % {"file": self.path}) from error

    @cached_property
    def format(self) -> str:
        """What it looks like inside; names tell nothing."""
        with self.open() as file:
            head = file.read(_HEAD_BYTES)
        if head.startswith(_UTF16):
            text = _("%(file)s is UTF-16 text. Save it as UTF-8 and try again.")
            raise Refused(text % {"file": self.path})
        head = head.removeprefix(codecs.BOM_UTF8).lstrip()
        found = (kind for first, kind in _FIRST_BYTES if head.startswith(first))
        return next(found, CSV if head else EMPTY)

    @cached_property
    def encoding(self) -> str:
        """UTF-8, or the encoding of old Windows programs if every byte exists in it.

        Raises:
            Refused: neither.
        """
        for encoding in ("utf-8-sig", "cp1252"):
            decoder, line = codecs.getincrementaldecoder(encoding)(), 1
            with self.open() as file:
                try:
                    while piece := file.read(_PIECE_BYTES):
                        decoder.decode(piece)
                        line += piece.count(b"\n")
                    decoder.decode(b"", final=True)
                    return encoding
                except UnicodeDecodeError as error:
                    line += piece[: error.start].count(b"\n")
        text = _("%(file)s, line %(line)s: this isn’t UTF-8 text.")
        raise Refused(text % {"file": self.path, "line": line})

    def lines(self) -> Iterator[str]:
        """Lines with their ends.

        Raises:
            Refused: a line is far too long, or has a NUL character.
        """
        encoding = self.encoding  # reads the file too, so before it is opened here
        with self.open() as file:
            text = io.TextIOWrapper(file, encoding, newline="")
            try:
                number = 0
                while line := text.readline(MAX_LINE_CHARACTERS):
                    number += 1
                    if len(line) == MAX_LINE_CHARACTERS:
                        self.refuse(number, _("the line is too long"))
                    if "\0" in line:
                        self.refuse(number, _("it contains a NUL character, so it isn’t text"))
                    yield line
            finally:
                text.detach()

    def text(self) -> str:
        """All of it, for formats that cannot be read in parts.

        Raises:
            Refused: it is too large.
        """
        encoding = self.encoding
        with self.open() as file:
            content = file.read(MAX_DOCUMENT_BYTES + 1)
        if len(content) > MAX_DOCUMENT_BYTES:
            text = _("%(file)s is larger than %(mb)s MB.")
            raise Refused(text % {"file": self.path, "mb": MAX_DOCUMENT_BYTES // 1024**2})
        return content.decode(encoding)

    def refuse(self, line: int, reason: str) -> None:
        text = _("%(file)s, line %(line)s: %(reason)s.")
        raise Refused(text % {"file": self.path, "line": line, "reason": reason})


def open_upload(file: BinaryIO, name: str, max_mb: int) -> list[Member]:
    """The file, or the files in it if it is a zip.

    Raises:
        Refused: it is too large, empty, damaged or not safe.
    """
    size = file.seek(0, io.SEEK_END)
    if size > max_mb * 1024**2:
        raise Refused(_("The file is larger than %(mb)s MB.") % {"mb": max_mb})
    if not size:
        raise Refused(_("The file is empty."))
    whole = Member(PurePosixPath(name.replace("\\", "/")).name[:100] or "file", file)
    return _members(file) if whole.format == ZIP else [whole]


def _members(file: BinaryIO) -> list[Member]:
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise Refused(_("The zip is damaged.")) from error
    if not all(info.filename for info in infos):
        raise Refused(_("The zip is damaged."))
    if len(infos) > MAX_MEMBERS:
        raise Refused(_("The zip contains more than %(n)s files.") % {"n": MAX_MEMBERS})
    for info in infos:
        _refuse_unsafe(info)
    if sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
        mb = MAX_UNPACKED_BYTES // 1024**2
        raise Refused(_("The zip would unpack to more than %(mb)s MB.") % {"mb": mb})
    files = (info.filename for info in infos if not info.is_dir())
    members = [Member(path, archive) for path in files if not path.startswith("__MACOSX/")]
    members = [one for one in members if not one.name.startswith(".")]
    if members and all(one.format == ZIP for one in members):
        raise Refused(_("There’s another zip inside the zip. Unpack it and upload the inner one."))
    return members


def _refuse_unsafe(info: zipfile.ZipInfo) -> None:
    """Sizes are the declared ones; zipfile reads no byte more than that."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or ":" in info.filename[:2]:
        raise Refused(_("A file in the zip has a path that leads outside it."))
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > RATIO_COUNTS_FROM_BYTES and ratio > MAX_RATIO:
        text = _("%(file)s would unpack to %(n)s times its size.")
        raise Refused(text % {"file": info.filename, "n": round(ratio)})
