"""Fetches from TMDB where movies can be watched, and stores it.

TMDB has this from JustWatch and asks for credit where it is shown. What TMDB cannot be asked for
stays as it is for a while and is then erased.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cfsite.lib.transactions import in_transaction
from movies.facts.fetching import FetchResult
from movies.models import (
    Movie,
    MovieQuerySet,
    Offer,
    OfferFetch,
    Provider,
)
from movies.models.availability import FETCHED_ANEW
from movies.outside import tmdb
from movies.outside.http import NotFound, OutsideError, Refused
from movies.watching.version import advance_version

logger = logging.getLogger(__name__)

RETRY_UNKNOWN, RETRY_FAILED = timedelta(days=30), timedelta(days=1)
MOST_FAILURES = 3  # in a row; then TMDB is left alone until the next round
WRITTEN_AT_ONCE = 20  # movies

# TMDB's names of the kinds.
KINDS: Mapping[str, Offer.Kind] = {
    "flatrate": Offer.Kind.STREAM,
    "free": Offer.Kind.FREE,
    "ads": Offer.Kind.ADS,
    "rent": Offer.Kind.RENT,
    "buy": Offer.Kind.BUY,
}
OfferKey = tuple[str, int, str]  # country, provider, kind


@dataclass
class Answer:
    """What TMDB said of one movie."""

    offers: set[OfferKey] = field(default_factory=set)
    providers: dict[int, str] = field(default_factory=dict)  # names
    problem: str = ""
    failed: bool = False  # the offers that are here stay


def countries_asked() -> str:
    return " ".join(settings.WATCHING_COUNTRIES)


def due_movies() -> MovieQuerySet:
    """Movies to ask for now, most rated first; all of them after a change of the countries."""
    later = OfferFetch.objects.filter(
        movie=OuterRef("pk"), due_at__gt=timezone.now(), countries=countries_asked()
    )
    return Movie.objects.filter(tmdb_id__isnull=False).exclude(Exists(later)).most_rated()


def fetch_due(limit: int, seconds: float = 60) -> FetchResult:
    """Ask for up to `limit` movies within about `seconds`."""
    result = FetchResult()
    if not settings.TMDB_KEY:
        result.stopped = "CFSITE_TMDB_KEY is not set"
    else:
        result.stopped = tmdb.SITE.pause_reason()
    if result.stopped:
        return result
    due = list(due_movies().values_list("pk", "tmdb_id")[:limit])
    answers: dict[int, Answer] = {}
    failures, ends = 0, time.monotonic() + seconds
    for pk, tmdb_id in due:
        if time.monotonic() > ends:
            break
        try:
            answers[pk] = _answer(tmdb_id)
        except Refused as refusal:
            tmdb.SITE.pause(refusal)
            logger.warning("%s Next try in %s s.", refusal, refusal.wait)
            result.stopped = str(refusal)
            break
        failures = failures + 1 if answers[pk].failed else 0
        if failures == MOST_FAILURES:
            result.stopped = answers[pk].problem
            break
        if len(answers) == WRITTEN_AT_ONCE:
            _write(answers, result)
            answers = {}
    _write(answers, result)
    return result


def erase_expired() -> int:
    """Erase offers that were not fetched for too long; needs no key. Returns of how many movies."""
    fresh = OfferFetch.objects.fresh(timezone.now()).filter(movie=OuterRef("movie"))
    old = Offer.objects.exclude(Exists(fresh))
    pks = list(old.order_by("movie").values_list("movie", flat=True).distinct())

    def erase() -> None:
        for start in range(0, len(pks), 500):
            Offer.objects.filter(movie__in=pks[start : start + 500]).delete()
        advance_version()

    if pks:
        in_transaction(erase)
    return len(pks)


def offers_in(answer: Mapping[str, Any]) -> Answer:
    """The offers of an answer in the countries of this site, whatever the answer is made of."""
    found, results = Answer(), answer.get("results")
    for country in settings.WATCHING_COUNTRIES:
        here = results.get(country) if isinstance(results, dict) else None
        for name, kind in KINDS.items():
            rows = here.get(name) if isinstance(here, dict) else None
            for row in rows if isinstance(rows, list) else []:
                if provider := _provider(row):
                    found.providers[provider[0]] = provider[1]
                    found.offers.add((country, provider[0], kind.value))
    return found


def _provider(row: Any) -> tuple[int, str] | None:
    if not isinstance(row, dict):
        return None
    number, name = row.get("provider_id"), row.get("provider_name")
    if not isinstance(number, int) or not 0 < number < 2**31 or not isinstance(name, str):
        return None
    name = " ".join(name.replace("\0", " ").split())[:100]
    return (number, name) if name else None


def _answer(tmdb_id: int) -> Answer:
    try:
        answer = tmdb.ask(f"/movie/{tmdb_id}/watch/providers")
        if not isinstance(answer.get("results"), dict):
            raise tmdb.SITE.unreadable()
    except NotFound as error:
        return Answer(problem=str(error))
    except OutsideError as error:
        return Answer(problem=str(error), failed=True)
    return offers_in(answer)


def _write(answers: Mapping[int, Answer], result: FetchResult) -> None:
    if answers:
        result.changed += in_transaction(lambda: _write_batch(answers))
    for answer in answers.values():
        result.failed += answer.failed
        result.unknown += bool(answer.problem) and not answer.failed
        result.fetched += not answer.problem


def _write_batch(answers: Mapping[int, Answer]) -> int:
    """Returns how many movies have other offers now."""
    here = set(Movie.objects.filter(pk__in=answers).order_by("pk").values_list("pk", flat=True))
    answers = {pk: answers[pk] for pk in sorted(here)}
    told = {pk: answer.offers for pk, answer in answers.items() if not answer.failed}
    _write_providers(answers)
    known: dict[int, dict[OfferKey, int]] = {pk: {} for pk in told}
    for offer in Offer.objects.filter(movie__in=told):
        known[offer.movie_id][offer.country, offer.provider_id, offer.kind] = offer.pk
    gone = [
        offer_id
        for pk, offers in told.items()
        for key, offer_id in known[pk].items()
        if key not in offers
    ]
    for start in range(0, len(gone), 500):
        Offer.objects.filter(pk__in=gone[start : start + 500]).delete()
    Offer.objects.bulk_create(
        (
            Offer(movie_id=pk, country=country, provider_id=provider, kind=kind)
            for pk, offers in told.items()
            for country, provider, kind in sorted(offers - known[pk].keys())
        ),
        batch_size=500,
    )
    _record(answers)
    changed = sum(offers != known[pk].keys() for pk, offers in told.items())
    if changed:
        advance_version()
    return changed


def _write_providers(answers: Mapping[int, Answer]) -> None:
    names = {pk: name for answer in answers.values() for pk, name in answer.providers.items()}
    same = set(Provider.objects.filter(pk__in=names).values_list("pk", "name"))
    Provider.objects.bulk_create(
        [
            Provider(pk=pk, name=name)
            for pk, name in sorted(names.items())
            if (pk, name) not in same
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name"],
    )


def _record(answers: Mapping[int, Answer]) -> None:
    now, countries = timezone.now(), countries_asked()
    fetched, failed = [], []
    for pk, answer in answers.items():
        row = OfferFetch(movie_id=pk, countries=countries, asked_at=now)
        row.problem = answer.problem[:200]
        if answer.failed:
            row.due_at = now + RETRY_FAILED
            failed.append(row)
        else:
            row.due_at = now + (RETRY_UNKNOWN if answer.problem else FETCHED_ANEW)
            row.fetched_at = now
            fetched.append(row)
    fields = ["countries", "asked_at", "due_at", "problem"]
    for rows, updated in ((fetched, [*fields, "fetched_at"]), (failed, fields)):
        OfferFetch.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["movie"], update_fields=updated
        )
