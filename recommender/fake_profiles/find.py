"""Lists the profiles that look made up; part of every refit."""

from __future__ import annotations

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from recommender.core import Ratings
from recommender.core.fake_profiles.signals import Signals
from recommender.models import SuspiciousProfile

MOST_LISTED = 200
# Beyond this many ratings, raters of data sets are drawn at random to compare members with.
MOST_RATINGS = 2_000_000


def list_suspicious(ratings: Ratings, seed: int) -> int:
    """Renew the list from the ratings of a refit; returns how many profiles are listed.

    Raters of data sets are compared with, never listed. What staff have decided stays: profiles
    in quarantine are not among the ratings, and their rows are left alone.
    """
    members = np.fromiter(User.objects.people().order_by().values_list("pk", flat=True), np.int64)
    is_member = np.isin(ratings.user_ids, members)
    signals = Signals.of(_sample(ratings, is_member, seed))
    rows = [row for row in signals.most_suspicious().tolist() if is_member[row]][:MOST_LISTED]
    now = timezone.now()
    found = [
        SuspiciousProfile(
            user_id=int(ratings.user_ids[row]),
            suspicion=float(signals.suspicion[row]),
            rdma=float(signals.rdma[row]),
            principal_share=float(signals.principal_share[row]),
            n_ratings=int(signals.n_ratings[row]),
            found_at=now,
        )
        for row in rows
    ]
    with transaction.atomic():
        # Somebody may have erased their account since the ratings were read.
        ids = [profile.user_id for profile in found]
        present = set(User.objects.filter(pk__in=ids).values_list("pk", flat=True))
        SuspiciousProfile.objects.open().exclude(user__in=ids).delete()
        SuspiciousProfile.objects.bulk_create(
            [profile for profile in found if profile.user_id in present],
            update_conflicts=True,
            unique_fields=["user"],
            update_fields=["suspicion", "rdma", "principal_share", "n_ratings", "found_at"],
        )
    return len(present)


def _sample(ratings: Ratings, is_member: np.ndarray, seed: int) -> Ratings:
    """All ratings of members, and of as many raters of data sets as there is room for."""
    if len(ratings) <= MOST_RATINGS:
        return ratings
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    order = np.random.default_rng(seed).permutation(ratings.n_users)
    order = order[np.argsort(~is_member[order], kind="stable")]
    chosen = order[np.cumsum(counts[order]) <= MOST_RATINGS]
    return ratings.take(np.isin(ratings.user_index, np.union1d(chosen, np.flatnonzero(is_member))))
