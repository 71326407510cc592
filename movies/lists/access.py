"""Who stands at a list's address: its owner, somebody who may see it, or a stranger.

A stranger gets the answer of a list that does not exist.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.decorators import member_only
from movies.lists.lifecycle import ListGone
from movies.models import MovieList

View = Callable[..., HttpResponse]
_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


def for_owner(view: View) -> View:
    """Calls `view` with the list of the address, if it is the caller's own."""

    @wraps(view)
    @never_cache
    @member_only
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        movie_list = get_object_or_404(MovieList.objects.of(request.user), pk=pk)
        try:
            return view(request, movie_list, **kwargs)
        except ListGone:
            raise Http404(_("This list is gone.")) from None

    return guarded


def seen_by(request: HttpRequest, pk: int, key: str = "") -> MovieList:
    """The list, if this person may see it: as anybody, as its owner, or knowing its key.

    Raises:
        Http404: there is none, or it is not for this person.
    """
    lists = MovieList.objects.with_owner()
    if key and _KEY.fullmatch(key):
        return get_object_or_404(lists.shared_by_link(), pk=pk, key=key)
    return get_object_or_404(lists.visible_to(request.user), pk=pk)
