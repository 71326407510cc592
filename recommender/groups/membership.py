"""How people come into a group and leave it, within its bounds."""

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

MOST_MEMBERS, MOST_GUESTS = 12, 8
MOST_OWNED = 20


class Refused(Exception):
    """Somebody asked for what is not possible; the text is for them to read."""


class GroupGone(Exception):
    """The group was deleted since it was looked at."""


def create(owner: User, name: str, rule: str = Group.Rule.AVERAGE) -> Group:
    """A new group with its owner in it.

    Raises:
        Refused: the owner has as many groups as one may have.
    """
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=owner.pk)
        if owner.owned_groups.count() >= MOST_OWNED:
            text = _("You have %(n)d groups. Delete one to make another.")
            raise Refused(text % {"n": MOST_OWNED})
        group = Group.objects.create(owner=owner, name=name, rule=rule)
        Member.objects.create(group=group, user=owner)
    return group


def join(group: Group, user: User) -> Member:
    """`user` in the group; joining again changes nothing.

    Raises:
        Refused: the invitation has ended, or the group is full.
        GroupGone: see there.
    """
    with locked(group) as group:
        if member := Member.objects.filter(group=group, user=user).first():
            return member
        _make_room(group)
        return Member.objects.create(group=group, user=user)


def join_as_guest(group: Group, name: str, guest: Guest | None = None) -> Member:
    """A guest of that name in the group; `guest` for one who is known here already.

    Raises:
        Refused: the invitation has ended, the group is full, or the name is taken.
        GroupGone: see there.
    """
    with locked(group) as group:
        if guest and (member := Member.objects.filter(group=group, guest=guest).first()):
            return member
        present = _make_room(group, MOST_GUESTS)
        if _key(name) in {_key(member.name) for member in present}:
            raise Refused(_("Somebody here has that name already. Take another."))
        if guest is None:
            guest = Guest(name=name)
        guest.name, guest.expires_at = name, end_of_stay()
        guest.save()
        return Member.objects.create(group=group, guest=guest)


def leave(member: Member) -> None:
    """Out of the group. A guest who is in no group any more is forgotten with all ratings.

    Raises:
        Refused: an owner does not leave, but deletes the group.
    """
    if member.user_id == member.group.owner_id:
        raise Refused(_("A group is not left by who made it; delete it instead."))
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).delete()
        Guest.objects.forget_gone()


def remove(member: Member) -> None:
    """As leaving, and the invitation that this person knows ends.

    Raises:
        Refused: the owner cannot be removed.
    """
    with transaction.atomic():
        leave(member)
        renew_invitation(member.group)


def renew_invitation(group: Group) -> None:
    """A new address, good for another week; the old one leads nowhere."""
    group.token, group.invites_until = new_token(), end_of_invitation()
    group.save(update_fields=["token", "invites_until"])


def end_invitation(group: Group) -> None:
    """The address stays the members' own and lets nobody else in."""
    group.invites_until = timezone.now()
    group.save(update_fields=["invites_until"])


def delete(group: Group) -> None:
    """With all places in it; guests of no other group are forgotten.

    Raises:
        GroupGone: see there.
    """
    with locked(group) as group:  # nobody joins between the places' going and the group's
        group.delete()
        Guest.objects.forget_gone()


@contextmanager
def locked(group: Group) -> Iterator[Group]:
    """The group as it is now, its row locked: who comes second counts the first as well.

    Raises:
        GroupGone: see there.
    """
    with transaction.atomic():
        row = Group.objects.select_for_update().filter(pk=group.pk).first()
        if row is None:
            raise GroupGone
        yield row


def _make_room(group: Group, guests: int | None = None) -> list[Member]:
    """Who is there, now that there is room for one more (and for one of so many guests)."""
    if not group.invites:
        raise Refused(_("This invitation has ended. Ask for a new link."))
    Guest.objects.filter(memberships__group=group).forget_gone()
    present = list(Member.objects.present().filter(group=group))
    if len(present) >= MOST_MEMBERS:
        text = ngettext("A group has room for %(n)d.", "A group has room for %(n)d.", MOST_MEMBERS)
        raise Refused(text % {"n": MOST_MEMBERS})
    if guests is not None and sum(member.is_guest for member in present) >= guests:
        text = _("A group has room for %(n)d guests. Sign up, and there may still be a place.")
        raise Refused(text % {"n": guests})
    return present


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
