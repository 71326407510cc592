"""View of the pages of directors, writers and actors."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from cfsite.lib.web.pagination import page_of
from movies.cards import cards_in_order
from movies.facts.links import person_links
from movies.models import Person
from movies.people.page import PersonTaste, RoleNote, fields, taste
from movies.people.query import CreditedMovie, movies_of, own_ratings
from recommender.serving.cards import cards_for
from recommender.serving.predictions import predict
from recommender.serving.users import model_and_excluded_ids


@require_safe
def artist(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    person = get_object_or_404(Person, pk=pk)
    if slug != person.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(person.get_absolute_url() + query, permanent=True)
    credited = movies_of(person)
    page = page_of(request, credited)
    movies = cards_in_order([one.movie_id for one in page], request.user)
    notes = {one.movie_id: RoleNote.of(one) for one in page}
    context = {
        "person": person,
        "address": settings.SITE_ORIGIN + person.get_absolute_url(),
        "fields": fields(credited),
        "page": page,
        "cards": cards_for(request.user, movies, notes=notes),
        "taste": _taste(request.user, person, credited),
        "links": list(person_links(person)),
    }
    return render(request, "movies/people/artist.html", context)


def _taste(
    user: User | AnonymousUser, person: Person, credited: list[CreditedMovie]
) -> PersonTaste | None:
    if not user.is_authenticated:
        return None
    own = own_ratings(person, user)
    unrated = [one.movie_id for one in credited if one.movie_id not in own.by_movie]
    predicted = {} if user.hides_predictions else predict(user, unrated)
    _model, excluded = model_and_excluded_ids(user)
    return taste(credited, own, predicted, frozenset(excluded.tolist()))
