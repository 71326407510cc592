"""Picking groups of movies."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import MovieGroups, StartingAnswer, TrainingRun
from recommender.onboarding import answers
from recommender.serving import recommend
from recommender.serving.predictions import predict
from recommender.training import refit
from tests.recommender.onboarding.conftest import asked, even_values, groups, is_even, listed

Numbers = Callable[[list[int]], list[int]]
Kind = StartingAnswer.Kind


def test_groups_never_move_the_stars_either(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    everything = [movie.pk for movie in two_tastes]
    for n_ratings in (0, 3):
        for movie in two_tastes[:n_ratings]:
            Rating.objects.rate(bob, movie, 4)
        bobs_client.post("/start/groups/", {})
        stars, before = predict(bob, everything), listed(bob, 20)
        bobs_client.post("/start/groups/", {"groups": even_values(bobs_client)})
        assert predict(bob, everything) == stars
        assert listed(bob, 20) != before


def test_rated_watched_and_hidden_movies_stand_for_no_group(
    fitted: TrainingRun, bobs_client: Client, bob: User
) -> None:
    first, *others = groups(bobs_client)
    rated, watched, hidden = first.movies
    Rating.objects.rate(bob, rated, 4)
    Mark.objects.add(bob, watched, Mark.Kind.SEEN)
    Mark.objects.add(bob, hidden, Mark.Kind.NOT_INTERESTED)
    now, *others_now = groups(bobs_client)
    assert now.name == first.name
    assert len(now.movies) == 3
    assert {rated, watched, hidden}.isdisjoint(now.movies)
    assert [group.value for group in others_now] == [group.value for group in others]


def test_a_group_without_movies_left_is_not_offered(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    kept = [movie for group in groups(bobs_client)[1:] for movie in group.movies]
    for movie in two_tastes:
        if movie not in kept:
            Mark.objects.add(bob, movie, Mark.Kind.NOT_INTERESTED)
    left = groups(bobs_client)
    assert {movie for group in left for movie in group.movies} == set(kept)
    assert all(group.movies for group in left)


def test_picks_outlive_the_run_they_were_made_with(
    fitted: TrainingRun, bobs_client: Client, bob: User, numbers: Numbers
) -> None:
    even = even_values(bobs_client)
    bobs_client.post("/start/groups/", {"groups": even})
    second = refit.refit(seed=99)
    assert TrainingRun.objects.active() == second
    picked = [group for group in groups(bobs_client) if group.picked]
    assert picked
    assert all(is_even(group) for group in picked)
    assert all(n % 2 == 0 for n in numbers(listed(bob, 5)))


def test_picks_fade_as_ratings_come_in(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User, numbers: Numbers
) -> None:
    even = even_values(bobs_client)
    shares = []
    for movie in [None, *two_tastes[1:40:2]]:
        if movie:
            Rating.objects.rate(bob, movie, 5)
        bobs_client.post("/start/groups/", {})
        plain = recommend.recommend(bob, n=40).items
        bobs_client.post("/start/groups/", {"groups": even})
        said = recommend.recommend(bob, n=40).items
        ids = [{i.movie_id for i in items[:10]} for items in (plain, said)]
        shares.append(len(ids[1] - ids[0]))
    assert shares[0] >= 3
    assert said == plain  # twenty ratings say it all


def test_a_run_without_groups_asks_all_the_same(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    MovieGroups.objects.all().delete()
    assert bobs_client.get("/start/")["Location"] == "/start/rate/"
    assert asked(bobs_client) is not None
    bobs_client.post("/start/groups/", {"groups": [str(two_tastes[0].pk)]})
    assert len(listed(bob)) == 10


@pytest.mark.parametrize("value", ["x", "-", "1-x", "1-2-3-4", "9" * 30, "²", "1--2", "", " "])
def test_groups_that_no_page_shows_are_refused_and_nothing_is_lost(
    fitted: TrainingRun, bobs_client: Client, value: str
) -> None:
    even = even_values(bobs_client)
    bobs_client.post("/start/groups/", {"groups": even})
    before = set(StartingAnswer.objects.values_list("movie", flat=True))
    answer = bobs_client.post("/start/groups/", {"groups": [value]}, follow=True)
    assert "Pick again" in answer.content.decode()
    assert set(StartingAnswer.objects.values_list("movie", flat=True)) == before


def test_too_many_are_refused(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    many = [str(movie.pk) for movie in two_tastes[: answers.MAX_GROUPS + 1]]
    bobs_client.post("/start/groups/", {"groups": many})
    assert not StartingAnswer.objects.exists()
    for movie in two_tastes[: answers.MAX_FAVOURITES]:
        answers.add_favourite(bob, movie)
    form = {"movie": two_tastes[-1].pk, "on": "1"}
    assert (
        "have more favourites"
        in bobs_client.post("/start/favourite/", form, follow=True).content.decode()
    )
    assert StartingAnswer.objects.count() == answers.MAX_FAVOURITES
    assert not Mark.objects.filter(movie=two_tastes[-1]).exists()


def test_a_run_whose_rows_are_pruned_keeps_no_groups(fitted: TrainingRun) -> None:
    for seed in range(4):
        refit.refit(seed=seed)
    assert not MovieGroups.objects.filter(run=fitted).exists()
    assert MovieGroups.objects.count() == refit.RUNS_KEPT
