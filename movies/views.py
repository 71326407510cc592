"""The catalogue and what one says about it, as pages."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.prepared import Prepared
from movies import scales, undoing
from movies.browsing import ORDERS, Browsing
from movies.cards import marks_on, movie_of_card, movie_of_page
from movies.facets import facets_for
from movies.forms import RateForm
from movies.genre_names import by_label
from movies.histogram import histogram_of
from movies.models import Genre, Movie, Rating
from movies.orders import personal_orders
from movies.share_image import Share
from movies.stars import to_stars

PER_PAGE = 24
_GENRES = Prepared(lambda: Genre.objects.all())
_RATING = Prepared(lambda user, movie: Rating.objects.filter(user=user, movie=movie))

View = Callable[..., HttpResponse]


def member_only(view: View) -> View:
    """For actions: sign in first, then come back to the page, not to the action."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        home, looks = settings.LOGIN_REDIRECT_URL, request.method in ("GET", "HEAD")
        to_login = redirect_to_login(back_to(request, request.get_full_path() if looks else home))
        return HttpResponseClientRedirect(to_login.url) if request.htmx else to_login

    return guarded


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    genres = by_label(_GENRES.ask())
    is_member = request.user.is_authenticated
    asked = Browsing.asked_by(request.GET, genres, is_member=is_member)
    movies, has_order = asked.cards_for(request.user), True
    if movies is None:
        asked, has_order = asked.without_order(), False
        movies = asked.cards_for(request.user)
    facets = facets_for(asked, request.user, genres)
    page = page_of(request, movies, None if asked.order in personal_orders() else facets.n)
    context = {
        "asked": asked,
        "page": page,
        "near_titles": [] if page.object_list else asked.near_titles(),
        "is_too_early": not has_order and is_member,
        "facets": facets.facets,
        "orders": ORDERS,
        "personal_orders": personal_orders() if is_member else {},
    }
    return render(request, "movies/browse.html", context)


@require_safe
def detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    movie = movie_of_page(pk, request.user)
    if movie is None:
        raise Http404
    if slug != movie.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(movie.get_absolute_url() + query, permanent=True)
    context = {
        "movie": movie,
        "marks": marks_on(movie),
        "histogram": histogram_of(movie),
        "share": Share(movie),
    }
    return render(request, "movies/detail.html", context)


@require_POST
@member_only
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    movie = movie_of_card(pk, request.user)
    if movie is None:
        raise Http404
    before = next(iter(_RATING.ask(request.user.pk, pk)), None)
    form = RateForm(request.POST)
    if not form.is_valid():
        return _answer(request, movie, before, problem=form.problem())
    if form.cleaned_data["remove"]:
        Rating.objects.unrate(request.user, movie)
        return _answer(request, movie, None, before=before)
    try:
        rating = Rating.objects.rate(
            request.user,
            movie,
            form.cleaned_data["stars"],
            prediction_shown=form.cleaned_data["prediction_shown"],
        )
    except IntegrityError as error:  # deleted since we looked
        raise Http404 from error
    return _answer(request, movie, rating, before=before)


@require_POST
@member_only
def undo(request: HttpRequest) -> HttpResponse:
    try:
        movie, rating = undoing.undo(request.user, request.POST.get("sealed", ""))
    except (undoing.UndoError, IntegrityError):
        raise Http404(_("This can no longer be undone.")) from None
    return _answer(request, movie, rating, undoable=False)


class CountedPaginator(Paginator):
    """Pages of rows whose number is known, or nearly: what a page holds is asked of the rows."""

    def __init__(self, *args: Any, known: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is not None:
            self.count = known


def page_of(
    request: HttpRequest,
    rows: QuerySet | Sequence[Any],
    known: int | None = None,
    per_page: int = PER_PAGE,
) -> Page:
    """The page that the address asks for; page 1 for a page that is no number.

    known: how many rows there are, where somebody has counted them.

    Raises:
        Http404: there are not that many pages.
    """
    paginator = CountedPaginator(rows, per_page, known=known)
    try:
        return paginator.page(request.GET.get("page", 1))
    except PageNotAnInteger:
        return paginator.page(1)
    except EmptyPage as error:
        raise Http404(_("There are not that many pages.")) from error


def back_to(request: HttpRequest, fallback: Any) -> str:
    """Where to go back to: a path of this site, whatever the form says."""
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else resolve_url(fallback)


def _answer(
    request: HttpRequest,
    movie: Movie,
    rating: Rating | None,
    *,
    before: Rating | None = None,
    problem: str = "",
    undoable: bool = True,
) -> HttpResponse:
    """What became of a rating: the status line for htmx, else a message on the page one was on."""
    stars = to_stars(rating.half_stars) if rating else None
    has_changed = undoable and not problem and (before or rating)
    sealed = undoing.seal(request.user, movie, before, rating) if has_changed else ""
    context = {"movie": movie, "stars": stars, "sealed": sealed, "problem": problem}
    if request.htmx:
        status = 422 if problem else 200
        response = render(request, "movies/_rating_status.html", context, status=status)
        # The script sets the radio group to what is stored now.
        response["X-Stars"] = stars or ""
        if not problem:
            response["HX-Trigger"] = "rated"
        return response
    _say(request, context)
    return redirect(back_to(request, movie))


def _say(request: HttpRequest, context: dict[str, Any]) -> None:
    movie, stars = context["movie"], context["stars"]
    if context["problem"]:
        messages.error(request, context["problem"])
    elif stars is None:
        text = _("Your rating of %(title)s is removed.") % {"title": movie.title}
        # The tag carries the seal to the undo button beside the message.
        messages.success(request, text, extra_tags=context["sealed"])
    else:
        words = scales.active().in_words(stars)
        text = _("Saved: %(stars)s for %(title)s.") % {"title": movie.title, "stars": words}
        messages.success(request, text, extra_tags=context["sealed"])
