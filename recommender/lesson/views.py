"""The page that explains how a predicted rating is computed."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommender.lesson.example import Example, example_from_params
from recommender.lesson.fit_animation import (
    MAX_SEED,
    OWN_TABLE,
    SCHEDULE,
    FitAnimation,
    FitParams,
    fit_from_params,
)
from recommender.lesson.plots import animation_data, error_curve, factor_plane
from recommender.lesson.tables import MOVIES, TABLES
from recommender.lesson.this_site import this_site


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """All state is in the query string; invalid parameters are explained, with status 400."""
    example, params = example_from_params(request.GET), fit_from_params(request.GET)
    animation = FitAnimation(params)
    context = {
        "example": example,
        "params": params,
        "animation": animation,
        "curve": error_curve(animation),
        "plane": factor_plane(animation),
        "animation_data": animation_data(animation),
        "tables": TABLES.values(),
        "movies": MOVIES,
        "own_table": OWN_TABLE,
        "last_epoch": SCHEDULE.n_epochs,
        "epoch_links": list(_epoch_links(params.epoch)),
        "other_start_url": _other_start_url(params, example),
        "this_site": this_site(request.user),
    }
    status = 400 if example.problem or params.problem else 200
    return render(request, "recommender/lesson/page.html", context, status=status)


def _epoch_links(epoch: int) -> Iterator[tuple[str, int | None]]:
    """Labels and epochs of the links for pages without script; None where there is no link."""
    last = SCHEDULE.n_epochs
    yield _("Start"), 0 if epoch else None
    yield _("Back"), epoch - 1 if epoch else None
    yield _("Next epoch"), epoch + 1 if epoch < last else None
    yield _("Skip five"), min(epoch + 5, last) if epoch < last else None
    yield _("End"), last if epoch < last else None


def _other_start_url(params: FitParams, example: Example) -> str:
    """The same table from another random start."""
    kept = [pair for pair in params.query if pair[0] != "seed"]
    seed = params.seed % MAX_SEED + 1
    return "?" + urlencode([*kept, ("seed", seed), *example.query])
