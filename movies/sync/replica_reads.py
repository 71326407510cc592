"""Which pages are read from replicas of the database, and which models.

Movies, ratings, lists and the diary are; everything else is always read from the primary: accounts,
sessions, limits, the active run with its factors, versions that caches compare, answers kept for
apps. None of that may run backwards between two requests.

A member sees their own changes at once, on every device. The database counts them
(`ChangeCounter`), in the transaction that makes them, and a replica is used only if it has counted
as far as the primary. Nothing has to be noted when something is saved, so nothing can be forgotten.
Visitors' trial ratings are not among the models; staff always read from the primary.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase

from cfsite.lib.replicas import health
from cfsite.lib.replicas.router import Reads, ReplicaRouter, reading
from cfsite.lib.web.caching import has_credential

if TYPE_CHECKING:
    from accounts.models import User

READS = ("GET", "HEAD", "OPTIONS")
GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Visitors take the replicas in turn.
_turn = count()


class Router(ReplicaRouter):
    # All that a member writes in these moves the member's ChangeCounter.
    models = frozenset(
        f"movies.{name}"
        for name in (
            *("movie", "genre", "alternativetitle", "person", "credit", "factsource"),
            *("rating", "mark", "viewing", "viewingtag", "movielist", "listentry"),
            *("changecounter", "memberchange"),
        )
    )


class ReadFromReplicas:
    """Middleware: requests that only read may read from a replica.

    If it fails meanwhile, or its server ends a query that is in the way of the replay, the view is
    called again and reads from the primary.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in READS:
            return self.get_response(request)
        request.replica_reads = reads = Reads(lambda: database_for(request))  # type: ignore[attr-defined]
        with reading(reads):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        reads: Reads | None = getattr(request, "replica_reads", None)
        is_of_database = isinstance(error, (OperationalError, InterfaceError))
        if reads is None or not reads.is_from_replica or not is_of_database:
            return None
        for replica in health.known():
            if replica.alias == reads.alias:
                replica.report_failure(error)
        reads.use_primary()
        view: Any = request.resolver_match
        return view.func(request, *view.args, **view.kwargs)


def database_for(request: HttpRequest) -> str | None:
    """The database that this request reads from; None before its token was looked at."""
    user: Any = request.user
    if not user.is_authenticated:
        return None if has_credential(request) else _first_usable(next(_turn))
    return DEFAULT_DB_ALIAS if user.is_staff else _first_usable(user.pk, user)


def _first_usable(turn: int, user: User | None = None) -> str:
    """A member keeps to one replica as long as it can be used: others may be ahead or behind."""
    replicas = health.known()
    changes = _changes(user, DEFAULT_DB_ALIAS) if user else -1
    for number in range(len(replicas)):
        replica = replicas[(turn + number) % len(replicas)]
        try:
            if replica.is_usable() and (not user or _changes(user, replica.alias) >= changes):
                return replica.alias
        except Error as error:
            replica.report_failure(error)
    return DEFAULT_DB_ALIAS


def _changes(user: User, alias: str) -> int:
    from movies.models import ChangeCounter

    counted = ChangeCounter.objects.using(alias).filter(pk=user.pk)
    number = counted.values_list("number", flat=True).first()
    # A replica that does not know a new member is behind, though they have changed nothing yet.
    return -1 if number is None else number
