"""Transfer of groups to another member when the owner's account is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recommender.models import Group, Member

if TYPE_CHECKING:
    from accounts.models import User


def transfer_groups(sender: Any, user: User, **kwargs: Any) -> None:
    """Make the longest-standing member with an account the new owner.

    A group without such a member is deleted with its owner.
    """
    for group in Group.objects.select_for_update().filter(owner=user).order_by("pk"):
        others = Member.objects.present().filter(group=group, user__isnull=False)
        new_owner = others.exclude(user=user).order_by("joined_at", "pk").first()
        if new_owner is not None:
            group.owner = new_owner.user
            group.save(update_fields=["owner"])
