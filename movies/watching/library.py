"""What the house owns: matches a library with the catalogue and marks its movies as here."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cfsite.lib.transactions import in_transaction
from movies.imports.dataset import SourceError
from movies.models import Library, LibraryItem, Movie
from movies.outside.http import OutsideError, Refused
from movies.watching import jellyfin, library_file
from movies.watching.owned import Owned
from movies.watching.version import advance_version

logger = logging.getLogger(__name__)

MOST_LISTED = 200  # unmatched movies that are kept for the operator to read
_CHUNK = 500


class LibraryError(Exception):
    """The library could not be read; what was here stays."""


@dataclass
class Matched:
    """The movies of a library by primary key, and those that are none of ours."""

    items: dict[int, Owned] = field(default_factory=dict)
    unmatched: list[tuple[str, str]] = field(default_factory=list)  # movie, why


def read_jellyfin() -> Library:
    """
    Raises:
        LibraryError: The server is off, dead or slow; its movies stay as they were.
    """
    if not settings.JELLYFIN_URL:
        raise LibraryError("CFSITE_JELLYFIN_URL is not set")
    try:
        listed = jellyfin.movies()
        if not listed and LibraryItem.objects.filter(library__source="jellyfin").exists():
            # Rather a disk that is not mounted than a library that was emptied.
            raise OutsideError(_("Jellyfin lists no movies. Those found before are kept."))
    except (OutsideError, Refused) as error:
        _record_problem(Library.Source.JELLYFIN, str(error))
        logger.warning("Library: %s", error)
        raise LibraryError(str(error)) from error
    return store(Library.Source.JELLYFIN, listed)


def read_file(content: bytes, name: str = "The list") -> Library:
    """
    Raises:
        LibraryError: It is no list of ids; the list before stays.
    """
    try:
        listed = library_file.read(name, content)
    except SourceError as error:
        raise LibraryError(str(error)) from error
    return store(Library.Source.FILE, listed)


def store(source: Library.Source, listed: Iterable[Owned]) -> Library:
    """Mark what this library lists; movies that it no longer lists lose the mark."""
    return in_transaction(lambda: _store(source, list(listed)))


def remove(libraries: Iterable[Library]) -> None:
    """Forget these libraries and their marks."""
    pks = [library.pk for library in libraries]

    def delete() -> None:
        Library.objects.filter(pk__in=pks).delete()
        advance_version()

    in_transaction(delete)


def match(listed: Iterable[Owned]) -> Matched:
    """By IMDb id first, which is more often right than the TMDB id of a data set."""
    listed, found = list(listed), Matched()
    by_imdb = _movies_by("imdb_id", {one.imdb_id for one in listed if one.imdb_id})
    by_tmdb = _movies_by("tmdb_id", {one.tmdb_id for one in listed if one.tmdb_id})
    for one in listed:
        imdb = by_imdb.get(one.imdb_id, set())
        tmdb = by_tmdb.get(one.tmdb_id, set())
        fits = (imdb & tmdb) or imdb or tmdb
        if len(fits) == 1:
            found.items.setdefault(next(iter(fits)), one)
        elif fits:
            found.unmatched.append((one.title, _("several movies have this id")))
        elif one.imdb_id or one.tmdb_id:
            found.unmatched.append((one.title, _("not in the catalogue")))
        else:
            found.unmatched.append((one.title, _("no IMDb or TMDB id")))
    return found


def _movies_by(name: str, values: set) -> Mapping[object, set[int]]:
    """Of a merged movie, the surviving one."""
    found: dict[object, set[int]] = defaultdict(set)
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        wanted = {f"{name}__in": ordered[start : start + _CHUNK]}
        movies = Movie.everything.filter(**wanted)
        for value, pk, survivor in movies.values_list(name, "pk", "merged_into"):
            found[value].add(survivor or pk)
    return found


def _store(source: Library.Source, listed: list[Owned]) -> Library:
    matched, now = match(listed), timezone.now()
    library, _new = Library.objects.update_or_create(
        source=source,
        defaults={
            "read_at": now,
            "tried_at": now,
            "problem": "",
            "n_listed": len(listed),
            "n_unmatched": len(matched.unmatched),
            "unmatched": [[title[:120], why] for title, why in matched.unmatched[:MOST_LISTED]],
        },
    )
    before = {item.movie_id: item for item in LibraryItem.objects.filter(library=library)}
    wanted = {
        pk: LibraryItem(library=library, movie_id=pk, item_id=one.item_id, server_id=one.server_id)
        for pk, one in sorted(matched.items.items())
    }
    changed = [pk for pk, item in wanted.items() if _differs(before.get(pk), item)]
    gone = [item.pk for pk, item in before.items() if pk not in wanted]
    for start in range(0, len(gone), _CHUNK):
        LibraryItem.objects.filter(pk__in=gone[start : start + _CHUNK]).delete()
    LibraryItem.objects.bulk_create(
        [wanted[pk] for pk in changed],
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=["library", "movie"],
        update_fields=["item_id", "server_id"],
    )
    if changed or gone:
        advance_version()
    return library


def _differs(before: LibraryItem | None, item: LibraryItem) -> bool:
    if before is None:
        return True
    return (before.item_id, before.server_id) != (item.item_id, item.server_id)


def _record_problem(source: Library.Source, problem: str) -> None:
    Library.objects.update_or_create(
        source=source, defaults={"tried_at": timezone.now(), "problem": problem[:300]}
    )
