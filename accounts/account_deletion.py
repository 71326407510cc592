"""Deletion of an account with all its data."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

from accounts.models import User

# Sent with `user`, inside the transaction, before anything is deleted: other apps can save what
# other users need.
erasing = Signal()


class LastOperator(Exception):
    """Deleting this account would leave no active superuser."""


def erase(user: User) -> None:
    """Delete the user with all ratings, marks and settings.

    Raises:
        LastOperator: Nothing was deleted.
    """
    with transaction.atomic():
        # A rating that another request saves in between would make the deletion fail.
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.is_superuser and not _other_operators(locked):
            raise LastOperator
        erasing.send(sender=User, user=locked)
        locked.delete()


def _other_operators(user: User) -> bool:
    return User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()
