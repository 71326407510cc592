"""The query string of the diary, and the viewings it selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.models import Movie, Rating, Viewing, ViewingQuerySet, ViewingTag
from movies.models.viewings import LONGEST_TAG, tag_key
from movies.periods import Period
from movies.search.search import LONGEST_QUERY, words_of

if TYPE_CHECKING:
    from accounts.models import User

LATEST, EARLIEST = "latest", "earliest"
ORDERS: Mapping[str, str | Promise] = {LATEST: _("Newest first"), EARLIEST: _("Oldest first")}
UNKNOWN = "unknown"  # as `when`: viewings without a date


@dataclass(frozen=True)
class DiaryQuery:
    """Filters and an order; unknown values of the query string are ignored."""

    q: str = ""  # words of the title or the note
    tag: str = ""
    when: Period | None = None
    undated: bool = False
    rewatches: bool = False
    order: str = LATEST

    @classmethod
    def from_params(cls, query: Mapping[str, str]) -> DiaryQuery:
        order, when = query.get("order", ""), query.get("when", "")
        return cls(
            q=_plain(query.get("q", ""))[:LONGEST_QUERY],
            tag=_plain(query.get("tag", ""))[:LONGEST_TAG],
            when=Period.parse(when),
            undated=when == UNKNOWN,
            rewatches=bool(query.get("rewatches")),
            order=order if order in ORDERS else LATEST,
        )

    @property
    def query(self) -> str:
        """The query string for this, without the default order and the page."""
        values = {
            "q": self.q,
            "tag": self.tag,
            "when": UNKNOWN if self.undated else str(self.when or ""),
            "rewatches": "1" if self.rewatches else "",
            "order": "" if self.order == LATEST else self.order,
        }
        return urlencode({name: value for name, value in values.items() if value})

    def replace(self, **changed: Any) -> DiaryQuery:
        return replace(self, **changed)

    @property
    def is_filtered(self) -> bool:
        return self.replace(order=LATEST) != DiaryQuery()

    @property
    def when_value(self) -> str:
        """The value of the chosen option in the form."""
        return UNKNOWN if self.undated else str(self.when or "")

    def of(self, user: User) -> ViewingQuerySet:
        """The user's matching viewings, in order."""
        viewings = Viewing.objects.of(user)
        if self.q:
            viewings = search(viewings, self.q)
        if self.tag:
            viewings = viewings.tagged(self.tag)
        if self.when:
            viewings = viewings.during(self.when)
        if self.undated:
            viewings = viewings.filter(watched_on=None)
        if self.rewatches:
            viewings = viewings.filter(is_rewatch=True)
        return viewings.earliest_first() if self.order == EARLIEST else viewings.latest_first()


def search(viewings: ViewingQuerySet, text: str) -> ViewingQuerySet:
    """Viewings with each of the words in the title, the note or a tag."""
    words = words_of(text)
    if not words:  # only punctuation
        return viewings.none()
    for word in words:
        tags = ViewingTag.objects.filter(viewing=OuterRef("pk"), key__contains=word)
        viewings = viewings.filter(
            Q(movie__title_key__contains=word) | Q(note_key__contains=word) | Exists(tags)
        )
    return viewings


def with_half_stars(viewings: ViewingQuerySet) -> ViewingQuerySet:
    """Annotated with `half_stars` and `rating_updated_at`, of the user's present rating."""
    rating = Rating.objects.filter(user=OuterRef("user"), movie=OuterRef("movie"))
    return viewings.annotate(
        half_stars=Subquery(rating.values("half_stars")[:1]),
        rating_updated_at=Subquery(rating.values("updated_at")[:1]),
    )


def for_rows(viewings: ViewingQuerySet) -> ViewingQuerySet:
    """With stars, movies and tags."""
    rated = with_half_stars(viewings)
    return rated.prefetch_related(Prefetch("movie", Movie.everything.for_cards())).with_tags()


@dataclass(frozen=True)
class TagCount:
    name: str
    key: str
    n: int


def tags_of(user: User) -> list[TagCount]:
    """The user's tags by name, each with the number of its viewings. One query."""
    rows = ViewingTag.objects.filter(viewing__user=user).values_list("key")
    counted = rows.annotate(name=Min("name"), n=Count("pk")).order_by("key")
    return [TagCount(name, key, n) for key, name, n in counted]


def is_tag(tag: TagCount, asked: str) -> bool:
    return bool(asked) and tag.key == tag_key(asked)


def years_of_diary(user: User) -> list[int]:
    """The years with viewings, the last one first. One query."""
    dates = Viewing.objects.of(user).exclude(watched_on=None)
    return [day.year for day in dates.dates("watched_on", "year", order="DESC")]


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()
