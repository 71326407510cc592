"""Movies that members miss: asked for, joined, and answered by the operator."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.account_deletion import forget_in_admin_log
from cfsite.lib.transactions import in_transaction
from movies.catalogue_care.additions import OtherIds, ids_in, look_alikes
from movies.models import Movie, MovieRequest, RequestAsker
from movies.titles import title_key

if TYPE_CHECKING:
    from accounts.models import User

MOST_A_DAY, MOST_OPEN = 10, 50


class RequestError(Exception):
    """The request cannot be taken; says why, for people."""


class AlreadyHere(RequestError):
    def __init__(self, movie: Movie) -> None:
        super().__init__(_("This movie is already here."))
        self.movie = movie


class Asked(NamedTuple):
    request: MovieRequest
    is_new: bool  # False if others, or this member, asked for it before


def ask(user: User, title: str, year: int | None = None, link: str = "") -> Asked:
    """
    Raises:
        AlreadyHere: the movie is in the catalogue.
        RequestError: the member has asked for too many.
    """
    ids = ids_in(link)
    if here := _in_catalogue(title, year, ids):
        raise AlreadyHere(here)

    def work() -> Asked:
        found = _same(title, year, ids)
        if found and found.askers.filter(user=user).exists():
            return Asked(found, is_new=False)
        _check_limits(user)
        request = found or MovieRequest.objects.create(
            title=title, year=year, link=link, imdb_id=ids.imdb_id, tmdb_id=ids.tmdb_id
        )
        RequestAsker.objects.get_or_create(request=request, user=user)
        return Asked(request, is_new=found is None)

    return in_transaction(work)


def answer_with(request: MovieRequest, movie: Movie) -> None:
    """The movie is here now."""
    _answer(request, MovieRequest.State.ADDED, movie=movie)


def decline(request: MovieRequest, reason: str) -> None:
    _answer(request, MovieRequest.State.DECLINED, reason=reason)


def untold(user: User) -> list[MovieRequest]:
    """Answered requests whose answer the member has not seen yet."""
    rows = RequestAsker.objects.filter(user=user, told_at=None).exclude(
        request__state=MovieRequest.State.OPEN
    )
    return [row.request for row in rows.select_related("request__movie").order_by("pk")]


def note_told(user: User) -> None:
    answered = RequestAsker.objects.filter(user=user, told_at=None)
    answered = answered.exclude(request__state=MovieRequest.State.OPEN)
    answered.update(told_at=timezone.now())


def waiting(user: User) -> QuerySet[RequestAsker]:
    """What the member asked for and has not heard of."""
    return RequestAsker.objects.filter(user=user, told_at=None)


def _in_catalogue(title: str, year: int | None, ids: OtherIds) -> Movie | None:
    found = look_alikes("" if year is None else title, year, ids)
    return found.filter(retired_at=None).first()


def _same(title: str, year: int | None, ids: OtherIds) -> MovieRequest | None:
    """A request for the same movie that waits or was declined."""
    same = Q(title_key=title_key(title), year=year)
    if ids.imdb_id:
        same |= Q(imdb_id=ids.imdb_id)
    if ids.tmdb_id:
        same |= Q(tmdb_id=ids.tmdb_id)
    known = MovieRequest.objects.filter(same).exclude(state=MovieRequest.State.ADDED)
    return known.order_by("pk").first()


def _check_limits(user: User) -> None:
    own = RequestAsker.objects.filter(user=user)
    if own.filter(asked_at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise RequestError(
            _("You can ask for %(n)d movies a day. Try again tomorrow.") % {"n": MOST_A_DAY}
        )
    if own.filter(request__state=MovieRequest.State.OPEN).count() >= MOST_OPEN:
        raise RequestError(
            _("You have %(n)d requests waiting. Wait until some are answered.") % {"n": MOST_OPEN}
        )


def _answer(request: MovieRequest, state: str, **fields: object) -> None:
    """Everybody who asked hears of it, also those who heard another answer before."""
    MovieRequest.objects.filter(pk=request.pk).update(
        state=state, answered_at=timezone.now(), **fields
    )
    request.refresh_from_db()
    request.askers.update(told_at=None)


def forget_requests(sender: Any, user: User, **kwargs: Any) -> None:
    """At an erasure: what nobody else asked for goes with the account."""
    own = MovieRequest.objects.filter(askers__user=user)
    others = RequestAsker.objects.filter(request=OuterRef("pk")).exclude(user=user)
    alone = MovieRequest.objects.filter(pk__in=own.values("pk")).exclude(Exists(others))
    forget_in_admin_log(alone)
    alone.delete()
