"""Who stands at a group's address: a member, its owner, or a stranger."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from recommender.groups import guests, membership
from recommender.models import Group, Member

View = Callable[..., HttpResponse]


def with_group(view: View) -> View:
    """Calls `view` with the group of the address and the caller's membership, if any.

    An address that leads to no group, or no more, answers with a page that says so, and says the
    same in either case.
    """

    @wraps(view)
    @never_cache
    def found(request: HttpRequest, token: str) -> HttpResponse:
        group = Group.objects.select_related("owner").filter(token=token).first()
        if group is None:
            return gone(request)
        try:
            return view(request, group, member_at(request, group))
        except membership.GroupGone:
            return gone(request)

    return found


def for_members(view: View) -> View:
    """Strangers learn nothing but that there is an invitation."""

    @wraps(view)
    def guarded(request: HttpRequest, group: Group, member: Member | None) -> HttpResponse:
        return view(request, group, member) if member else gone(request)

    return with_group(guarded)


def for_owner(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, group: Group, member: Member) -> HttpResponse:
        return view(request, group) if member.user_id == group.owner_id else gone(request)

    return for_members(guarded)


def gone(request: HttpRequest) -> HttpResponse:
    """The page for addresses that lead to no group, or to none for whoever asks."""
    return render(request, "recommender/groups/gone.html", status=404)


def member_at(request: HttpRequest, group: Group) -> Member | None:
    """The caller's place in the group; who is logged in acts as a member, never as a guest."""
    present = group.members.present()
    if request.user.is_authenticated:
        return present.filter(user=request.user).first()
    guest = guests.guest_of(request)
    return present.filter(guest=guest).first() if guest else None
