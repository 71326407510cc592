"""Facets of the browse page: how many movies each choice would leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.browse.code_facets import COUNTRY, LANGUAGE, CodeFacet
from movies.browse.orderings import PERSONAL_ORDERINGS
from movies.decades import decade_name
from movies.models import Genre, Mark, Rating, Viewing
from movies.search.index import CatalogueIndex
from movies.watching.tonight import Tonight

if TYPE_CHECKING:
    from accounts.models import User
    from movies.browse.query import BrowseQuery

# Keys in the query string, in the order of `search.index.LENGTHS`.
LENGTHS: Mapping[str, str | Promise] = {
    "short": gettext_lazy("Under 90 minutes"),
    "medium": gettext_lazy("90 to 120 minutes"),
    "long": gettext_lazy("2 to 2½ hours"),
    "epic": gettext_lazy("Over 2½ hours"),
}
MINE: Mapping[str, str | Promise] = {
    "unrated": gettext_lazy("Not rated"),
    "rated": gettext_lazy("Rated"),
    "watchlist": gettext_lazy("On my watchlist"),
}
# Long facets fold away all but the first choices; genres and decades are never that long.
IN_SIGHT, MOST_IN_SIGHT = 12, 24
_OWN = (
    f"SELECT movie_id, '' FROM {Rating._meta.db_table} WHERE user_id = %s"  # noqa: S608
    f" UNION ALL SELECT movie_id, kind FROM {Mark._meta.db_table} WHERE user_id = %s"
    f" UNION ALL SELECT movie_id, '{Mark.Kind.SEEN}' FROM {Viewing._meta.db_table}"
    " WHERE user_id = %s"
)


@dataclass(frozen=True)
class Choice:
    value: str  # in the query string
    label: str | Promise
    n: int
    on: bool
    query: str  # query string that makes this choice, or clears it

    @property
    def count(self) -> str:
        """`n` as pages show it."""
        return str(self.n) if self.n < 1000 else intcomma(self.n)


@dataclass(frozen=True)
class Facet:
    key: str
    label: str
    choices: Sequence[Choice]

    @property
    def first(self) -> Sequence[Choice]:
        """The choices in sight; the others are folded away, unless they are few."""
        return self.choices if len(self.choices) <= MOST_IN_SIGHT else self.choices[:IN_SIGHT]

    @property
    def others(self) -> Sequence[Choice]:
        return self.choices[len(self.first) :]


@dataclass(frozen=True)
class Facets:
    n: int  # movies that match all choices
    facets: Sequence[Facet]


def facets_for(asked: BrowseQuery, user: User | AnonymousUser, genres: Sequence[Genre]) -> Facets:
    """Counts of a facet respect all choices but its own, so they say what a change would give.

    In a personal ordering, rated and hidden movies are not counted, as that ordering leaves them
    out. One query, for a member's ratings, marks and viewings.
    """
    index = asked.index
    masks = dict(asked.masks)
    own = own_masks(index, user) if user.is_authenticated else {}
    if own and asked.sort in PERSONAL_ORDERINGS:
        away = own["away"] | own["watchlist"] if not user.watchlist_in_lists else own["away"]
        masks["listed"] = own["unrated"] & ~away
    if own and asked.mine:
        masks["mine"] = own[asked.mine]
    facets = [
        Facet("genre", _("Genre"), list(_genres(index, asked, masks, genres))),
        Facet("decade", _("Decade"), list(_decades(index, asked, masks))),
        Facet("length", _("Length"), list(_lengths(index, asked, masks))),
        Facet("country", _("Country"), list(_codes(index, asked, masks, COUNTRY))),
        Facet("language", _("Language"), list(_codes(index, asked, masks, LANGUAGE))),
    ]
    if own:
        facets.append(Facet("mine", _("You"), list(_mine(asked, masks, own))))
    n = int(passing(index, masks).sum())
    found = [facet for facet in facets if len(facet.choices) > 1]
    if asked.tonight is not None and asked.tonight.is_offered:
        choice = _tonight(index, asked, masks, asked.tonight)
        found.insert(0, Facet("tonight", _("Tonight"), [choice]))
    return Facets(n, found)


def masks_of(asked: BrowseQuery) -> Iterator[tuple[str, np.ndarray]]:
    """The movies of the index that pass each filter, but for those by the member's own ratings."""
    index = asked.index
    if asked.q:
        found = np.zeros(len(index.movie_ids), bool)
        found[asked.search.match.rows] = True
        yield "q", found
    if asked.genre:
        yield "genre", index.of_genre(asked.genre.pk)
    if asked.decade is not None:
        yield "decade", index.decades == asked.decade
    if asked.length:
        yield "length", index.lengths == list(LENGTHS).index(asked.length) + 1
    for kind in (COUNTRY, LANGUAGE):
        if code := kind.chosen(asked):
            yield kind.key, kind.codes(index).of_code(code)
    if asked.is_tonight and asked.tonight is not None:
        yield "tonight", index.mask_of(asked.tonight.movie_ids)


def own_masks(index: CatalogueIndex, user: User) -> dict[str, np.ndarray]:
    """Masks of the movies this user rated, has on the watchlist, or has hidden; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [user.pk] * 3)
        rows = cursor.fetchall()

    def places(*kinds: str) -> np.ndarray:
        return index.mask_of(np.array([pk for pk, kind in rows if kind in kinds], np.int64))

    rated = places("")
    return {
        "unrated": ~rated,
        "rated": rated,
        "watchlist": places(Mark.Kind.WATCHLIST),
        "away": places(*Mark.HIDING_KINDS),
    }


def passing(
    index: CatalogueIndex, masks: Mapping[str, np.ndarray], replace: str = ""
) -> np.ndarray:
    """(n,) bool: the movies that are in all of the masks, but for one."""
    left = np.ones(len(index.movie_ids), bool)
    for key, mask in masks.items():
        if key != replace:
            left &= mask
    return left


def _genres(
    index: CatalogueIndex, asked: BrowseQuery, masks: Mapping, genres: Sequence[Genre]
) -> Iterator[Choice]:
    counts = index.genres[passing(index, masks, "genre")].sum(axis=0)
    by_id = dict(zip(index.genre_ids.tolist(), counts.tolist(), strict=True))
    query = asked.queries_with("genre")
    for genre in genres:
        on, n = genre == asked.genre, by_id.get(genre.pk, 0)
        if n or on:
            yield Choice(genre.slug, genre.label, n, on, query("" if on else genre.slug))


def _decades(index: CatalogueIndex, asked: BrowseQuery, masks: Mapping) -> Iterator[Choice]:
    values, counts = np.unique(index.decades[passing(index, masks, "decade")], return_counts=True)
    by_decade = dict(zip(values.tolist(), counts.tolist(), strict=True))
    if asked.decade is not None:
        by_decade.setdefault(asked.decade, 0)
    query = asked.queries_with("decade")
    for decade in sorted(by_decade, reverse=True):
        if decade:
            value, on = str(decade), decade == asked.decade
            n = by_decade[decade]
            yield Choice(value, decade_name(decade), n, on, query("" if on else value))


def _lengths(index: CatalogueIndex, asked: BrowseQuery, masks: Mapping) -> Iterator[Choice]:
    left = index.lengths[passing(index, masks, "length")]
    counts = np.bincount(left, minlength=len(LENGTHS) + 1)[1:].tolist()
    query = asked.queries_with("length")
    for (key, label), n in zip(LENGTHS.items(), counts, strict=True):
        on = key == asked.length
        if n or on:
            yield Choice(key, label, n, on, query("" if on else key))


def _codes(
    index: CatalogueIndex, asked: BrowseQuery, masks: Mapping, kind: CodeFacet
) -> Iterator[Choice]:
    counts, chosen = kind.codes(index).counts(passing(index, masks, kind.key)), kind.chosen(asked)
    if chosen:
        counts.setdefault(chosen, 0)
    query = asked.queries_with(kind.key)
    for code, label, n in kind.most_first(counts, chosen):
        on = code == chosen
        yield Choice(code, label, n, on, query("" if on else code))


def _tonight(index: CatalogueIndex, asked: BrowseQuery, masks: Mapping, tonight: Tonight) -> Choice:
    n = int((passing(index, masks, "tonight") & index.mask_of(tonight.movie_ids)).sum())
    on = asked.is_tonight
    return Choice("1", tonight.label, n, on, asked.replace(is_tonight=not on).query)


def _mine(asked: BrowseQuery, masks: Mapping, own: Mapping[str, np.ndarray]) -> Iterator[Choice]:
    query = asked.queries_with("mine")
    for key, label in MINE.items():
        on = key == asked.mine
        others = [mask for name, mask in masks.items() if name != "mine"]
        n = int(np.logical_and.reduce([own[key], *others]).sum())
        yield Choice(key, label, n, on, query("" if on else key))
