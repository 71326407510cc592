"""The page about this site: what it is, how it works, and where its data comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from movies.imports.sources import DEMO
from movies.models import FactFetch, FactSource, ImportedDataSet, Offer

# What the names of all MovieLens data sets begin with.
MOVIELENS_PREFIX = "ml-"


@dataclass(frozen=True)
class Source:
    """Somebody whose data is on this site, and what they ask of those who use it."""

    name: str | Promise
    terms: str | Promise
    url: str = ""


MOVIELENS = Source(
    "MovieLens",
    _(
        "Ratings collected by GroupLens Research at the University of Minnesota. They may only be "
        "used for non-commercial purposes and must not be passed on without permission. F. Maxwell "
        "Harper and Joseph A. Konstan, The MovieLens Datasets: History and Context, ACM "
        "Transactions on Interactive Intelligent Systems 5, 4 (2015)."
    ),
    "https://grouplens.org/datasets/movielens/",
)
BUILT_IN_FACTS = Source(
    "cfsite",
    _("Facts about well-known movies, written for this software and under its MIT licence."),
)
WIKIDATA = Source(
    "Wikidata",
    _("Some of the facts about movies. They are in the public domain (CC0)."),
    "https://www.wikidata.org/",
)
TMDB = Source(
    "TMDB",
    _(
        "Some of the posters and facts about movies. This product uses the TMDB API but is not "
        "endorsed or certified by TMDB. Nothing from TMDB is used to predict ratings."
    ),
    "https://www.themoviedb.org/",
)
JUSTWATCH = Source(
    "JustWatch", _("Where movies can be watched, by way of TMDB."), "https://www.justwatch.com/"
)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html", {"sources": list(sources())})


def sources() -> Iterator[Source]:
    """The sources that this site really uses. A new source of data is named here."""
    imported = list(ImportedDataSet.objects.values_list("name", flat=True))
    if _has_movielens_ratings(imported):
        yield MOVIELENS
    for name in imported:
        if name == DEMO:
            yield Source(
                _("Demo data"), _("Real movies with ratings made up by a random generator.")
            )
        elif not name.startswith(MOVIELENS_PREFIX):
            yield Source(name, _("Ratings imported by the people who run this site."))
    yield BUILT_IN_FACTS
    fetched = set(
        FactFetch.objects.filter(fetched_at__isnull=False)
        .order_by("source")
        .values_list("source", flat=True)
        .distinct()
    )
    if settings.WIKIDATA_FACTS or FactSource.WIKIDATA in fetched:
        yield WIKIDATA
    if settings.TMDB_KEY or FactSource.TMDB in fetched:
        yield TMDB
    if settings.TMDB_KEY or Offer.objects.exists():
        yield JUSTWATCH


def _has_movielens_ratings(imported: list[str]) -> bool:
    """Also those imported before the names of data sets were kept."""
    if any(name.startswith(MOVIELENS_PREFIX) for name in imported):
        return True
    raters = User.objects.filter(is_dataset_member=True, username__startswith=MOVIELENS_PREFIX)
    return raters.exists()
