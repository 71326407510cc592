"""What pages print agrees with the order they show: in half steps of the stars, on every scale."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.core.boldness import most_rated
from recommender.core.fold_in import own_mean
from recommender.core.ranking import half_steps, predicted_stars, score_items
from recommender.groups import membership
from recommender.groups.recommend import recommend_to_group
from recommender.home.shelves import shelves_for
from recommender.models import Group, TrainingRun
from recommender.serving.model_cache import current_model
from recommender.serving.predictions import predict
from recommender.serving.recommend import best_rows, recommend
from recommender.serving.users import fold_in_user

HTMX = {"HX-Request": "true"}
API = "/api/v1"


@pytest.fixture
def torn(alice: User, two_tastes: list[Movie], fitted: TrainingRun) -> User:
    """Alice rather likes even movies, so that her predictions are all over the scale."""
    for number, stars in ((0, 5), (1, 1.5), (2, 4), (4, 4.5), (5, 1), (8, 3)):
        Rating.objects.rate(alice, two_tastes[number], stars)
    return alice


def printed(html: str) -> list[float]:
    """The predicted stars of the cards, from top to bottom."""
    return [float(number) for number in re.findall(r"☆ (?:</span>)?([\d.]+)<", html)]


def falls(numbers: list[float]) -> bool:
    return all(before >= after for before, after in pairwise(numbers))


def test_the_order_of_scores_alone_would_contradict_the_stars(torn: User) -> None:
    """What the tests below are worth."""
    items = sorted(recommend(torn, n=24).items, key=lambda item: -item.score)
    assert not falls(half_steps([item.stars for item in items]).tolist())


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/movies/?order=for_you",
        "/movies/?order=for_you&page=2",
        "/movies/?order=for_you&decade=1990",
        "/movies/?order=off_the_track",
        "/movies/?order=predicted",
        "what-if",
    ],
)
def test_no_page_contradicts_itself(
    torn: User, two_tastes: list[Movie], alices_client: Client, path: str
) -> None:
    if path == "what-if":
        path = f"/movies/{two_tastes[9].pk}/what-if/?stars=4.5"
    stars = printed(alices_client.get(path).content.decode())
    assert len(stars) >= 8
    assert falls(stars), stars
    assert all(2 * star == int(2 * star) for star in stars)


def test_no_shelf_contradicts_itself(
    torn: User, two_tastes: list[Movie], alices_client: Client
) -> None:
    for movie in two_tastes[20:30]:
        Mark.objects.add(torn, movie, Mark.Kind.WATCHLIST)
    page = alices_client.get("/shelves/", headers=HTMX).content.decode()
    shelves = [printed(part) for part in page.split('<h2 id="shelf-')[1:]]
    assert len([stars for stars in shelves if len(stars) > 1]) >= 2
    assert all(falls(stars) for stars in shelves), shelves


@pytest.mark.parametrize(
    ("path", "stars_of"),
    [
        (
            "/recommendations/?n=24",
            lambda answer: [item["movie"]["predicted"]["stars"] for item in answer["results"]],
        ),
        (
            "/movies/?order=for_you&page_size=12",
            lambda answer: [movie["predicted"]["stars"] for movie in answer["results"]],
        ),
    ],
)
def test_nor_does_the_api(
    torn: User, alices_client: Client, path: str, stars_of: Callable[[Any], list[float]]
) -> None:
    stars = stars_of(alices_client.get(API + path).json())
    assert len(stars) >= 12
    assert falls(half_steps(stars).tolist())


def test_most_predicted_stars_is_sorted_by_the_very_stars(
    torn: User, alices_client: Client
) -> None:
    answer = alices_client.get(f"{API}/movies/?order=predicted&page_size=100").json()
    ids = [movie["id"] for movie in answer["results"]]
    stars = predict(torn, ids)
    assert len(ids) == 34
    assert falls([float(stars[pk]) for pk in ids])
    assert ids != [item.movie_id for item in recommend(torn, n=100).items]


@pytest.mark.parametrize(
    ("scale", "shape", "exact"),
    [
        ("stars", r"[0-5]\.[05]", r"[0-5]\.\d"),
        ("10", r"(10|\d)\.0", r"\d+\.\d"),
        ("100", r"(100|\d0)", r"\d+"),
    ],
)
def test_cards_print_half_stars_on_every_scale_and_the_movie_page_the_number(
    torn: User, alices_client: Client, scale: str, shape: str, exact: str
) -> None:
    torn.prefer(scale=scale)
    factor = {"stars": 1, "10": 2, "100": 20}[scale]
    page = alices_client.get("/").content.decode()
    shown = re.findall(r"☆ ([\d.]+)<", page)
    assert len(shown) == 12
    assert all(re.fullmatch(shape, number) for number in shown), shown
    picks = recommend(torn, n=12).items
    assert [float(number) for number in shown] == [
        float(half_steps(item.stars)) * factor for item in picks
    ]
    off_grid = next(item for item in picks if abs(item.stars - half_steps(item.stars)) > 0.07)
    movie = Movie.objects.get(pk=off_grid.movie_id)
    detail = alices_client.get(movie.get_absolute_url()).content.decode()
    [number] = re.findall(rf'class="big-stars"><strong>({exact})</strong>', detail)
    assert float(number) == pytest.approx(off_grid.stars * factor, abs=0.05 if factor < 20 else 0.5)


@pytest.mark.parametrize("rule", Group.Rule.values)
def test_a_group_is_sorted_by_the_stars_printed_for_it(torn: User, bob: User, rule: str) -> None:
    for movie in Movie.objects.order_by("-pk")[:3]:
        Rating.objects.rate(bob, movie, 4)
    group = membership.create(torn, "Friday evening")
    membership.join(group, bob)
    picks = recommend_to_group(list(group.members.present()), rule, n=20).items
    assert len(picks) >= 12
    stars = [pick.group_stars(rule) for pick in picks]
    assert falls(stars)
    assert len(set(stars)) > 1 or rule == Group.Rule.VETO


def test_what_is_below_ones_own_mean_comes_only_where_others_run_out(torn: User) -> None:
    model = current_model()
    folded_in = fold_in_user(model, torn)
    scores = score_items(model.items, folded_in.vector)
    rated = model.known_rows(folded_in.rated)
    mean = own_mean(model.items, folded_in.user_ratings.stars)
    is_above = np.clip(predicted_stars(model.items, folded_in.vector), 0.5, 5.0) >= mean
    n_above = int(np.delete(is_above, rated).sum())
    assert 3 < n_above < 34
    everything = best_rows(model, folded_in, scores, 34, rated)
    assert is_above[everything].tolist() == [True] * n_above + [False] * (34 - n_above)
    for part in (everything[:n_above], everything[n_above:]):
        assert falls(scores[part].tolist()), "else best first"
    # Two of the three best candidates for a page of one may be below: still one that is not.
    liked, disliked = everything[0], everything[-2:]
    scores[disliked] = scores[liked] + 1
    assert best_rows(model, folded_in, scores, 1, rated).tolist() == [liked]


def test_off_the_beaten_track_is_none_of_the_best_known(torn: User) -> None:
    shelf = next(shelf for shelf in shelves_for(torn).shelves if shelf.kind == "off-the-track")
    items = current_model().items
    best_known = set(items.item_ids[most_rated(items)].tolist())
    assert len(best_known) == 4
    assert len(shelf.movies) >= 2
    assert not best_known & {movie.pk for movie in shelf.movies}
