"""Finds movies that may be in the catalogue twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.models import Movie, MovieQuerySet

SAME_IMDB, SAME_TMDB = _("same IMDb id"), _("same TMDB id")
SAME_TITLE, NEAR_YEAR = _("same title and year"), _("same title, years one apart")


@dataclass(frozen=True)
class Suspects:
    """Movies that may be one."""

    why: str | Promise
    movie_ids: tuple[int, ...]


def suspects() -> list[Suspects]:
    """Surest first; each set of movies once. Four queries."""
    found: dict[tuple[int, ...], Suspects] = {}
    for one in (
        *_sharing(SAME_IMDB, "imdb_id"),
        *_sharing(SAME_TMDB, "tmdb_id"),
        *_sharing_title(F("title_key")),
        *_sharing_title(Lower("title")),
    ):
        found.setdefault(one.movie_ids, one)
    return list(found.values())


def suspected() -> MovieQuerySet:
    """Movies that share an id, or title and year, with another one."""
    twin = Movie.objects.filter(title_key=OuterRef("title_key"), sort_year=OuterRef("sort_year"))
    return Movie.objects.filter(
        Q(imdb_id__in=_repeated("imdb_id"))
        | Q(tmdb_id__in=_repeated("tmdb_id"))
        | Q(Exists(twin.exclude(pk=OuterRef("pk"))), title_key__in=_repeated_keys())
    )


def _repeated_keys() -> MovieQuerySet:
    """Retired movies count too, so that an index alone answers; whoever asks looks closer."""
    keys = Movie.everything.order_by().values("title_key", "sort_year")
    return keys.annotate(n=Count("pk")).filter(n__gt=1).values("title_key")


def _repeated(name: str) -> MovieQuerySet:
    known = Movie.objects.exclude(**{name: "" if name == "imdb_id" else None}).order_by()
    return known.values(name).annotate(n=Count("pk")).filter(n__gt=1).values(name)


def _sharing(why: str | Promise, name: str) -> Iterator[Suspects]:
    rows = Movie.objects.filter(**{f"{name}__in": _repeated(name)}).order_by(name, "pk")
    pairs = rows.values_list(name, "pk")
    for _value, alike in groupby(pairs, key=lambda row: row[0]):
        yield Suspects(why, tuple(pk for _value, pk in alike))


def _sharing_title(name: F | Lower) -> Iterator[Suspects]:
    """By the key, which holds the original title too, and by the title alone."""
    movies = Movie.objects.order_by().annotate(name=name)
    repeated = movies.values("name").annotate(n=Count("pk")).filter(n__gt=1).exclude(name="")
    rows = movies.filter(name__in=repeated.values("name")).order_by("name", "sort_year", "pk")
    by_title = groupby(rows.values_list("name", "sort_year", "pk"), key=lambda row: row[0])
    near = []
    for _key, alike in by_title:
        by_year = [(year, pk) for _key, year, pk in alike]
        for _year, same in groupby(by_year, key=lambda row: row[0]):
            pks = tuple(pk for _year, pk in same)
            if len(pks) > 1:
                yield Suspects(SAME_TITLE, pks)
        near += _one_year_apart(by_year)
    yield from near


def _one_year_apart(by_year: Iterable[tuple[int, int]]) -> list[Suspects]:
    rows = list(by_year)
    return [
        Suspects(NEAR_YEAR, (pk, next_pk))
        for (year, pk), (next_year, next_pk) in pairwise(rows)
        if year and next_year - year == 1
    ]
