"""The query string of the browse page: search, filters, ordering."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import quote_plus, urlencode

import numpy as np
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from movies.browse.code_facets import codes_chosen
from movies.browse.facets import LENGTHS, MINE, masks_of, own_masks, passing
from movies.browse.orderings import FOR_YOU, PERSONAL_ORDERINGS, RankedMovies, Ranking
from movies.cards import cards, cards_in_order
from movies.decades import decades
from movies.models import Genre, Mark, Movie, MovieQuerySet, Rating
from movies.search import index as catalogue_index
from movies.search.index import CatalogueIndex
from movies.search.search import LONGEST_QUERY, Search
from movies.watching.tonight import PARAMETER, Tonight

if TYPE_CHECKING:
    from accounts.models import User


COLUMNS = ("title", "newest", "predicted", "average", "yours")  # orders of the list view


def by_average(movies: MovieQuerySet, *, is_reversed: bool = False) -> MovieQuerySet:
    """By the average that pages print, which "best loved" damps; movies without one come last."""
    fewest = settings.MIN_PUBLIC_RATERS
    is_shown = Q(n_ratings__gte=fewest, published_count__gte=fewest)
    mean = Cast("published_half_star_sum", FloatField()) / F("published_count")
    return _sorted(movies, Case(When(is_shown, then=mean)), is_reversed)


def by_own_rating(movies: MovieQuerySet, user: User, *, is_reversed: bool) -> MovieQuerySet:
    own = Rating.objects.filter(user=user, movie=OuterRef("pk")).values("half_stars")[:1]
    return _sorted(movies, Subquery(own), is_reversed)


def _sorted(movies: MovieQuerySet, value: Any, is_reversed: bool) -> MovieQuerySet:
    """Highest first, or lowest; movies without a value come last either way."""
    movies = movies.alias(sorted_by=value)
    sort = F("sorted_by").asc if is_reversed else F("sorted_by").desc
    return movies.order_by(sort(nulls_last=True), "title_key", "pk")


ORDERS: dict[str, tuple[str, Callable[[MovieQuerySet], MovieQuerySet]]] = {
    "loved": (_("Best loved"), MovieQuerySet.best_loved),
    "rated": (_("Most rated"), MovieQuerySet.most_rated),
    "newest": (_("Newest"), MovieQuerySet.newest),
    "title": (_("Title"), MovieQuerySet.by_title),
    "average": (_("Highest average"), by_average),
}
DEFAULT_ORDER = "loved"
# By the member's own ratings.
YOURS = "yours"
REVERSED: dict[str, Callable[[MovieQuerySet], MovieQuerySet]] = {
    "title": lambda movies: movies.order_by("-title_key", "sort_year", "pk"),
    "newest": lambda movies: _sorted(movies, F("year"), True),
    "average": partial(by_average, is_reversed=True),
}


@dataclass(frozen=True)
class BrowseQuery:
    """Search, filters and ordering; unknown values in the query string are ignored."""

    q: str = ""
    genre: Genre | None = None
    decade: int | None = None
    length: str = ""  # a key of facets.LENGTHS
    country: str = ""  # a code: "FR"
    language: str = ""  # a code: "fr"
    mine: str = ""  # a key of facets.MINE
    order: str = ""
    is_reversed: bool = False  # the other way round: of the orders that are columns of the list
    default_order: str = DEFAULT_ORDER  # of all movies; a search goes by best match
    tonight: Tonight | None = field(default=None, repr=False, compare=False)  # None for visitors
    is_tonight: bool = False  # nothing but what the member can watch tonight
    known_index: CatalogueIndex | None = field(default=None, repr=False, compare=False)

    @classmethod
    def from_params(
        cls,
        query: Mapping[str, str],
        genres: list[Genre],
        *,
        is_member: bool = True,
        index: CatalogueIndex | None = None,
        tonight: Tonight | None = None,
    ) -> BrowseQuery:
        """Visitors cannot filter or order by their own ratings and marks.

        Members get the movies in their own order first, unless they look for rated ones, which that
        order leaves out.
        """
        index = index or catalogue_index.current()
        decade, order = query.get("decade", ""), query.get("order", "")
        mine = _known(query.get("mine", ""), MINE) if is_member else ""
        orders = {*ORDERS, *PERSONAL_ORDERINGS, *((YOURS,) if is_member else ())}
        return cls(
            q=query.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip(),
            genre=next((genre for genre in genres if genre.slug == query.get("genre")), None),
            decade=next((first for first in decades() if str(first) == decade), None),
            length=_known(query.get("length", ""), LENGTHS),
            **codes_chosen(query, index),
            mine=mine,
            order=order if order in orders else "",
            is_reversed=query.get("reverse") == "1" and order in COLUMNS,
            default_order=FOR_YOU if is_member and mine != "rated" else DEFAULT_ORDER,
            tonight=tonight,
            is_tonight=query.get(PARAMETER) == "1" and tonight is not None and tonight.is_offered,
            known_index=index,
        )

    @cached_property
    def index(self) -> CatalogueIndex:
        """The catalogue index, the same for the list and the facet counts."""
        return self.known_index or catalogue_index.current()

    @cached_property
    def search(self) -> Search:
        """The search for `q`."""
        return Search(self.q, self.index)

    @cached_property
    def masks(self) -> Mapping[str, np.ndarray]:
        """Which movies of the index pass each filter, by its name; all but `mine`."""
        return dict(masks_of(self))

    def movies(self) -> MovieQuerySet:
        movies = self._chosen(self.search.of(Movie.objects.all()))
        if self.is_reversed and self.order in REVERSED:
            return REVERSED[self.order](movies)
        if self.order in ORDERS or not self.q:
            movies = ORDERS.get(self.sort, ORDERS[DEFAULT_ORDER])[1](movies)
        return movies

    def _chosen(self, movies: MovieQuerySet) -> MovieQuerySet:
        """Those that pass the filters."""
        if self.genre:
            movies = movies.filter(genres=self.genre)
        if self.decade is not None:
            movies = movies.of_decade(self.decade)
        if self.length:
            movies = movies.of_length(*length_bounds(self.length))
        if self.country:
            movies = movies.of_country(self.country)
        if self.language:
            movies = movies.of_language(self.language)
        if self.is_tonight and self.tonight is not None:
            movies = self.tonight.only(movies)
        return movies

    def near_titles(self) -> list[Movie]:
        """Close titles for a search that found nothing, whatever the filters."""
        return self.search.nearest(Movie.objects.only("title", "year")) if self.q else []

    @property
    def sort(self) -> str:
        """The order of the page; "" for a search by best match."""
        return self.order or ("" if self.q else self.default_order)

    @property
    def is_personal(self) -> bool:
        """Whether the ordering is the member's own, for `recommender.serving.orderings` to rank."""
        return self.sort in PERSONAL_ORDERINGS

    @property
    def heading(self) -> str | Promise:
        """What a page of these movies is called when nothing is searched for."""
        if self.genre:
            return self.genre.label
        return PERSONAL_ORDERINGS[self.sort] if self.is_personal else gettext("All movies")

    def cards_for(
        self, user: User | AnonymousUser, ranking: Ranking | None = None
    ) -> FoundMovies | RankedMovies:
        """The movies as cards, read page by page; in the order of `ranking` where there is one."""
        if ranking is None:
            return FoundMovies(self.movies_of(user), user)
        return RankedMovies(ranking, lambda ids: cards_in_order(ids, user))

    def order_choices(self, *, is_member: bool) -> list[tuple[str, str | Promise, bool]]:
        """(key, label, whether it is chosen) of each ordering; a search may go by best match."""
        labels = dict(PERSONAL_ORDERINGS) if is_member else {}
        labels |= {key: label for key, (label, _sort) in ORDERS.items()}
        if is_member:
            labels[YOURS] = gettext("Your rating")
        if self.q:
            labels = {"": gettext("Best match"), **labels}
        return [(key, label, key == self.sort) for key, label in labels.items()]

    def movies_of(self, user: User | AnonymousUser) -> MovieQuerySet:
        """Filtered by the member's own ratings and marks too; visitors have none."""
        movies = self.movies()
        if not user.is_authenticated:
            return movies
        if self.order == YOURS:
            movies = by_own_rating(movies, user, is_reversed=self.is_reversed)
        return movies_of(movies, user, self.mine)

    def ids_of(self, user: User | AnonymousUser) -> np.ndarray:
        """(n,) int64 ascending, the ids of `movies_of`. No query, but one for `mine`."""
        masks = dict(self.masks)
        if self.mine and user.is_authenticated:
            masks["mine"] = own_masks(self.index, user)[self.mine]
        return self.index.movie_ids[passing(self.index, masks)] if masks else self.index.movie_ids

    def replace(self, **changed: Any) -> BrowseQuery:
        """This query with some values changed."""
        return replace(self, **changed)

    def without_order(self) -> BrowseQuery:
        """In the order for those whose taste is not known."""
        return replace(self, order="", is_reversed=False, default_order=DEFAULT_ORDER)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.is_filtered)

    @property
    def is_filtered(self) -> bool:
        filters = (self.genre, self.decade, self.length, self.country, self.language, self.mine)
        return self.is_tonight or any(chosen not in ("", None) for chosen in filters)

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """Hidden fields of the form that changes the ordering."""
        ordering = {"order", "reverse"}
        return [(name, str(value)) for name, value in self._parts() if name not in ordering]

    @property
    def filter_fields(self) -> list[tuple[str, str]]:
        """Hidden fields of the search form: the filters stay when somebody searches."""
        return [(name, value) for name, value in self.hidden_fields if name != "q"]

    @property
    def query(self) -> str:
        """The query string, without the page number."""
        return urlencode(self._parts(), errors="replace")

    def queries_with(self, parameter: str) -> Callable[[str], str]:
        """`query` with other values of one parameter, "" to clear it: for many values at once."""
        values = self._values()
        place = list(values).index(parameter)
        before, after = (
            urlencode([part for part in some if part[1]], errors="replace")
            for some in (list(values.items())[:place], list(values.items())[place + 1 :])
        )

        def query(value: str) -> str:
            pair = f"{parameter}={quote_plus(value)}" if value else ""
            return "&".join(filter(None, (before, pair, after)))

        return query

    def _parts(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in self._values().items() if value]

    def _values(self) -> dict[str, Any]:
        return {
            "q": self.q,
            "genre": self.genre.slug if self.genre else "",
            "decade": self.decade or "",
            "length": self.length,
            "country": self.country,
            "language": self.language,
            "mine": self.mine,
            PARAMETER: "1" if self.is_tonight else "",
            "order": self.order,
            "reverse": "1" if self.is_reversed else "",
        }

    def without_filters(self) -> BrowseQuery:
        return replace(
            self,
            genre=None,
            decade=None,
            length="",
            country="",
            language="",
            mine="",
            is_tonight=False,
        )


class FoundMovies(Sequence[Movie]):
    """Movies of a query as cards, page by page.

    Ids first, then the cards of one page: the database skips narrow rows.
    """

    def __init__(self, movies: MovieQuerySet, user: User | AnonymousUser) -> None:
        self._movies, self._user = movies, user

    def __len__(self) -> int:
        return self._movies.order_by().count()

    @overload
    def __getitem__(self, index: int) -> Movie: ...
    @overload
    def __getitem__(self, index: slice) -> list[Movie]: ...

    def __getitem__(self, index: int | slice) -> Movie | list[Movie]:
        if isinstance(index, int):
            return cards(self._movies, self._user)[index]
        return cards_in_order(list(self._movies.values_list("pk", flat=True)[index]), self._user)


def _known(word: str, words: Mapping[str, Any]) -> str:
    return word if word in words else ""


def length_bounds(length: str) -> tuple[int, int | None]:
    """Minutes (at least, below) of a key of `facets.LENGTHS`."""
    place = list(LENGTHS).index(length)
    following = catalogue_index.LENGTHS[place + 1 :]
    return catalogue_index.LENGTHS[place], following[0] if following else None


def movies_of(movies: MovieQuerySet, user: User, mine: str) -> MovieQuerySet:
    """Movies the user rated, has not rated, or has on the watchlist: a key of `facets.MINE`."""
    if mine == "unrated":
        # As a list to be hashed: the movies can then be read in their order until a page is
        # full, where "not exists" makes PostgreSQL join and sort the whole catalogue.
        return movies.exclude(pk__in=Rating.objects.of(user).values("movie_id"))
    if mine == "watchlist":
        return movies.filter(Exists(_watchlist_of(user)))
    if mine == "rated":
        return movies.filter(Exists(Rating.objects.of(user).filter(movie=OuterRef("pk"))))
    return movies


def _watchlist_of(user: User) -> QuerySet[Mark]:
    return Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST, movie=OuterRef("pk"))
