"""What is left of an erased user's lists: their names in those of copies that others made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation

from accounts.account_deletion import forget_in_admin_log
from movies.lists.lifecycle import copied_name
from movies.models import MovieList

if TYPE_CHECKING:
    from accounts.models import User


def rename_copies(sender: Any, user: User, **kwargs: Any) -> None:
    """Give copies of the user's lists a name without the original's, unless they were renamed."""
    names = list(MovieList.objects.of(user).values_list("name", flat=True))
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            # Copies from before the site remembered whose list they came from are known by name.
            by_name = Q(copied_from=None, name__in=[copied_name(name) for name in names])
            remembered = Q(copied_from=user, name__startswith=copied_name(""))
            copies = MovieList.objects.exclude(owner=user).filter(by_name | remembered)
            forget_in_admin_log(copies)
            copies.update(name=translation.gettext("Copy of a list"))
