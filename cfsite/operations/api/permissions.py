"""Who may call the operators' part of the API: staff, each with the rights of the admin."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Model
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class StaffWithRights(BasePermission):
    """Staff who have the view's `reads_with`, and for other methods its `writes_with`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not (user.is_authenticated and user.is_active and user.is_staff):
            return False
        is_read = request.method in SAFE_METHODS
        needed = view.reads_with if is_read else view.writes_with
        return user.has_perms([needed] if isinstance(needed, str) else needed)


def log(request: Request, row: Model, flag: int, what: str) -> None:
    """Into the admin's log, as if it had been done there."""
    LogEntry.objects.log_actions(request.user.pk, [row], flag, what, single_object=True)
