"""Offers and libraries as tests want them."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from movies.models import Library, Movie, Offer, Provider
from movies.watching import choices, library
from movies.watching.owned import Owned
from movies.watching.version import advance_version

NETFLIX, MUBI, APPLE = 8, 11, 2
NAMES = {NETFLIX: "Netflix", MUBI: "MUBI", APPLE: "Apple TV"}


def offer(
    movie: Movie, provider: int = NETFLIX, kind: str = "stream", country: str = "US"
) -> Offer:
    Provider.objects.get_or_create(pk=provider, defaults={"name": NAMES[provider]})
    made = Offer.objects.create(movie=movie, provider_id=provider, kind=kind, country=country)
    advance_version()
    return made


def own(movies: Iterable[Movie], item_id: str = "") -> Library:
    """The house owns these movies and no others."""
    found = []
    for movie in movies:
        if not movie.tmdb_id:
            Movie.objects.filter(pk=movie.pk).update(tmdb_id=movie.pk + 100_000)
            movie.refresh_from_db()
        found.append(Owned(movie.title, tmdb_id=movie.tmdb_id, item_id=item_id))
    source = Library.Source.JELLYFIN if item_id else Library.Source.FILE
    return library.store(source, found)


def watches_on(user: User, *services: int, country: str = "US") -> None:
    for pk in services:
        Provider.objects.get_or_create(pk=pk, defaults={"name": NAMES[pk]})
    choices.choose(user, country, services)
