"""Reads an upload into rows that are matched with the catalogue; nothing else is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies.models import ImportedRow, PersonalImport
from movies.my_imports.matching import Found, Matcher, Wanted
from movies.my_imports.parsing import tables
from movies.my_imports.parsing.entries import (
    NO_RATING,
    NOT_A_FILM,
    UNREADABLE,
    Entry,
    Line,
    NoRating,
    NotAFilm,
    Refused,
)
from movies.my_imports.parsing.formats import FileFormat, Source
from movies.my_imports.parsing.scales import SCALES, Range
from movies.my_imports.parsing.uploads import CSV, Member, open_upload
from movies.my_imports.sources import ANY_CSV, SOURCES, any_csv

if TYPE_CHECKING:
    from accounts.models import User

CHUNK = 1000
MAX_KEPT_PROBLEMS = 50
# A table is one value in the database while its owner names the columns.
MAX_TABLE_ROWS = 20_000
SAMPLE_ROWS = 5
# How long previews that nobody starts are kept, and rows of finished imports, for undo.
PREVIEW_LASTS, UNDO_LASTS = timedelta(days=7), timedelta(days=30)

_YEAR_AT_END = re.compile(r"(?P<title>.*\S)\s*\((?P<year>(?:18|19|20|21)[0-9]{2})\)")
State = PersonalImport.State
Reader = Callable[[Any], Iterable[Entry]]


@dataclass(frozen=True)
class Reading:
    """An upload that is understood and can be read from the start any number of times."""

    source: str
    scale: str  # a key of SCALES, or '' if there are no ratings
    lines: Callable[[], Iterator[Line]]


@dataclass(frozen=True)
class Options:
    """What the user states about a table; all blank for the other sources."""

    source: str = ""  # a key of SOURCES or ANY_CSV; '' to recognize it
    scale: str = ""
    columns: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Limits:
    max_mb: int
    max_rows: int

    @classmethod
    def of_site(cls) -> Limits:
        return cls(settings.IMPORT_MAX_MB, settings.IMPORT_MAX_ROWS)


def receive(
    user: User, file: BinaryIO, name: str, options: Options, limits: Limits | None = None
) -> PersonalImport:
    """Read an upload. The result is ready to be started, or asks for the columns of a table.

    Raises:
        Refused: it cannot be imported; nothing is kept of it.
    """
    limits = limits or Limits.of_site()
    max_rows = limits.max_rows
    members = open_upload(file, name, limits.max_mb)
    if options.source == ANY_CSV:
        return _receive_table(user, members, options, max_rows)
    source, files = recognize(members, options.source)
    if source is None:
        return _receive_table(user, members, options, max_rows)
    scale = options.scale or source.scale
    reading = Reading(source.key, scale, lambda: _lines_of_files(files))
    return store(user, reading, max_rows)


def recognize(
    members: list[Member], key: str = ""
) -> tuple[Source | None, list[tuple[Member, FileFormat]]]:
    """The source that most of the files belong to, and those files; None for a lone table.

    Raises:
        Refused: no file is of any known format.
    """
    best: tuple[Source | None, list[tuple[Member, FileFormat]]] = (None, [])
    for source in [SOURCES[key]] if key else SOURCES.values():
        claimed = ((member, source.format_of(member)) for member in members)
        files = [(member, found) for member, found in claimed if found]
        if len(files) > len(best[1]):
            best = source, files
    if best[0] is None and (key or len(members) != 1 or members[0].format != CSV):
        raise Refused(_not_recognized(key))
    return best


def _not_recognized(key: str) -> str:
    if key:
        text = _("This doesn’t look like an export from %(source)s.")
        return text % {"source": SOURCES[key].name}
    return _(
        "We couldn’t read any file in this upload. Upload an export as you downloaded it, "
        "or a CSV file."
    )


def _lines_of_files(files: Iterable[tuple[Member, FileFormat]]) -> Iterator[Line]:
    for member, found in files:
        yield from read_lines(member.path, found.items(member), found.read)


def read_lines(file: str, items: Iterable[tuple[int, Any]], read: Reader) -> Iterator[Line]:
    for number, item in items:
        try:
            if isinstance(item, ValueError):
                raise item
            for entry in read(item):
                yield Line(file, number, entry)
        except NotAFilm:
            yield Line(file, number, None, NOT_A_FILM)
        except NoRating:
            yield Line(file, number, None, NO_RATING)
        except (ValueError, OverflowError) as error:
            yield Line(file, number, None, UNREADABLE, str(error))
        except (KeyError, TypeError, AttributeError):
            yield Line(file, number, None, UNREADABLE, _("a field is missing or of the wrong type"))


def _receive_table(
    user: User, members: list[Member], options: Options, max_rows: int
) -> PersonalImport:
    tables_found = [one for one in members if one.format == CSV]
    if len(tables_found) != 1:
        raise Refused(_("Upload a single CSV file."))
    member = tables_found[0]
    names = tables.header(member)
    columns = any_csv.guess(names) if options.columns is None else dict(options.columns)
    if unknown := set(columns.values()) - set(names):
        raise Refused(_("The table has no column “%(name)s”.") % {"name": min(unknown)})
    if options.columns is not None or (options.scale and not any_csv.problem(columns)):
        table = Table(member.path, names, lambda: _numbered(member))
        return _store_table(user, table, columns, options.scale, max_rows)
    rows = [[line, cells] for line, cells in islice(tables.rows(member), MAX_TABLE_ROWS + 2)]
    if len(rows) < 2:
        raise Refused(_("The table has no rows."))
    if len(rows) > MAX_TABLE_ROWS + 1:
        text = _("The table has more than %(n)s rows. Split it into smaller files.")
        raise Refused(text % {"n": MAX_TABLE_ROWS})
    table = {"file": member.path, "names": names, "rows": rows[1:]}
    return _new(user, source=ANY_CSV, state=State.ASKING, table=table)


def _numbered(member: Member) -> Iterator[tables.NumberedRow]:
    return islice(tables.rows(member), 1, None)


def answer(asking: PersonalImport, columns: Mapping[str, str], scale: str) -> PersonalImport:
    """Read the table of an import that asked, now that its columns are known.

    Raises:
        Refused: they do not fit; the table is kept for another answer.
    """
    kept = asking.table
    rows = [tables.NumberedRow(line, cells) for line, cells in kept["rows"]]
    table = Table(kept["file"], kept["names"], lambda: iter(rows))
    return _store_table(asking.user, table, columns, scale)


@dataclass(frozen=True)
class Table:
    file: str
    names: list[str]
    rows: Callable[[], Iterator[tables.NumberedRow]]  # without the header


def _store_table(
    user: User,
    table: Table,
    columns: Mapping[str, str],
    scale: str,
    max_rows: int | None = None,
) -> PersonalImport:
    if problem := any_csv.problem(columns):
        raise Refused(problem)
    if "rating" in columns and not scale:
        raise Refused(_("Choose the rating scale."))
    read = any_csv.reader(columns)

    def lines() -> Iterator[Line]:
        return read_lines(table.file, tables.named(table.names, table.rows()), read)

    return store(user, Reading(ANY_CSV, scale, lines), max_rows)


def store(user: User, reading: Reading, max_rows: int | None = None) -> PersonalImport:
    """Store the rows, matched. All lines are looked at before the first row is written.

    Raises:
        Refused: too many rows, none, or ratings on another scale.
    """
    n = check(reading, max_rows or Limits.of_site().max_rows)
    made = _new(user, source=reading.source, scale=reading.scale, state=State.READING)
    try:
        _store_rows(made, reading)
        made.state, made.total = State.READY, n
        made.save(update_fields=["state", "total", "counts", "problems"])
    except DatabaseError as error:
        if PersonalImport.objects.filter(pk=made.pk).delete()[0]:
            raise
        raise Refused(_("You’ve uploaded another file, which replaced this one.")) from error
    except BaseException:
        made.delete()
        raise
    return made


def check(reading: Reading, max_rows: int) -> int:
    """The number of entries.

    Raises:
        Refused: as `store`.
    """
    counts, found, first_unreadable = Counter[str](), Range(), None
    for n, line in enumerate(reading.lines(), start=1):
        if n > max_rows:
            raise Refused(_("The file has more than %(n)s lines.") % {"n": max_rows})
        if line.entry is None:
            counts[line.left_out] += 1
            if line.left_out == UNREADABLE:
                first_unreadable = first_unreadable or line
            continue
        counts["entries"] += 1
        if line.entry.value is not None:
            found.add(line.entry.value)
    _check_scale(reading, found)
    if first_unreadable and counts[UNREADABLE] > counts["entries"]:
        raise Refused(_why_unreadable(first_unreadable, counts[UNREADABLE]))
    if not counts["entries"]:
        raise Refused(_("No movies were found in this upload."))
    return counts["entries"]


def _check_scale(reading: Reading, found: Range) -> None:
    if found.n and not reading.scale:
        raise Refused(_("Choose the rating scale."))
    if found.n:
        found.check(SCALES[reading.scale])


def _why_unreadable(line: Line, n: int) -> str:
    words = {"n": n, "file": line.file, "line": line.number, "reason": line.reason}
    text = ngettext(
        "We couldn’t read a line. %(file)s, line %(line)s: %(reason)s.",
        "We couldn’t read most lines (%(n)s). %(file)s, line %(line)s: %(reason)s.",
        n,
    )
    return text % words


def _store_rows(made: PersonalImport, reading: Reading) -> None:
    matcher = Matcher()
    counts, problems = Counter[str](), []
    lines = reading.lines()
    while chunk := list(islice(lines, CHUNK)):
        rows = []
        for line in chunk:
            if line.entry is None:
                counts[line.left_out] += 1
                if line.left_out == UNREADABLE and len(problems) < MAX_KEPT_PROBLEMS:
                    problems.append([line.file[:200], line.number, str(line.reason)[:200]])
            else:
                rows.append(_row(made, line, line.entry, reading.scale, matcher))
        ImportedRow.objects.bulk_create(rows)
    made.counts, made.problems = dict(counts), problems


def _row(
    made: PersonalImport, line: Line, entry: Entry, scale: str, matcher: Matcher
) -> ImportedRow:
    title, year = entry.title, entry.year
    if year is None and (match := _YEAR_AT_END.fullmatch(title)):
        title, year = match["title"], int(match["year"])
    details = dict(entry.details)
    ids = (entry.imdb_id, entry.tmdb_id, entry.movielens_id)
    if entry.kind == ImportedRow.Kind.LIST_ITSELF:
        found = Found(ImportedRow.Match.FOUND)
    else:
        found = matcher.find(Wanted(title, year, *ids, details.pop("original_title", "")))
    if found.candidates:
        details["candidates"] = list(found.candidates)
    kind, half_stars = entry.kind, None
    if entry.value is not None:
        half_stars = SCALES[scale].half_stars(entry.value)
        kind = kind if half_stars else ImportedRow.Kind.SEEN
    return ImportedRow(
        personal_import=made,
        file=line.file[-200:],
        line=line.number,
        kind=kind,
        title=title,
        year=year,
        imdb_id=entry.imdb_id,
        tmdb_id=entry.tmdb_id,
        movielens_id=entry.movielens_id,
        half_stars=half_stars,
        at=entry.at,
        list_name=entry.list_name,
        details=details,
        movie_id=found.movie_id,
        match=found.match,
    )


def _new(user: User, **fields: Any) -> PersonalImport:
    """A new import; earlier ones that were never started are dropped."""
    not_started = [State.READING, State.ASKING, State.READY]
    with transaction.atomic():
        PersonalImport.objects.of(user).filter(state__in=not_started).delete()
        return PersonalImport.objects.create(user=user, **fields)


def forget_old() -> int:
    """Delete previews that nobody started, and the rows of imports that can no longer be undone."""
    now = timezone.now()
    never_started = PersonalImport.objects.filter(
        state__in=[State.READING, State.ASKING, State.READY], created_at__lt=now - PREVIEW_LASTS
    )
    n = never_started.count()
    never_started.delete()
    ImportedRow.objects.filter(
        personal_import__finished_at__lt=now - UNDO_LASTS,
        personal_import__state__in=[State.DONE, State.CANCELLED, State.FAILED, State.UNDONE],
    ).delete()
    return n
