"""What becomes of a group when the account of whoever made it is erased: the others keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recommender.models import Group, Member

if TYPE_CHECKING:
    from accounts.models import User


def hand_over_groups(sender: Any, user: User, **kwargs: Any) -> None:
    """Give each group of `user` to the member with an account who has been there longest.

    A group of guests alone has nobody to go to, and goes with its owner.
    """
    for group in Group.objects.select_for_update().filter(owner=user).order_by("pk"):
        others = Member.objects.present().filter(group=group, user__isnull=False)
        heir = others.exclude(user=user).order_by("joined_at", "pk").first()
        if heir is not None:
            group.owner = heir.user
            group.save(update_fields=["owner"])
