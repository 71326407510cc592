"""How a predicted rating comes about, to be looked at and tried."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommender.lesson.example import Example, example_asked_by
from recommender.lesson.fit_animation import LAST_SEED, OWN, SCHEDULE, Asked, Watched, params_from
from recommender.lesson.plots import curve, for_script, plane
from recommender.lesson.tables import MOVIES, TABLES
from recommender.lesson.this_site import here


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The whole state is in the address; what makes no sense there is said and answered as 400."""
    example, asked = example_asked_by(request.GET), params_from(request.GET)
    watched = Watched(asked)
    context = {
        "example": example,
        "asked": asked,
        "watched": watched,
        "curve": curve(watched),
        "plane": plane(watched),
        "for_script": for_script(watched),
        "tables": TABLES.values(),
        "movies": MOVIES,
        "own": OWN,
        "last": SCHEDULE.n_epochs,
        "steps": list(_steps(asked.epoch)),
        "other_start": _other_start(asked, example),
        "here": here(request.user),
    }
    status = 400 if example.problem or asked.problem else 200
    return render(request, "recommender/lesson/page.html", context, status=status)


def _steps(epoch: int) -> Iterator[tuple[str, int | None]]:
    """Links through the epochs for a page without script; None where there is no way on."""
    last = SCHEDULE.n_epochs
    yield _("Start"), 0 if epoch else None
    yield _("Back"), epoch - 1 if epoch else None
    yield _("Next epoch"), epoch + 1 if epoch < last else None
    yield _("Five on"), min(epoch + 5, last) if epoch < last else None
    yield _("Last"), last if epoch < last else None


def _other_start(asked: Asked, example: Example) -> str:
    """The same table from other random numbers."""
    kept = [pair for pair in asked.query if pair[0] != "seed"]
    seed = asked.seed % LAST_SEED + 1
    return "?" + urlencode([*kept, ("seed", seed), *example.query])
