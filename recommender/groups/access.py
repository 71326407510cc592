"""Access to the pages of a group: for anybody with the link, for members, for the owner."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from recommender.groups import guests, membership
from recommender.models import Group, Member

View = Callable[..., HttpResponse]


def with_group(view: View) -> View:
    """Pass `view` the group of the URL and the caller's membership, if any.

    A link to a group that does not exist, or that was deleted, gets the same 404 page.
    """

    @wraps(view)
    @never_cache
    def found(request: HttpRequest, token: str) -> HttpResponse:
        group = Group.objects.select_related("owner").filter(token=token).first()
        if group is None:
            return group_not_found(request)
        try:
            return view(request, group, current_member(request, group))
        except membership.GroupGone:
            return group_not_found(request)

    return found


def members_only(view: View) -> View:
    """Other callers get the 404 page, whether the group exists or not."""

    @wraps(view)
    def guarded(request: HttpRequest, group: Group, member: Member | None) -> HttpResponse:
        return view(request, group, member) if member else group_not_found(request)

    return with_group(guarded)


def owner_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, group: Group, member: Member) -> HttpResponse:
        return (
            view(request, group) if member.user_id == group.owner_id else group_not_found(request)
        )

    return members_only(guarded)


def group_not_found(request: HttpRequest) -> HttpResponse:
    """The 404 page for links to no group, or to none that the caller may see."""
    return render(request, "recommender/groups/gone.html", status=404)


def current_member(request: HttpRequest, group: Group) -> Member | None:
    """The caller's membership. A user who is logged in is never taken for a guest."""
    present = group.members.present()
    if request.user.is_authenticated:
        return present.filter(user=request.user).first()
    guest = guests.guest_in_session(request)
    return present.filter(guest=guest).first() if guest else None
