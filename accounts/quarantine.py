"""Quarantine: an account goes on as before, but its ratings count nowhere.

They are in no average and no model learns from them, as if the account were deactivated; its owner
rates and gets lists as ever, and is not told. Database triggers take its ratings out of the counts
of movies and bring them back (movies/models/triggers/rating_counts.py).
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User


def quarantine(users: QuerySet[User]) -> int:
    """Put these people's accounts in quarantine; returns how many were not yet.

    Raters of data sets are no accounts: leave out their data set instead.
    """
    chosen = users.filter(is_dataset_member=False, quarantined_at=None)
    return chosen.update(quarantined_at=timezone.now())


def release(users: QuerySet[User]) -> int:
    """End the quarantine; returns for how many."""
    return users.filter(quarantined_at__isnull=False).update(quarantined_at=None)
