"""Taking an account out of the site, with everything the person put in."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

from accounts.models import User

# Sent with `user`, inside the transaction, before anything is deleted: for apps where something
# that others need hangs on this person.
erasing = Signal()


class LastOperator(Exception):
    """Nobody would be left who may do everything in the admin."""


def erase(user: User) -> None:
    """Delete the person with all ratings, marks and settings; nothing of anybody else's.

    Raises:
        LastOperator: see there; nothing was deleted.
    """
    with transaction.atomic():
        # Whoever rates in another window at this moment waits here, or is waited for: a rating
        # that came in between would else stop the deletion.
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.is_superuser and not _other_operators(locked):
            raise LastOperator
        erasing.send(sender=User, user=locked)
        locked.delete()


def _other_operators(user: User) -> bool:
    return User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()
