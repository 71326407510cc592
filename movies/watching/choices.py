"""A member's country and services: what can be chosen, and what is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count

from movies.facts.names import country_name
from movies.models import Offer, Provider
from movies.watching.tonight import default_country
from movies.watching.version import current_version

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Offered:
    """A service that can be chosen."""

    id: int
    name: str
    n_movies: int


@dataclass(frozen=True)
class Choice:
    country: str
    services: frozenset[int]


def countries() -> list[tuple[str, str]]:
    """(code, name) of each country that can be chosen."""
    named = [(code, country_name(code)) for code in dict.fromkeys(settings.WATCHING_COUNTRIES)]
    return sorted(named, key=lambda row: row[1])


def services_in(country: str, chosen: Collection[int] = ()) -> Sequence[Offered]:
    """Those that show movies of the catalogue without a price for each, the fullest first.

    `chosen` ones that no longer do so come last, so that they can be taken back.
    """
    found = _services_in(current_version(), country)
    missing = set(chosen) - {service.id for service in found}
    if not missing:
        return found
    others = Provider.objects.filter(pk__in=missing).order_by("name", "pk")
    return (*found, *(Offered(other.pk, other.name, 0) for other in others))


def choice_of(user: User) -> Choice:
    known = user.country in settings.WATCHING_COUNTRIES
    return Choice(user.country if known else default_country(), frozenset(user.services))


def choose(user: User, country: str, services: Collection[int]) -> None:
    """Save both; services that do not exist are left out."""
    known = Provider.objects.filter(pk__in=services).order_by("pk")
    user.country, user.services = country, list(known.values_list("pk", flat=True))
    user.save(update_fields=["country", "services"])


def forget() -> None:
    """For tests, where versions begin anew."""
    _services_in.cache_clear()


@lru_cache(maxsize=64)
def _services_in(version: int, country: str) -> tuple[Offered, ...]:
    if not version:
        return ()
    rows = (
        Offer.objects.filter(country=country, kind__in=Offer.INCLUDED)
        .values("provider", "provider__name")
        .annotate(n=Count("movie", distinct=True))
        .order_by("-n", "provider__name", "provider")
    )
    return tuple(Offered(row["provider"], row["provider__name"], row["n"]) for row in rows)
