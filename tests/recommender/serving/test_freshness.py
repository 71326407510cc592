"""Whatever a user says counts from the next request on, without a refit."""

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import StartingAnswer, TrainingRun
from recommender.serving import recommend, user_state, users
from recommender.training import refit

Change = Callable[[User, list[Movie]], None]


def add_a_rating(user: User, movies: list[Movie]) -> None:
    Rating.objects.rate(user, movies[10], 5)


def change_a_rating(user: User, movies: list[Movie]) -> None:
    Rating.objects.rate(user, movies[0], 4.5)


def delete_a_rating(user: User, movies: list[Movie]) -> None:
    Rating.objects.unrate(user, movies[0])


def hide_a_movie(user: User, movies: list[Movie]) -> None:
    Mark.objects.add(user, movies[12], Mark.Kind.NOT_INTERESTED)


def leave_the_watchlist_out(user: User, movies: list[Movie]) -> None:
    Mark.objects.add(user, movies[12], Mark.Kind.WATCHLIST)
    user.prefer(watchlist_in_lists=False)


def pick_a_group(user: User, movies: list[Movie]) -> None:
    StartingAnswer.objects.create(user=user, movie=movies[14], kind=StartingAnswer.Kind.GROUP)


def name_a_favourite(user: User, movies: list[Movie]) -> None:
    StartingAnswer.objects.create(user=user, movie=movies[14], kind=StartingAnswer.Kind.FAVOURITE)


CHANGES = [
    add_a_rating,
    change_a_rating,
    delete_a_rating,
    hide_a_movie,
    leave_the_watchlist_out,
    pick_a_group,
    name_a_favourite,
]


@pytest.fixture(params=[user_state.MOST_RATINGS_KEPT, 0], ids=["kept", "solved anew"])
def most_kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of how many ratings the process keeps the solutions."""
    monkeypatch.setattr(user_state, "MOST_RATINGS_KEPT", request.param)


@pytest.mark.usefixtures("most_kept")
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_counts_at_once(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie], change: Change
) -> None:
    before = recommend.recommend(even_fan, n=5)
    assert recommend.recommend(even_fan, n=5) == before
    change(even_fan, two_tastes)
    after = recommend.recommend(even_fan, n=5)
    assert after != before
    model = users.current_model()
    assert model is not None
    anew = users.fold_in_user(model, even_fan)
    assert after.folded_in is not None
    assert after.folded_in.rated.tolist() == anew.rated.tolist()
    assert set(after.folded_in.excluded.tolist()) == set(anew.excluded.tolist())
    assert np.array_equal(after.folded_in.vector.interest, anew.vector.interest)


def test_the_next_page_follows_a_rating_from_the_page_before(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    picks = "/api/v1/recommendations/?n=5"
    before = alices_client.get(picks).json()["results"]
    rated = before[0]["movie"]["id"]
    movie = Movie.objects.get(pk=rated)
    alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": "1"})
    after = alices_client.get(picks).json()["results"]
    assert rated not in [item["movie"]["id"] for item in after]
    stars = {item["movie"]["id"]: item["movie"]["predicted"] for item in before}
    both = [item for item in after if item["movie"]["id"] in stars]
    assert any(item["movie"]["predicted"] != stars[item["movie"]["id"]] for item in both)


@pytest.mark.usefixtures("most_kept")
def test_another_run_counts_at_once(fitted: TrainingRun, even_fan: User) -> None:
    before = recommend.recommend(even_fan, n=5)
    second = refit.refit(seed=8)
    after = recommend.recommend(even_fan, n=5)
    assert (before.run_id, after.run_id) == (fitted.pk, second.pk)


@pytest.mark.usefixtures("most_kept")
def test_each_user_has_their_own(
    fitted: TrainingRun, even_fan: User, bob: User, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(bob, two_tastes[1], 5)
    for _ in range(2):
        of = {user.pk: recommend.recommend(user, n=5).folded_in for user in (even_fan, bob)}
        assert of[even_fan.pk].rated.tolist() != of[bob.pk].rated.tolist()
        assert of[bob.pk].rated.tolist() == [two_tastes[1].pk]


@pytest.mark.usefixtures("most_kept")
def test_what_if_leaves_no_trace(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    before = recommend.recommend(even_fan, n=5)
    supposed = recommend.recommend(even_fan, n=5, what_if_ratings={two_tastes[10].pk: 0.5})
    assert supposed.folded_in.rated.tolist() != before.folded_in.rated.tolist()
    assert recommend.recommend(even_fan, n=5) == before


@pytest.mark.parametrize("path", ["/", "movie", "/api/v1/recommendations/"])
def test_a_page_solves_its_user_once(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    solved = []
    fold_in = users.fold_in

    def counting(items: object, **ratings: object) -> object:
        solved.append(len(ratings["stars"]))
        return fold_in(items, **ratings)

    monkeypatch.setattr(users, "fold_in", counting)
    url = two_tastes[9].get_absolute_url() if path == "movie" else path
    assert alices_client.get(url).status_code == 200
    assert solved == [7]


def test_a_solution_is_kept_while_nothing_changes(
    fitted: TrainingRun,
    even_fan: User,
    bob: User,
    two_tastes: list[Movie],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(user_state, "MOST_RATINGS_KEPT", 2 * user_state.LEAST_RATINGS_KEPT)
    Rating.objects.rate(bob, two_tastes[1], 5)

    def solved(user: User) -> users.FoldedInUser:
        folded_in = users.model_and_user(user)[1]
        assert folded_in is not None
        return folded_in

    first = solved(even_fan)
    assert solved(even_fan) is first
    solved(bob)
    assert solved(even_fan) is not first, "the two are too many, and Bob was the last"
    assert np.array_equal(solved(even_fan).vector.vector, first.vector.vector)
