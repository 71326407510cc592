"""Create a group, join, leave and delete it, within its limits."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommender.models import Group, Guest, Member
from recommender.models.groups import end_of_invitation, end_of_stay, new_token

if TYPE_CHECKING:
    from accounts.models import User

MAX_MEMBERS, MAX_GUESTS = 12, 8
MAX_OWNED_GROUPS = 20


class Refused(Exception):
    """The request is not allowed. The message is shown to the user."""


class GroupGone(Exception):
    """The group was deleted meanwhile."""


def create(owner: User, name: str, rule: str = Group.Rule.AVERAGE) -> Group:
    """A new group with its owner as the first member.

    Raises:
        Refused: the owner has `MAX_OWNED_GROUPS` already.
    """
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=owner.pk)
        if owner.owned_groups.count() >= MAX_OWNED_GROUPS:
            text = _("You already have %(n)d groups. Delete one to start another.")
            raise Refused(text % {"n": MAX_OWNED_GROUPS})
        group = Group.objects.create(owner=owner, name=name, rule=rule)
        Member.objects.create(group=group, user=owner)
    return group


def join(group: Group, user: User) -> Member:
    """Add `user` to the group. Joining again changes nothing.

    Raises:
        Refused: the invitation has ended, or the group is full.
        GroupGone: the group was deleted.
    """
    with locked(group) as group:
        if member := Member.objects.filter(group=group, user=user).first():
            return member
        _check_room(group)
        return Member.objects.create(group=group, user=user)


def join_as_guest(group: Group, name: str, guest: Guest | None = None) -> Member:
    """Add a guest of this name: a new one, or the `guest` of another group.

    Raises:
        Refused: the invitation has ended, the group is full, or the name is taken.
        GroupGone: the group was deleted.
    """
    with locked(group) as group:
        if guest and (member := Member.objects.filter(group=group, guest=guest).first()):
            return member
        present = _check_room(group, MAX_GUESTS)
        if _name_key(name) in {_name_key(member.name) for member in present}:
            raise Refused(_("Somebody in this group already has that name. Choose another."))
        if guest is None:
            guest = Guest(name=name)
        guest.name, guest.expires_at = name, end_of_stay()
        guest.save()
        return Member.objects.create(group=group, guest=guest)


def leave(member: Member) -> None:
    """Leave the group. A guest who is in no other group is deleted with all ratings.

    Raises:
        Refused: the owner cannot leave, only delete the group.
    """
    if member.user_id == member.group.owner_id:
        raise Refused(_("You started this group, so you can't leave it. Delete it instead."))
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).delete()
        Guest.objects.forget_gone()


def remove(member: Member) -> None:
    """Remove a member, and end the invitation that the member knows.

    Raises:
        Refused: the owner cannot be removed.
    """
    with transaction.atomic():
        leave(member)
        renew_invitation(member.group)


def renew_invitation(group: Group) -> None:
    """A new link, valid for a week. The old link stops working."""
    group.token, group.invites_until = new_token(), end_of_invitation()
    group.save(update_fields=["token", "invites_until"])


def end_invitation(group: Group) -> None:
    """The link still leads members to the group, but lets nobody else join."""
    group.invites_until = timezone.now()
    group.save(update_fields=["invites_until"])


def delete(group: Group) -> None:
    """Delete the group and its memberships, and guests who are in no other group.

    Raises:
        GroupGone: the group was deleted.
    """
    with locked(group) as group:  # nobody joins while memberships and group are deleted
        group.delete()
        Guest.objects.forget_gone()


@contextmanager
def locked(group: Group) -> Iterator[Group]:
    """The current group with its row locked, so that members who join at once are all counted.

    Raises:
        GroupGone: the group was deleted.
    """
    with transaction.atomic():
        row = Group.objects.select_for_update().filter(pk=group.pk).first()
        if row is None:
            raise GroupGone
        yield row


def _check_room(group: Group, guests: int | None = None) -> list[Member]:
    """The members, if there is room for one more.

    guests: how many guests the group has room for, if the new member is one.

    Raises:
        Refused: the invitation has ended, or the group is full.
    """
    if not group.invites:
        raise Refused(_("This invitation has ended. Ask for a new link."))
    Guest.objects.filter(memberships__group=group).forget_gone()
    present = list(Member.objects.present().filter(group=group))
    if len(present) >= MAX_MEMBERS:
        text = ngettext(
            "Groups have room for %(n)d people.", "Groups have room for %(n)d people.", MAX_MEMBERS
        )
        raise Refused(text % {"n": MAX_MEMBERS})
    if guests is not None and sum(member.is_guest for member in present) >= guests:
        text = _(
            "Groups have room for %(n)d guests. Sign up, and there may still be a place for you."
        )
        raise Refused(text % {"n": guests})
    return present


def _name_key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
