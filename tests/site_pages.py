"""Every page that somebody can look at, by who looks: what pictures, weights and checks go through.

A page that is missing here is found by `tests/pages/test_all_pages.py`.
"""

from __future__ import annotations

from django.db.models import Count
from django.utils import timezone

from movies.models import Movie, MovieList, Person, PersonalImport, Viewing

VISITOR, NEWCOMER, MEMBER, OPERATOR = "visitor", "newcomer", "member", "operator"


def pages(
    movie: Movie, rated: Movie, made: MovieList, viewing: Viewing
) -> dict[str, dict[str, str]]:
    """`{who: {name: path}}`; `movie` has no rating of the member, `rated` has one.

    `made` is a public list of the member, whose profile is public too; `viewing` is in their diary.
    Of the people in `movie`, the one with the most movies is shown.
    """
    person = f"/people/{made.owner.username}/"
    about = movie.get_absolute_url()
    everyone = {
        "home": "/",
        "browse": "/movies/",
        "search": "/movies/?q=godfahter",
        "nothing-found": "/movies/?q=zzzzqqq",
        "movie": about,
        "artist": _artist(movie).get_absolute_url(),
        "accuracy": "/accuracy/",
        "offline": "/offline/",
        "about": "/about/",
        "data-notice": "/about/data/",
        "how-it-works": "/how-it-works/",
        "public-lists": "/lists/",
        "list": made.get_absolute_url(),
        "person": person,
    }
    imports = {
        f"import-{one.state}": f"/me/import/{one.pk}/"
        for one in PersonalImport.objects.of(made.owner)
    }
    if ready := imports.get("import-ready"):
        imports["import-choose"] = f"{ready}choose/"
    return {
        VISITOR: {
            **everyone,
            "login": "/accounts/login/",
            "signup": "/accounts/signup/",
            "password-reset": "/accounts/password/reset/",
        },
        NEWCOMER: {
            "home": "/",
            "start": "/start/",
            "start-rate": "/start/rate/",
            "ratings": "/me/ratings/",
            "watchlist": "/me/watchlist/",
            "diary": "/me/diary/",
            "watched": "/me/watched/",
            "hidden": "/me/hidden/",
            "year": "/me/year/2026/",
            "taste": "/me/taste/",
            "lists": "/me/lists/",
            "list": made.get_absolute_url(),
            "person": person,
        },
        MEMBER: {
            **everyone,
            "for-you": "/movies/?order=for_you",
            "shelves": "/?shelves=all",
            "movie-rated": rated.get_absolute_url(),
            "why": f"/movies/{movie.pk}/why/",
            "rate": f"/movies/{rated.pk}/rate/",
            "what-if": f"/movies/{movie.pk}/what-if/?stars=2",
            "ratings": "/me/ratings/",
            "ratings-edit": "/me/ratings/?edit=1",
            "ratings-days": "/me/ratings/days/",
            "year": f"/me/year/{timezone.localdate().year}/",
            "watchlist": "/me/watchlist/",
            "watchlist-pick": "/me/watchlist/pick/",
            "diary": "/me/diary/",
            "diary-movie": f"/movies/{viewing.movie_id}/diary/",
            "diary-edit": f"/me/diary/{viewing.pk}/",
            "diary-delete": f"/me/diary/{viewing.pk}/delete/",
            "movie-watched": viewing.movie.get_absolute_url(),
            "watched": "/me/watched/",
            "hidden": "/me/hidden/",
            "lists": "/me/lists/",
            "list-edit": f"/lists/{made.pk}/edit/",
            "list-delete": f"/lists/{made.pk}/delete/",
            "onto-lists": f"/movies/{movie.pk}/lists/",
            "imports": "/me/import/",
            **imports,
            "request": "/movies/request/?title=Stalker",
            "profile": "/me/profile/",
            "person-as-stranger": f"{person}?as=stranger",
            "taste": "/me/taste/",
            "taste-statistics": "/me/taste/statistics/",
            "settings": "/me/settings/",
            "services": "/me/services/",
            "erase": "/me/erase/",
            "together": "/together/",
            "email": "/accounts/email/",
            "password": "/accounts/password/change/",
            "security": "/accounts/2fa/",
            "devices": "/accounts/sessions/",
            "tokens": "/me/tokens/",
        },
        OPERATOR: {"style": "/style/"},
    }


def _artist(movie: Movie) -> Person:
    """The person in `movie` with the most credits."""
    people = Person.objects.filter(pk__in=movie.credits.values("person"))
    return people.annotate(n=Count("credits")).order_by("-n", "pk")[0]
