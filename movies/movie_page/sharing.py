"""View of the preview picture that other sites show for a link to a movie."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.movie_page.share_image import Share, path_of, render

A_DAY = 86_400
# Drawing takes a tenth of a second; a crawler that asks for all must not stop the site.
DRAWN_A_MINUTE = 60
_one_at_a_time = BoundedSemaphore(1)


@require_safe
def share_image(request: HttpRequest, pk: int) -> HttpResponse:
    """Served from disk if it was drawn before; 503 if too many are asked for at once."""
    share = Share(get_object_or_404(Movie.objects.with_genres(), pk=pk))
    etag = quote_etag(share.key)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        picture = _picture_of(share)
        if picture is None:
            busy = HttpResponse(_("Too many pictures at once."), status=503)
            busy["Retry-After"] = "60"
            return busy
        response = HttpResponse(picture, content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


def _picture_of(share: Share) -> bytes | None:
    try:
        return path_of(share).read_bytes()
    except FileNotFoundError:
        pass
    if not _may_draw() or not _one_at_a_time.acquire(timeout=5):
        return None
    try:
        return render(share)
    finally:
        _one_at_a_time.release()


def _may_draw() -> bool:
    limits = caches["limits"]
    drawn = limits.get("share-images", 0)
    if drawn == 0:
        limits.set("share-images", 1, 60)
    else:
        try:
            limits.incr("share-images")
        except ValueError:  # expired between the two
            limits.set("share-images", 1, 60)
    return drawn < DRAWN_A_MINUTE
