"""Who may see and change a list; for everybody else it does not exist."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.decorators import member_only
from movies.lists.lifecycle import ListDeleted
from movies.models import MovieList

View = Callable[..., HttpResponse]
_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


def for_owner(view: View) -> View:
    """Call `view` with the list of the URL if the user owns it; else 404."""

    @wraps(view)
    @never_cache
    @member_only
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        movie_list = get_object_or_404(MovieList.objects.of(request.user), pk=pk)
        try:
            return view(request, movie_list, **kwargs)
        except ListDeleted:
            raise Http404(_("This list no longer exists.")) from None

    return guarded


def get_visible_list(request: HttpRequest, pk: int, key: str = "") -> MovieList:
    """The list, if it is public, the user's own, or shared by the link with this key.

    Raises:
        Http404: there is no such list, or the user may not see it.
    """
    lists = MovieList.objects.with_owner()
    if key and _KEY.fullmatch(key):
        return get_object_or_404(lists.shared_by_link(), pk=pk, key=key)
    return get_object_or_404(lists.visible_to(request.user), pk=pk)
