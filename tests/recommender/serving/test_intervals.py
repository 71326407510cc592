"""How sure a prediction is, as pages and the API say it."""

import re
from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.core import IntervalWeights
from recommender.models import TrainingRun
from recommender.serving.cards import cards_for
from recommender.serving.predictions import PredictedStars, predict
from recommender.training import refit
from tests.api.conftest import API

LONE = "One person's darling"
SURENESS = re.compile(r'<p class="sureness">[^<]*\d\.\d to \d\.\d\.</p>')


def spread_for(user: User, movie: Movie) -> float:
    return predict(user, [movie.pk])[movie.pk].spread


def movie_of(client: Client, movie: Movie) -> dict:
    return client.get(f"{API}/movies/{movie.pk}/").json()


def test_it_works(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    answer = movie_of(alices_client, two_tastes[10])
    predicted = answer["predicted"]
    assert 0.5 <= predicted["low"] < predicted["stars"] <= predicted["high"] <= 5
    assert spread_for(even_fan, two_tastes[10]) > 0.1
    listed = alices_client.get(f"{API}/recommendations/").json()["results"]
    assert all(item["movie"]["predicted"]["low"] >= 0.5 for item in listed)
    page = alices_client.get(two_tastes[10].get_absolute_url()).content.decode()
    assert SURENESS.search(page)
    Mark.objects.add(even_fan, two_tastes[10], Mark.Kind.WATCHLIST)
    assert SURENESS.search(alices_client.get("/me/watchlist/pick/").content.decode())


def test_a_fit_learns_how_sure_it_is(two_tastes: list[Movie]) -> None:
    run = refit.refit(seed=7)
    assert IntervalWeights.from_dict(run.summary["spread"]) == IntervalWeights(), "too few to say"
    many = User.objects.bulk_create(
        User(username=f"more:{n}", is_active=False, is_dataset_member=True) for n in range(60)
    )
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=(n * 7 + k * 3) % 10 + 1)
        for n, user in enumerate(many)
        for k, movie in enumerate(two_tastes)
    )
    learned = IntervalWeights.from_dict(refit.refit(seed=7, force=True).summary["spread"])
    assert learned != IntervalWeights()
    assert all(weight >= 0 for weight in learned.to_dict().values())


def test_ratings_of_mine_make_it_surer(
    fitted: TrainingRun, bob: User, two_tastes: list[Movie]
) -> None:
    spreads = [spread_for(bob, two_tastes[30])]
    for number in range(0, 24, 2):
        Rating.objects.rate(bob, two_tastes[number], 4.5)
        Rating.objects.rate(bob, two_tastes[number + 1], 1)
    spreads.append(spread_for(bob, two_tastes[30]))
    assert spreads[1] < spreads[0]


def test_for_a_visitor_and_of_a_rated_movie_nothing_is_sure(
    fitted: TrainingRun, even_fan: User, client: Client, alices_client: Client, two_tastes: list
) -> None:
    assert movie_of(client, two_tastes[10])["predicted"] is None
    assert 'class="sureness"' not in client.get(two_tastes[10].get_absolute_url()).content.decode()
    article = alices_client.get(two_tastes[0].get_absolute_url()).content.decode()
    assert 'class="sureness"' not in article.partition("</article>")[0]


def test_darlings_of_single_people_do_not_fill_the_list(
    two_tastes: list[Movie], even_fan: User, alices_client: Client
) -> None:
    fans = User.objects.filter(username__startswith="set:")
    darlings = Movie.objects.bulk_create(
        Movie(title=f"{LONE} {n}", title_key=f"darling {n}") for n in range(200)
    )
    Rating.objects.bulk_create(
        Rating(user=fans[n % 7], movie=movie, half_stars=10) for n, movie in enumerate(darlings)
    )
    run = refit.refit(seed=7)
    assert run.state == TrainingRun.State.READY, run.reason
    items = alices_client.get(f"{API}/recommendations/", {"n": 10}).json()["results"]
    assert len([item for item in items if LONE in item["movie"]["title"]]) <= 1
    alone, known = (spread_for(even_fan, m) for m in (darlings[0], two_tastes[10]))
    assert alone > known


@pytest.mark.parametrize(("stars", "low", "high"), [(4.8, 3.5184, 5.0), (0.7, 0.5, 1.9816)])
def test_the_interval_ends_where_the_scale_does(stars: float, low: float, high: float) -> None:
    both = PredictedStars(stars, 1.0)
    assert (both.low, both.high) == (pytest.approx(low), pytest.approx(high))
    assert both == stars


def test_a_card_says_so_in_words_where_a_prediction_is_unsure(
    alice: User, make_movie: Callable
) -> None:
    sure, unsure, rated = (make_movie(title) for title in "abc")
    for movie in (sure, unsure, rated):
        movie.own_half_stars, movie.hidden_as = (8 if movie == rated else None), None
    stars = {sure.pk: PredictedStars(3, 1.0), unsure.pk: PredictedStars(3, 1.5)}
    cards = cards_for(alice, [sure, unsure, rated], stars | {rated.pk: PredictedStars(3, 1.5)})
    assert [card.is_unsure for card in cards] == [False, True, False]
    html = render_to_string("movies/_cards.html", {"cards": cards})
    assert html.count("not sure yet") == 1
