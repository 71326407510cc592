"""Forgetting changes and answers that no app needs any more."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from movies.models import ChangeCounter, MemberChange, StoredAnswer
from movies.models.sync import ANSWERS_KEPT, CHANGES_KEPT

MEMBERS_AT_ONCE = 500


def forget_old_changes() -> int:
    """Forget changes of long ago; a cursor from before them has expired. Returns how many."""
    before = timezone.now() - CHANGES_KEPT
    old = MemberChange.objects.filter(logged_at__lt=before).order_by()
    newest = list(old.values_list("user").annotate(newest=Max("number")).order_by("user"))
    forgotten = 0
    for start in range(0, len(newest), MEMBERS_AT_ONCE):
        with transaction.atomic():
            for user_id, number in newest[start : start + MEMBERS_AT_ONCE]:
                ChangeCounter.objects.filter(pk=user_id, forgotten__lt=number).update(
                    forgotten=number
                )
                gone = MemberChange.objects.filter(user=user_id, number__lte=number)
                forgotten += gone.delete()[0]
    return forgotten


def forget_old_answers() -> int:
    old = StoredAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT)
    return old.delete()[0]
