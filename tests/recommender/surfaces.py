"""Every place that recommends movies to somebody, for the test that walks them all.

Whoever builds another such place adds a function here: it gets a `Visit` and gives the ids of the
movies it recommends. `test_honoured.py` then holds it to what the person rated and put away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.test import Client

from accounts.models import User
from movies.models import Movie
from recommender.groups import membership
from recommender.models import Group
from recommender.serving.similar_steering import DIRECTIONS, Steer
from tests.recommender.similar_ids import similar_ids

API = "/api/v1"
HTMX = {"HX-Request": "true"}
# What Browse says to a member whose order is not known yet, above all movies.
TOO_EARLY = b"Rate a movie, and this order is your own"


@dataclass(frozen=True)
class Visit:
    """Somebody who is logged in, and a movie to start from where a place needs one."""

    client: Client
    user: User
    movie: Movie


Surface = Callable[[Visit], set[int]]
SURFACES: dict[str, Surface] = {}


def surface(shown: Surface) -> Surface:
    SURFACES[shown.__name__] = shown
    return shown


def cards_in(content: bytes) -> set[int]:
    """Ids of the movies whose cards a page or fragment shows."""
    cards = re.findall(r'<li class="movie">\s*<a href="/movies/(\d+)-', content.decode())
    return {int(pk) for pk in cards}


@surface
def home(visit: Visit) -> set[int]:
    content = visit.client.get("/").content
    # For somebody who has rated nothing yet: rows with the rating control.
    rows = re.findall(r'<li class="row">\s*<a href="/movies/(\d+)-', content.decode())
    return cards_in(content) | {int(pk) for pk in rows}


@surface
def home_after_boldness(visit: Visit) -> set[int]:
    chosen = {"boldness": visit.user.boldness}
    return cards_in(visit.client.post("/me/boldness/", chosen, headers=HTMX).content)


@surface
def shelves(visit: Visit) -> set[int]:
    """With the movies to rate next, which have the rating control beside them."""
    content = visit.client.get("/shelves/", headers=HTMX).content
    rows = re.findall(r'<li class="row to-rate"><a href="/movies/(\d+)-', content.decode())
    return cards_in(content) | {int(pk) for pk in rows}


@surface
def shelves_on_one_page(visit: Visit) -> set[int]:
    return cards_in(visit.client.get("/?shelves=all").content)


@surface
def api_shelves(visit: Visit) -> set[int]:
    answer = visit.client.get(f"{API}/shelves/", {"n": 12, "beside": 0}).json()
    return {movie["id"] for shelf in answer["results"] for movie in shelf["movies"]}


@surface
def browse_off_the_track(visit: Visit) -> set[int]:
    answer = visit.client.get("/movies/", {"order": "off_the_track"})
    return set() if TOO_EARLY in answer.content else cards_in(answer.content)


@surface
def browse_for_you(visit: Visit) -> set[int]:
    shown: set[int] = set()
    for page in (1, 2):
        answer = visit.client.get("/movies/", {"order": "for_you", "page": page})
        # Without a single rating there is no such order, and the catalogue shows everything.
        if answer.status_code == 200 and TOO_EARLY not in answer.content:
            shown |= cards_in(answer.content)
    return shown


@surface
def browse_for_you_narrowed(visit: Visit) -> set[int]:
    answer = visit.client.get("/movies/", {"order": "for_you", "q": "movie", "decade": 1990})
    return set() if TOO_EARLY in answer.content else cards_in(answer.content)


@surface
def movie_page(visit: Visit) -> set[int]:
    return cards_in(visit.client.get(visit.movie.get_absolute_url()).content)


@surface
def similar_steered(visit: Visit) -> set[int]:
    return {
        pk
        for direction in DIRECTIONS
        for pk in cards_in(
            visit.client.get(
                f"/movies/{visit.movie.pk}/similar/", {"steer": direction}, headers=HTMX
            ).content
        )
    }


@surface
def similar_in_full(visit: Visit) -> set[int]:
    steers = (Steer(), Steer("newer", "less-known"))
    return {
        pk
        for steer in steers
        for pk in similar_ids(visit.movie, n=100, user=visit.user, steer=steer)
    }


@surface
def api_recommendations(visit: Visit) -> set[int]:
    answer = visit.client.get(f"{API}/recommendations/", {"n": 100}).json()
    return {item["movie"]["id"] for item in answer["results"]}


@surface
def api_similar(visit: Visit) -> set[int]:
    url = f"{API}/movies/{visit.movie.pk}/similar/"
    answer = visit.client.get(url, {"n": 100, "steer": "older"}).json()
    return {movie["id"] for movie in answer["results"]}


@surface
def api_for_you(visit: Visit) -> set[int]:
    if not visit.user.ratings.exists():
        return set()
    answer = visit.client.get(f"{API}/movies/", {"order": "for_you", "page_size": 100}).json()
    return {movie["id"] for movie in answer["results"]}


def group_of(visit: Visit) -> Group:
    """A group that somebody else made and this person is in."""
    owner, _ = User.objects.get_or_create(username="evening", email="evening@example.org")
    group = owner.owned_groups.first() or membership.create(owner, "Friday evening")
    membership.join(group, visit.user)
    return group


def picks_in(client: Client, group: Group) -> set[int]:
    content = client.get(group.get_absolute_url()).content.decode()
    return {int(pk) for pk in re.findall(r'class="pick-poster" href="/movies/(\d+)-', content)}


@surface
def group_page(visit: Visit) -> set[int]:
    return picks_in(visit.client, group_of(visit))


@surface
def group_page_of_another_member(visit: Visit) -> set[int]:
    group, client = group_of(visit), Client()
    client.force_login(group.owner)
    return picks_in(client, group)


@surface
def api_group(visit: Visit) -> set[int]:
    url = f"{API}/groups/{group_of(visit).pk}/recommendations/"
    return {item["movie"]["id"] for item in visit.client.get(url, {"n": 24}).json()["results"]}


@surface
def start_question(visit: Visit) -> set[int]:
    movie = visit.client.get("/start/rate/").context["movie"]
    return {movie.pk} if movie else set()


@surface
def api_start_questions(visit: Visit) -> set[int]:
    answer = visit.client.get(f"{API}/start/questions/", {"n": 20}).json()
    return {movie["id"] for movie in answer["results"]}
