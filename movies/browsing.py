"""What an address of the browse page asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.cards import cards, cards_in_order
from movies.models import Genre, Movie, MovieQuerySet
from movies.orders import MoviesInOrder, personal_orders
from movies.search import LONGEST_QUERY, search

if TYPE_CHECKING:
    from accounts.models import User

FIRST_DECADE = 1890

ORDERS: dict[str, tuple[str, Callable[[MovieQuerySet], MovieQuerySet]]] = {
    "loved": (_("Best loved"), MovieQuerySet.best_loved),
    "rated": (_("Most rated"), MovieQuerySet.most_rated),
    "newest": (_("Newest"), MovieQuerySet.newest),
    "title": (_("Title"), MovieQuerySet.by_title),
}


@dataclass(frozen=True)
class Browsing:
    """Search, filters and order; what the address says and we do not know counts as not said."""

    q: str = ""
    genre: Genre | None = None
    decade: int | None = None
    order: str = ""

    @classmethod
    def asked_by(cls, query: Mapping[str, str], genres: list[Genre]) -> Browsing:
        decade, order = query.get("decade", ""), query.get("order", "")
        return cls(
            q=query.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip(),
            genre=next((genre for genre in genres if genre.slug == query.get("genre")), None),
            decade=next((first for first in decades() if str(first) == decade), None),
            order=order if order in ORDERS or order in personal_orders() else "",
        )

    def movies(self) -> MovieQuerySet:
        movies = search(Movie.objects.all(), self.q)
        if self.genre:
            movies = movies.filter(genres=self.genre)
        if self.decade is not None:
            movies = movies.of_decade(self.decade)
        if self.order in ORDERS or not self.q:
            movies = ORDERS.get(self.order, ORDERS["loved"])[1](movies)
        return movies

    def cards_for(self, user: User | AnonymousUser) -> MovieQuerySet | MoviesInOrder | None:
        """The movies as cards, all or page by page.

        None when the order is a person's own and this person has none yet.
        """
        own = personal_orders().get(self.order)
        if own is None:
            return cards(self.movies(), user)
        ranking = own.rank(user, self.movies()) if user.is_authenticated else None
        return ranking and MoviesInOrder(ranking, lambda ids: cards_in_order(ids, user))

    def without_order(self) -> Browsing:
        return replace(self, order="")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.genre or self.decade is not None)

    @property
    def query(self) -> str:
        """The address's query string that asks for this, without the page."""
        parts = {
            "q": self.q,
            "genre": self.genre.slug if self.genre else "",
            "decade": self.decade or "",
            "order": self.order,
        }
        return urlencode({name: value for name, value in parts.items() if value}, errors="replace")

    def without_filters(self) -> Browsing:
        return replace(self, genre=None, decade=None)


def decades() -> list[int]:
    """First years of the decades that movies are made in, latest first."""
    return list(range(timezone.now().year // 10 * 10, FIRST_DECADE - 1, -10))
