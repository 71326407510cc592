"""Posters as files: pictures as WebP, drawn posters as SVG and WebP."""

from __future__ import annotations

import hashlib
import logging
import re

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.posters import standalone
from movies.posters.files import LARGE, SMALL, file_url, read
from movies.posters.sizes import PICTURE, WIDTHS, Poster, drawn, poster_urls

logger = logging.getLogger(__name__)

A_MINUTE, A_DAY, A_YEAR = 60, 86_400, 31_536_000
_NAME = re.compile(r"\d+-(?:tmdb-)?[0-9a-f]{16}")


@require_safe
def poster_file(request: HttpRequest, name: str, width: int) -> HttpResponse:
    """A picture; browsers may cache it for a year because another picture has another name."""
    if not _NAME.fullmatch(name) or width not in (SMALL, LARGE):
        raise Http404
    try:
        picture = read(name, width)
    except FileNotFoundError as error:
        raise Http404 from error
    except OSError as error:  # of the bucket
        logger.warning("A poster could not be read: %s", error)
        return _later(_("The picture can’t be loaded at the moment."))
    response = HttpResponse(picture, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@require_safe
def poster(request: HttpRequest, pk: int, width: int) -> HttpResponseBase:
    """The poster as WebP in one of three widths, whether it is a picture or drawn.

    `?v=` says which picture is meant. Any other address redirects to that of the present one.
    """
    movie = get_object_or_404(Movie.everything.with_genres(), pk=pk)
    if width not in WIDTHS:
        raise Http404
    now = Poster.of(movie)
    if request.GET.get("v") != now.version or width not in now.widths:
        response: HttpResponseBase = redirect(poster_urls()(now, min(width, now.widths[-1])))
        response["Cache-Control"] = f"public, max-age={A_MINUTE}"
        return response
    if now.kind == PICTURE and settings.MEDIA_ADDRESS:
        response = redirect(file_url(movie.poster_file, width))
        response["Cache-Control"] = f"public, max-age={A_DAY}"
        return response
    if now.kind == PICTURE:
        return poster_file(request, movie.poster_file, width)
    picture = drawn(movie, now, width)
    if picture is None:
        return _later(_("Too many pictures at once."))
    response = HttpResponse(picture, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def _later(text: str) -> HttpResponse:
    response = HttpResponse(text, status=503)
    response["Retry-After"] = "60"
    return response


@require_safe
def drawn_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawn poster as an SVG document, for API clients and other sites.

    Redirects to the picture if the movie has one.
    """
    movie = get_object_or_404(Movie.everything.with_genres(), pk=pk)
    if movie.poster_file:
        return redirect(file_url(movie.poster_file, LARGE))
    genres = [genre.name for genre in movie.genre_list]
    svg = standalone(movie.title, movie.year, genres, movie.description)
    etag = quote_etag(hashlib.sha256(svg.encode()).hexdigest()[:24])
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(svg, content_type="image/svg+xml")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response
