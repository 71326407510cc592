"""Erases facts for the next source to fill in: what is too old, what the operator gives back."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from cfsite.lib.transactions import in_transaction
from movies.facts.built_in import loading
from movies.facts.writing import clear_batch, in_batches
from movies.models import FactFetch, FactSource, Movie, MovieQuerySet
from movies.models.facts import LONGEST_KEPT


def expired_movies() -> MovieQuerySet:
    """Movies with facts from TMDB that were not fetched within the time."""
    fetched = FactFetch.objects.filter(
        movie=OuterRef("pk"),
        source=FactSource.TMDB,
        fetched_at__gte=timezone.now() - LONGEST_KEPT,
    )
    # Neither database has an index for this, but it is asked once a day.
    stated = Cast("fact_sources", TextField())
    named = f'"{FactSource.TMDB}"'
    movies = Movie.everything.annotate(stated=stated).filter(stated__contains=named)
    return movies.exclude(Exists(fetched))


def erase_expired() -> int:
    """Erase what TMDB's terms no longer let us keep; needs no key. Returns of how many movies.

    The next source takes its place: built-in facts at once, Wikidata's with the next round.
    """
    pks = list(expired_movies().order_by("pk").values_list("pk", flat=True))
    for batch in in_batches(pks):
        in_transaction(lambda batch=batch: _erase(batch))
    if pks:
        loading.load(only=frozenset(pks))
    return len(pks)


def give_back(movie_id: int, names: Collection[str]) -> bool:
    """Let sources fill in again what the operator typed. Returns whether there was anything."""

    def clear() -> int:
        FactFetch.objects.filter(movie=movie_id).update(due_at=timezone.now())
        return clear_batch(FactSource.OPERATOR, [movie_id], only=names)

    cleared = in_transaction(clear)
    loading.load(only=frozenset([movie_id]))
    return bool(cleared)


def _erase(movie_ids: list[int]) -> None:
    clear_batch(FactSource.TMDB, movie_ids)
    fetches = FactFetch.objects.filter(movie__in=movie_ids)
    fetches.filter(source=FactSource.TMDB).update(fetched_at=None)
    fetches.filter(source=FactSource.WIKIDATA).update(due_at=timezone.now())
