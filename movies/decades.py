"""Decades, named by their first year."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

FIRST_DECADE = 1890


def decades() -> list[int]:
    """Latest first."""
    return list(range(timezone.now().year // 10 * 10, FIRST_DECADE - 1, -10))


def decade_name(decade: int) -> str:
    """'1990s' in the active language."""
    return _("%(decade)ss") % {"decade": decade}
