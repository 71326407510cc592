"""Transfer of groups to another member when the owner's account is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation

from accounts.account_deletion import forget_in_admin_log
from recommender.models import Group, Member

if TYPE_CHECKING:
    from accounts.models import User


def transfer_groups(sender: Any, user: User, **kwargs: Any) -> None:
    """Make the longest-standing member with an account the new owner.

    The group's name was the owner's word; it gets a neutral one. A group without such a member is
    deleted with its owner.
    """
    forget_in_admin_log(Group.objects.filter(owner=user))
    for group in Group.objects.select_for_update().filter(owner=user).order_by("pk"):
        others = Member.objects.present().filter(group=group, user__isnull=False)
        new_owner = others.exclude(user=user).order_by("joined_at", "pk").first()
        if new_owner is not None:
            group.owner = new_owner.user
            with translation.override(group.owner.language or settings.LANGUAGE_CODE):
                group.name = translation.gettext("Movie night")
            group.save(update_fields=["owner", "name"])
