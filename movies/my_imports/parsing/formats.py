"""What the files of a source look like, and how each of their rows is read.

A source is a module with a `SOURCE`; the registry in `__init__` lists them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Protocol
from xml.etree import ElementTree

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from movies.my_imports.parsing import tables
from movies.my_imports.parsing.entries import Entry, Refused
from movies.my_imports.parsing.uploads import CSV, JSON, XML, Member

# The number of a row, and the row or what is wrong with it.
NumberedItem = tuple[int, Any]


class FileFormat(Protocol):
    def claims(self, member: Member) -> bool:
        """Whether the file is of this format, judged by its header or content."""

    def items(self, member: Member) -> Iterator[NumberedItem]: ...

    @property
    def read(self) -> Callable[[Any], Iterable[Entry]]:
        """What a row says. Raises ValueError, NotAFilm or NoRating."""


@dataclass(frozen=True)
class CsvFile:
    read: Callable[[tables.Cells], Iterable[Entry]]
    columns: frozenset[str]  # normalized names that the header must have
    # Only for files whose headers are alike: how their names begin.
    prefix: str = ""
    without: frozenset[str] = frozenset()  # names that the header must not have

    def claims(self, member: Member) -> bool:
        if member.format != CSV or not member.name.startswith(self.prefix):
            return False
        names = set(tables.header(member))
        return self.columns <= names and not self.without & names

    def items(self, member: Member) -> Iterator[NumberedItem]:
        numbered = tables.rows(member)
        names = [tables.column_name(cell) for cell in next(numbered).cells]
        return tables.named(names, numbered)


@dataclass(frozen=True)
class JsonFile:
    """A list of objects, or an object that has one under `key`."""

    read: Callable[[Any], Iterable[Entry]]
    fields: frozenset[str]  # that each object of the list must have
    key: str = ""
    prefix: str = ""

    def claims(self, member: Member) -> bool:
        if member.format != JSON or not member.name.startswith(self.prefix):
            return False
        items = self._items(member)
        return bool(items) and all(
            isinstance(item, dict) and self.fields <= item.keys() for item in items[:20]
        )

    def items(self, member: Member) -> Iterator[NumberedItem]:
        return iter(enumerate(self._items(member), start=1))

    def _items(self, member: Member) -> list[Any]:
        document = _document(member)
        found = document.get(self.key) if isinstance(document, dict) and self.key else document
        return found if isinstance(found, list) else []


def _document(member: Member) -> Any:
    """The parsed file, parsed once."""
    if "document" not in member.__dict__:
        try:
            member.document = json.loads(  # type: ignore[attr-defined]
                member.text(), parse_float=Decimal, parse_constant=_no_number
            )
        except json.JSONDecodeError as error:
            member.refuse(error.lineno, _("this isn’t valid JSON"))
        except (RecursionError, ValueError) as error:
            raise Refused(_("%(file)s isn’t valid JSON.") % {"file": member.path}) from error
    return member.document  # type: ignore[attr-defined]


def _no_number(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity, which JSON does not have


@dataclass(frozen=True)
class XmlFile:
    """Elements of one name below the root, as texts by the names of their children."""

    read: Callable[[dict[str, str]], Iterable[Entry]]
    root: str
    item: str

    def claims(self, member: Member) -> bool:
        if member.format != XML:
            return False
        return f"<{self.root}" in "".join(islice(self._pieces(member), 5))

    def items(self, member: Member) -> Iterator[NumberedItem]:
        parser = ElementTree.XMLPullParser(["end"])
        number = 0
        try:
            for piece in self._pieces(member):
                parser.feed(piece)
                for _event, element in parser.read_events():
                    if element.tag == self.item:
                        number += 1
                        yield number, {child.tag: child.text or "" for child in element}
                        element.clear()
            parser.close()
        except ElementTree.ParseError as error:
            member.refuse(error.position[0], _("this isn’t valid XML"))

    def _pieces(self, member: Member) -> Iterator[str]:
        before = ""
        for line in member.lines():
            # Entities can unfold to gigabytes; none of these files declares any.
            if "<!DOCTYPE" in before + line or "<!ENTITY" in before + line:
                raise Refused(
                    _("%(file)s contains a document type declaration, which isn’t allowed.")
                    % {"file": member.path}
                )
            before = line[-10:]
            yield line


@dataclass(frozen=True)
class Source:
    key: str
    name: str | Promise
    files: tuple[FileFormat, ...]
    scale: str = ""  # a key of SCALES; '' if the source has no ratings
    # Where the user gets the file.
    where: str | Promise = ""
    # What a folder in the path must not be called.
    ignored_folders: frozenset[str] = frozenset()

    def format_of(self, member: Member) -> FileFormat | None:
        folders = {part.casefold() for part in PurePosixPath(member.path).parts[:-1]}
        if folders & self.ignored_folders:
            return None
        return next((one for one in self.files if one.claims(member)), None)
