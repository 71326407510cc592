"""What a member can watch tonight: movies in the house, and those on the member's services.

The ids are read once for each set of services and kept until an offer or a library changes. A
process looks for such changes once a minute, so that pages need no query of their own for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from movies.models import LibraryItem, Movie, MovieQuerySet, Offer
from movies.watching.version import current_version, forget_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accounts.models import User

PARAMETER = "tonight"  # in query strings


@dataclass(frozen=True)
class Item:
    """A movie in the library; without ids if it is from a list."""

    item_id: str
    server_id: str


@dataclass(frozen=True)
class Tonight:
    """One member's country and services; visitors have no services and see no library."""

    version: int  # 0 if no offer and no library was ever known
    country: str
    services: tuple[int, ...] = ()  # ascending
    is_member: bool = False

    @property
    def has_library(self) -> bool:
        return self.is_member and len(_library(self.version).movie_ids) > 0

    @property
    def is_offered(self) -> bool:
        """Whether there is anything to filter by."""
        return self.has_library or len(self.movie_ids) > 0

    @property
    def movie_ids(self) -> np.ndarray:
        """(n,) int64 ascending."""
        if not self.is_member:
            return np.empty(0, np.int64)
        streamed = _on_services(self.version, self.country, self.services)
        return np.union1d(_library(self.version).movie_ids, streamed)

    def item_of(self, movie: Movie) -> Item | None:
        """The movie in the library; None if the house does not own it."""
        return _library(self.version).items.get(movie.pk) if self.is_member else None

    def only(self, movies: MovieQuerySet) -> MovieQuerySet:
        """Those of `movies` that can be watched tonight."""
        if not self.is_member:
            return movies.none()
        owned = Exists(LibraryItem.objects.filter(movie=OuterRef("pk")))
        if not self.services:
            return movies.filter(owned)
        streamed = Offer.objects.on(self.services, self.country).filter(movie=OuterRef("pk"))
        return movies.filter(owned | Exists(streamed))

    @property
    def label(self) -> str:
        """What the filter is called."""
        if not self.services:
            return _("In our library")
        return _("Here or on my services") if self.has_library else _("On my services")


def tonight_of(user: User | AnonymousUser) -> Tonight:
    """Visitors have nothing to filter by."""
    version = current_version()
    if not user.is_authenticated:
        return Tonight(version, default_country())
    country = user.country
    return Tonight(
        version=version,
        country=country if country in settings.WATCHING_COUNTRIES else default_country(),
        services=tuple(sorted(set(user.services))),
        is_member=True,
    )


@dataclass(frozen=True)
class AskedTonight:
    """Whether a page is to show nothing but what its reader can watch tonight."""

    tonight: Tonight
    is_on: bool

    @property
    def within(self) -> Tonight | None:
        """What a list is to be limited to."""
        return self.tonight if self.is_on else None

    @property
    def query(self) -> str:
        """What links to the other parts of the page carry on."""
        return f"{PARAMETER}=1" if self.is_on else ""


def asked_tonight(params: Mapping[str, str], user: User | AnonymousUser) -> AskedTonight:
    """By the query string, which is ignored where there is nothing to filter by."""
    tonight = tonight_of(user)
    return AskedTonight(tonight, params.get(PARAMETER) == "1" and tonight.is_offered)


def default_country() -> str:
    """The country of the page's language where services of it are known, else the operator's."""
    language = (get_language() or "").split("-")[0].upper()
    countries = settings.WATCHING_COUNTRIES
    return language if language in countries else countries[0]


def forget() -> None:
    """For tests, where versions begin anew."""
    forget_version()
    _library.cache_clear()
    _on_services.cache_clear()


@dataclass(frozen=True)
class _Library:
    movie_ids: np.ndarray  # ascending
    items: Mapping[int, Item]


# Rows that are newer than the version are fine: the next version follows.
@lru_cache(maxsize=2)
def _library(version: int) -> _Library:
    if not version:
        return _Library(np.empty(0, np.int64), {})
    # If a movie is in two libraries, the item with an id is read last and stays.
    rows = LibraryItem.objects.order_by("item_id", "pk")
    items = {
        pk: Item(item_id, server_id)
        for pk, item_id, server_id in rows.values_list("movie_id", "item_id", "server_id")
    }
    return _Library(_ids(items), items)


@lru_cache(maxsize=64)
def _on_services(version: int, country: str, services: tuple[int, ...]) -> np.ndarray:
    if not version or not services:
        return np.empty(0, np.int64)
    offers = Offer.objects.on(services, country).order_by()
    return _ids(offers.values_list("movie_id", flat=True).iterator())


def _ids(rows: Iterable[int]) -> np.ndarray:
    return np.unique(np.fromiter(rows, np.int64))
