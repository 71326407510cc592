"""What if: how one more rating would change the list, as a page and as its fragment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from movies import scales
from movies.cards import cards
from movies.models import Movie
from movies.rating.forms import RateForm
from movies.stars import STEPS, to_stars
from recommender.core.ranking import half_steps
from recommender.serving.predictions import PredictedStars
from recommender.serving.what_if import what_if as list_after_rating


@dataclass(frozen=True)
class Pick:
    movie: Movie
    stars: float | None  # in half steps, like the order of the list
    is_new: bool


@require_safe
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """A form to choose stars in, and the list as it would be with them; the list alone for htmx."""
    movie = get_object_or_404(cards(Movie.objects.all(), request.user), pk=pk)
    context: dict[str, Any] = {"movie": movie, "star_choices": star_choices(movie)}
    if request.htmx and not request.user.is_authenticated:  # logged out meanwhile
        return HttpResponseClientRedirect(redirect_to_login(movie.get_absolute_url()).url)
    if not request.user.is_authenticated or "stars" not in request.GET:
        return render(request, "recommender/movie_page/what_if.html", context)
    form = RateForm({"stars": request.GET["stars"]})
    if form.is_valid():
        stars = form.cleaned_data["stars"]
        context |= _answer(request, movie, stars)
        context["star_choices"] = star_choices(movie, stars)
    else:
        context["problem"] = form.problem()
    page = "_what_if_list" if request.htmx else "what_if"
    status = 422 if form.errors else 200
    return render(request, f"recommender/movie_page/{page}.html", context, status=status)


def star_choices(movie: Movie, chosen: float | None = None) -> list[tuple[str, str, bool]]:
    """(value, words, whether it is chosen) of each number of stars in the form's select.

    Without `chosen`, the movie's own rating is chosen, else five stars.
    """
    own = movie.own_half_stars
    chosen = chosen or (to_stars(own) if own else STEPS[-1])
    in_words = scales.active().in_words
    return [(f"{stars:.1f}", in_words(stars), stars == chosen) for stars in STEPS]


def _answer(request: HttpRequest, movie: Movie, stars: float) -> dict[str, Any]:
    supposed = list_after_rating(request.user, movie, stars)
    asked = {"asked_words": scales.active().in_words(stars)}
    if supposed is None:
        return {**asked, "problem": _("There are no predictions on this site yet.")}
    coming, going = set(supposed.coming), supposed.going
    ids = [item.movie_id for item in supposed.after.items]
    movies = Movie.objects.in_bulk([*ids, *going])
    picks = [
        Pick(movies[item.movie_id], _as_printed(item.stars), item.movie_id in coming)
        for item in supposed.after.items
        if item.movie_id in movies
    ]
    gone = [movies[movie_id] for movie_id in going if movie_id in movies]
    return {**asked, "supposed": supposed, "picks": picks, "going": gone, "summary": _say(coming)}


def _as_printed(stars: PredictedStars | None) -> float | None:
    return None if stars is None else float(half_steps(stars))


def _say(coming: set[int]) -> str:
    if not coming:
        return _("Your top picks would stay the same.")
    return ngettext("%(n)s new pick.", "%(n)s new picks.", len(coming)) % {"n": len(coming)}
