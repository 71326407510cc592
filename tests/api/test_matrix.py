"""Every route of the API, by every method, for everybody.

A route without a row here fails: whoever adds one says who may do what.
"""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver

from accounts.models import User, create_token
from cfsite.api import urls as api
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, Person, PersonalImport, Rating, Viewing
from recommender.groups import membership
from tests.api.conftest import API

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
VISITOR, STRANGER, OWNER, STAFF = range(4)

# What reading and writing answer to a visitor, a stranger, the owner and staff, where the owner has
# rated and marked the movie and nobody else has. A method without a row is not allowed.
OPEN = (200, 200, 200, 200)
PERSONAL = (401, 200, 200, 200)
OWN = (401, 404, 200, 404)
REMOVE = (401, 404, 204, 404)
# Of what nobody else can have: whoever has none is where they wanted to be.
REMOVE_OWN = (401, 204, 204, 204)
NO_WAY = (401, 405, 405, 405)
STAFF_ONLY = (401, 403, 403, 200)
EXPECTED: dict[str, dict[str, tuple[int, int, int, int]]] = {
    "api-root": {"get": OPEN},
    "api-movie-list": {"get": OPEN},
    "api-movie-facets": {"get": OPEN},
    "api-movie-detail": {"get": OPEN},
    "api-movie-similar": {"get": OPEN},
    "api-artist-list": {"get": OPEN},
    "api-artist-detail": {"get": OPEN},
    "api-artist-movies": {"get": OPEN},
    # Of movies that nobody can predict yet.
    "api-movie-explanation": {"get": (401, 404, 404, 404)},
    "api-movie-what-if": {"get": (401, 404, 404, 404)},
    "api-movie-rating": {
        "get": OWN,
        "put": (401, 201, 200, 201),
        "delete": REMOVE_OWN,
    },
    "api-movie-marks": {"get": PERSONAL},
    "api-movie-mark": {"get": OWN, "put": (401, 201, 200, 201), "delete": REMOVE_OWN},
    "api-genres": {"get": OPEN},
    # Ratings are missing.
    "api-predict": {"post": (400, 400, 400, 400)},
    "api-rating-list": {"get": PERSONAL},
    "api-rating-history": {"get": PERSONAL},
    "api-viewing-list": {"get": PERSONAL, "post": (401, 400, 400, 400)},
    "api-viewing-detail": {"get": OWN, "patch": OWN, "delete": REMOVE},
    "api-viewing-tags": {"get": PERSONAL},
    # Uploads are forms; this is JSON.
    "api-import-list": {"get": PERSONAL, "post": (401, 415, 415, 415)},
    "api-import-detail": {"get": OWN},
    "api-import-rows": {"get": OWN},
    "api-import-start": {"post": (401, 404, 202, 404)},
    "api-import-cancel": {"post": (401, 404, 409, 404)},
    "api-import-undo": {"post": (401, 404, 409, 404)},
    "api-import-choose": {"post": (401, 404, 400, 404)},
    "api-mark-list": {"get": PERSONAL},
    "api-recommendation-list": {"get": PERSONAL},
    "api-shelf-list": {"get": PERSONAL},
    "api-accuracy": {"get": OPEN},
    "api-me-services": {"get": PERSONAL, "patch": PERSONAL},
    "api-group-list": {"get": PERSONAL, "post": (401, 400, 400, 400)},
    "api-group-detail": {"get": OWN, "patch": OWN, "delete": REMOVE},
    "api-group-join": {"post": (401, 400, 400, 400)},
    "api-group-leave": {"post": (401, 404, 400, 404)},
    "api-group-invitation": {"post": OWN, "delete": REMOVE},
    "api-group-member": {"delete": (401, 404, 400, 404)},
    "api-group-recommendations": {"get": OWN},
    # Alice's list is for those who have the link; reading it by number is hers alone.
    "api-list-list": {"get": PERSONAL, "post": (401, 400, 400, 400)},
    "api-list-public": {"get": OPEN},
    "api-list-shared": {"get": OPEN},
    "api-list-detail": {
        "get": (404, 404, 200, 404),
        "patch": OWN,
        "delete": REMOVE,
        **dict.fromkeys(("put", "post"), NO_WAY),
        "options": PERSONAL,
    },
    "api-list-movies": {
        "get": (404, 404, 200, 404),
        **dict.fromkeys(("put", "post", "patch", "delete"), NO_WAY),
        "options": PERSONAL,
    },
    "api-list-movie": {"put": OWN, "delete": REMOVE},
    "api-list-sort": {"post": (401, 404, 400, 404)},
    "api-list-copy": {"post": (401, 404, 201, 404)},
    "api-list-link": {"post": OWN},
    "api-start-list": {"get": PERSONAL},
    "api-start-groups": {"put": (401, 400, 400, 400)},
    "api-start-questions": {"get": PERSONAL},
    "api-start-favourite": {"put": PERSONAL, "delete": (401, 204, 204, 204)},
    "api-start-unseen": {"put": (401, 204, 204, 204), "delete": (401, 204, 204, 204)},
    "api-me": {"get": PERSONAL, "patch": PERSONAL},
    "api-me-changes": {"get": PERSONAL},
    "api-me-ratings": {"put": (401, 400, 400, 400)},
    "api-me-state": {"get": PERSONAL},
    "api-me-profile": {"get": PERSONAL, "patch": PERSONAL},
    "api-token-list": {"get": PERSONAL},
    "api-token-detail": {"delete": REMOVE},
    "api-taste": {"get": PERSONAL},
    "api-years": {"get": PERSONAL},
    "api-year": {"get": PERSONAL},
    "api-me-export": {"get": PERSONAL, "post": (401, 202, 202, 202)},
    "api-me-erase": {"post": (401, 400, 400, 400)},
    "api-operator-refit-list": {"get": STAFF_ONLY, "post": (401, 403, 403, 409)},
    "api-operator-refit-detail": {"get": (401, 403, 403, 404)},
    **{
        f"api-operator-refit-{name}": {"post": (401, 403, 403, 404)}
        for name in ("cancel", "serve", "publish")
    },
    "api-operator-refit-rollback": {"post": (401, 403, 403, 409)},
    **{f"api-operator-refit-{name}": {"post": STAFF_ONLY} for name in ("unpin", "pause", "resume")},
    "api-operator-evaluation-list": {"get": STAFF_ONLY},
    "api-operator-evaluation-detail": {"get": (401, 403, 403, 404)},
    "api-operator-state": {"get": STAFF_ONLY},
    "api-operator-movie-list": {"get": STAFF_ONLY, "post": (401, 403, 403, 400)},
    # The movie has a rating, whose deletion is to be confirmed.
    "api-operator-movie-detail": {
        "get": STAFF_ONLY,
        "patch": STAFF_ONLY,
        "delete": (401, 403, 403, 409),
    },
    "api-operator-movie-retire": {"post": STAFF_ONLY},
    "api-operator-movie-bring-back": {"post": STAFF_ONLY},
    "api-operator-movie-merge": {"post": (401, 403, 403, 400)},
    "api-operator-movies": {"put": (401, 403, 403, 400)},
    "api-schema": {"get": OPEN},
    "api-docs": {"get": OPEN},
    "api-not-found": {method: (404,) * 4 for method in METHODS},
}
ADDRESSES = {
    "api-root": "",
    "api-movie-list": "movies/",
    "api-movie-facets": "movies/facets/",
    "api-movie-detail": "movies/{movie}/",
    "api-movie-similar": "movies/{movie}/similar/",
    "api-artist-list": "artists/",
    "api-artist-detail": "artists/{artist}/",
    "api-artist-movies": "artists/{artist}/movies/",
    "api-movie-explanation": "movies/{movie}/explanation/",
    "api-movie-what-if": "movies/{movie}/what-if/?stars=2",
    "api-movie-rating": "movies/{movie}/rating/",
    "api-movie-marks": "movies/{movie}/marks/",
    "api-genres": "genres/",
    "api-predict": "predict/",
    "api-movie-mark": "movies/{movie}/marks/watchlist/",
    "api-rating-list": "ratings/",
    "api-rating-history": "ratings/history/",
    "api-viewing-list": "viewings/",
    "api-viewing-detail": "viewings/{viewing}/",
    "api-viewing-tags": "viewings/tags/",
    "api-mark-list": "marks/",
    "api-recommendation-list": "recommendations/",
    "api-shelf-list": "shelves/",
    "api-accuracy": "accuracy/",
    "api-group-list": "groups/",
    "api-group-detail": "groups/{group}/",
    "api-group-join": "groups/join/",
    "api-group-leave": "groups/{group}/leave/",
    "api-group-invitation": "groups/{group}/invitation/",
    "api-group-member": "groups/{group}/members/{member}/",
    "api-group-recommendations": "groups/{group}/recommendations/",
    "api-list-list": "lists/",
    "api-list-public": "lists/public/",
    "api-list-shared": "lists/shared/{key}/",
    "api-list-detail": "lists/{list}/",
    "api-import-list": "imports/",
    "api-import-detail": "imports/{imported}/",
    **{
        f"api-import-{name}": f"imports/{{imported}}/{name}/"
        for name in ("rows", "start", "cancel", "undo", "choose")
    },
    "api-list-movies": "lists/{list}/movies/",
    "api-list-movie": "lists/{list}/movies/{movie}/",
    "api-list-sort": "lists/{list}/sort/",
    "api-list-copy": "lists/{list}/copy/",
    "api-list-link": "lists/{list}/link/",
    "api-start-list": "start/",
    "api-start-groups": "start/groups/",
    "api-start-questions": "start/questions/",
    "api-start-favourite": "start/favourites/{movie}/",
    "api-start-unseen": "start/unseen/{movie}/",
    "api-me": "me/",
    "api-me-changes": "me/changes/",
    "api-me-ratings": "me/ratings/",
    "api-me-state": "me/state/",
    "api-me-profile": "me/profile/",
    "api-me-services": "me/services/",
    "api-token-list": "me/tokens/",
    "api-token-detail": "me/tokens/{token}/",
    "api-taste": "me/taste/",
    "api-years": "me/years/",
    "api-year": "me/years/2026/",
    "api-me-export": "me/export/",
    "api-me-erase": "me/erase/",
    "api-operator-refit-list": "operator/refits/",
    "api-operator-refit-detail": "operator/refits/1/",
    **{
        f"api-operator-refit-{name}": f"operator/refits/1/{name}/"
        for name in ("cancel", "serve", "publish")
    },
    **{
        f"api-operator-refit-{name}": f"operator/refits/{name}/"
        for name in ("rollback", "unpin", "pause", "resume")
    },
    "api-operator-evaluation-list": "operator/evaluations/",
    "api-operator-evaluation-detail": "operator/evaluations/1/",
    "api-operator-state": "operator/state/",
    "api-operator-movie-list": "operator/movies/",
    "api-operator-movie-detail": "operator/movies/{movie}/",
    "api-operator-movie-retire": "operator/movies/{movie}/retire/",
    "api-operator-movie-bring-back": "operator/movies/{movie}/bring-back/",
    "api-operator-movie-merge": "operator/movies/merge/",
    "api-operator-movies": "operator/movies/bulk/",
    "api-schema": "schema/",
    "api-docs": "docs/",
    "api-not-found": "nothing/",
}


def route_names(patterns: list) -> set[str]:
    names: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            names |= route_names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            names.add(pattern.name)
    return names


ROUTES = sorted(route_names(api.urlpatterns))


def test_every_route_has_a_row() -> None:
    assert set(ROUTES) == set(EXPECTED) == set(ADDRESSES)


def expected(route: str, method: str, who: int) -> int:
    rows = EXPECTED[route]
    if method in rows:
        return rows[method][who]
    if method == "head" and "get" in rows:
        return rows["get"][who]
    is_personal = next(iter(rows.values()))[VISITOR] == 401
    if is_personal and who == VISITOR:
        return 401
    if next(iter(rows.values()))[STRANGER] == 403 and who != STAFF:
        return 403
    return 200 if method == "options" else 405


@pytest.mark.parametrize("route", ROUTES)
def test_who_may_do_what(
    route: str,
    client: Client,
    alices_client: Client,
    bobs_client: Client,
    staff_client: Client,
    alice: User,
    make_movie: Callable[..., Movie],
) -> None:
    url = address(route, alice, make_movie())
    people = {
        VISITOR: client,
        STRANGER: bobs_client,
        OWNER: alices_client,
        STAFF: staff_client,
    }
    for who, caller in people.items():
        for method in METHODS:
            assert answered(caller, method, url) == expected(route, method, who), (who, method)


def address(route: str, alice: User, movie: Movie) -> str:
    """The route to what Alice has."""
    Rating.objects.rate(alice, movie, 3)
    Mark.objects.add(alice, movie, Mark.Kind.WATCHLIST)
    group = membership.create(alice, "Friday")
    shared = lifecycle.create(alice, "Rainy Sundays", visibility="link")
    entries.add(shared, movie)
    viewing = Viewing.objects.log(alice, movie)
    ready = PersonalImport.objects.create(user=alice, source="imdb", state="ready")
    lists = {"list": shared.pk, "key": shared.key}
    lists |= {"imported": ready.pk}
    places = {**lists, "movie": movie.pk, "group": group.pk, "member": group.members.get().pk}
    places["viewing"] = viewing.pk
    places["token"] = create_token(alice, "Script", "read")[0].pk
    places["artist"] = Person.objects.create(name="Ridley Scott").pk
    return f"{API}/{ADDRESSES[route].format(**places)}"


def answered(caller: Client, method: str, url: str, **headers: str) -> int:
    """The status, with whatever was written undone."""
    stars = {"stars": 4} if url.endswith("/rating/") else {}
    body = {} if method in {"get", "head"} else {"data": stars}
    with transaction.atomic():
        response = getattr(caller, method)(
            url, content_type="application/json", headers=headers, **body
        )
        transaction.set_rollback(True)
    return response.status_code
