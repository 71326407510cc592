"""View of the preview picture that other sites show for a link to a movie."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.movie_page.share_image import Share, picture_of

A_DAY = 86_400


@require_safe
def share_image(request: HttpRequest, pk: int) -> HttpResponse:
    """Served from disk if it was drawn before; 503 if too many are asked for at once."""
    share = Share(get_object_or_404(Movie.objects.with_genres(), pk=pk))
    etag = quote_etag(share.key)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        picture = picture_of(share)
        if picture is None:
            busy = HttpResponse(_("Too many pictures at once."), status=503)
            busy["Retry-After"] = "60"
            return busy
        response = HttpResponse(picture, content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response
