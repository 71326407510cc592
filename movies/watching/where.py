"""Where one movie can be watched: in the house, on the member's services, elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from movies.facts.names import country_name
from movies.models import Movie, Offer
from movies.watching.jellyfin import web_url
from movies.watching.tonight import Tonight, tonight_of

if TYPE_CHECKING:
    from accounts.models import User

KINDS = tuple(Offer.Kind)


@dataclass(frozen=True)
class Service:
    id: int
    name: str
    kinds: tuple[Offer.Kind, ...]  # as in KINDS

    @property
    def ways(self) -> str:
        return ", ".join(str(kind.label) for kind in self.kinds)


@dataclass(frozen=True)
class Ways:
    """The services that offer the movie in one way."""

    kind: Offer.Kind
    services: Sequence[Service]

    @property
    def names(self) -> str:
        return ", ".join(service.name for service in self.services)


@dataclass(frozen=True)
class Where:
    """Everything the page says; falsy if nothing is known."""

    country: str  # code
    is_here: bool = False
    here_url: str = ""  # in Jellyfin's web client
    mine: Sequence[Service] = ()
    others: Sequence[Service] = ()
    tmdb_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.is_here or self.mine or self.others)

    @property
    def has_offers(self) -> bool:
        """Whether JustWatch is to be credited."""
        return bool(self.mine or self.others)

    @property
    def country_name(self) -> str:
        return country_name(self.country)

    @property
    def by_kind(self) -> list[Ways]:
        """The other services, by what they ask for."""
        found = defaultdict(list)
        for service in self.others:
            for kind in service.kinds:
                found[kind].append(service)
        return [Ways(kind, found[kind]) for kind in KINDS if kind in found]

    @property
    def more_url(self) -> str:
        """The page of TMDB that links to the services."""
        if not self.tmdb_id:
            return ""
        return f"https://www.themoviedb.org/movie/{self.tmdb_id}/watch?locale={self.country}"


def where_to_watch(
    movie: Movie, user: User | AnonymousUser, tonight: Tonight | None = None
) -> Where:
    """One query, or none where nothing is known or the process has read it already."""
    tonight = tonight or tonight_of(user)
    if not tonight.version:
        return Where(tonight.country)
    item = tonight.item_of(movie)
    services = _services(tonight.version, movie.pk, tonight.country)
    mine = [service for service in services if service.id in tonight.services]
    return Where(
        country=tonight.country,
        is_here=item is not None,
        here_url=web_url(item.item_id, item.server_id) if item else "",
        mine=mine,
        others=[service for service in services if service not in mine],
        tmdb_id=movie.tmdb_id,
    )


def forget() -> None:
    """For tests, where versions begin anew."""
    _services.cache_clear()


@lru_cache(maxsize=2000)
def _services(version: int, movie_id: int, country: str) -> tuple[Service, ...]:
    names: dict[int, str] = {}
    kinds: dict[int, set[str]] = defaultdict(set)
    rows = Offer.objects.filter(movie=movie_id, country=country)
    for pk, name, kind in rows.values_list("provider", "provider__name", "kind"):
        names[pk] = name
        kinds[pk].add(kind)
    return tuple(
        Service(pk, name, tuple(kind for kind in KINDS if kind in kinds[pk]))
        for pk, name in sorted(names.items(), key=lambda row: (row[1].casefold(), row[0]))
    )


def as_data(where: Where) -> dict[str, Any]:
    """For the API."""

    def services(some: Sequence[Service]) -> list[dict[str, Any]]:
        return [
            {"id": one.id, "name": one.name, "kinds": [kind.value for kind in one.kinds]}
            for one in some
        ]

    return {
        "country": where.country,
        "here": where.is_here,
        "here_url": where.here_url or None,
        "my_services": services(where.mine),
        "other_services": services(where.others),
        "credit": "JustWatch" if where.has_offers else None,
    }
