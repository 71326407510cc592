"""Who was solved a moment ago is not solved again; what anybody says counts at once."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import StartingAnswer, TrainingRun
from recommender.serving import recommend, users
from recommender.solved import MOST_PEOPLE, SolvedPeople
from recommender.training import refit


@pytest.fixture
def solutions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many ratings each person had who was solved, in order."""
    solved: list[int] = []
    before = users.fold_in

    def fold_in(items: Any, **evidence: Any) -> Any:
        solved.append(len(evidence["stars"]))
        return before(items, **evidence)

    monkeypatch.setattr(users, "fold_in", fold_in)
    return solved


def test_it_works(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
    solutions: list[int],
) -> None:
    for path in (
        "/",
        "/movies/",
        two_tastes[9].get_absolute_url(),
        "/",
        "/api/v1/recommendations/",
    ):
        assert alices_client.get(path).status_code == 200
    assert solutions == [7]


def rate_one(user: User, movies: list[Movie]) -> None:
    Rating.objects.rate(user, movies[10], 5)


def rate_another_way(user: User, movies: list[Movie]) -> None:
    Rating.objects.rate(user, movies[0], 4.5)


def take_one_back(user: User, movies: list[Movie]) -> None:
    Rating.objects.unrate(user, movies[0])


def put_one_away(user: User, movies: list[Movie]) -> None:
    Mark.objects.add(user, movies[12], Mark.Kind.NOT_INTERESTED)


def leave_the_watchlist_out(user: User, movies: list[Movie]) -> None:
    Mark.objects.add(user, movies[12], Mark.Kind.WATCHLIST)
    user.prefer(watchlist_in_lists=False)


def say_something_at_the_start(user: User, movies: list[Movie]) -> None:
    kind = StartingAnswer.Kind.values[0]
    StartingAnswer.objects.create(user=user, movie=movies[14], kind=kind)


@pytest.mark.parametrize(
    "change",
    [
        rate_one,
        rate_another_way,
        take_one_back,
        put_one_away,
        leave_the_watchlist_out,
        say_something_at_the_start,
    ],
)
def test_whatever_one_says_counts_at_once(
    fitted: TrainingRun,
    even_fan: User,
    two_tastes: list[Movie],
    change: Callable[[User, list[Movie]], None],
    solutions: list[int],
) -> None:
    recommend.recommend(even_fan, n=5)
    recommend.recommend(even_fan, n=5)
    assert len(solutions) == 1
    change(even_fan, two_tastes)
    after = recommend.recommend(even_fan, n=5)
    assert len(solutions) == 2
    model = users.current_model()
    assert model is not None
    anew = users.person_of(model, even_fan)
    assert after.person is not None
    assert after.person.rated.tolist() == anew.rated.tolist()
    assert set(after.person.excluded.tolist()) == set(anew.excluded.tolist())
    assert np.array_equal(after.person.vector.interest, anew.vector.interest)


def test_another_run_solves_anew(fitted: TrainingRun, even_fan: User, solutions: list[int]) -> None:
    recommend.recommend(even_fan, n=5)
    refit.refit(seed=8)
    recommend.recommend(even_fan, n=5)
    assert len(solutions) == 2


def test_each_person_has_their_own(
    fitted: TrainingRun, even_fan: User, bob: User, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(bob, two_tastes[1], 5)
    for _ in range(2):
        of = {user.pk: recommend.recommend(user, n=5).person for user in (even_fan, bob)}
        assert of[even_fan.pk].rated.tolist() != of[bob.pk].rated.tolist()
        assert of[bob.pk].rated.tolist() == [two_tastes[1].pk]


def test_what_is_supposed_is_kept_nowhere(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    before = recommend.recommend(even_fan, n=5)
    supposed = recommend.recommend(even_fan, n=5, supposing={two_tastes[10].pk: 0.5})
    again = recommend.recommend(even_fan, n=5)
    assert supposed.person.rated.tolist() != before.person.rated.tolist()
    assert again.person.rated.tolist() == before.person.rated.tolist()


def test_nobody_can_change_what_others_work_from(fitted: TrainingRun, even_fan: User) -> None:
    person = recommend.recommend(even_fan, n=5).person
    with pytest.raises(ValueError, match="read-only"):
        person.evidence.stars[0] = 5


def test_few_are_kept_and_none_with_very_many_ratings(
    fitted: TrainingRun, even_fan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, record = users.model_and_record(even_fan)
    assert model is not None
    kept, asked = SolvedPeople(), []

    def solve(record: Any) -> Any:
        asked.append(record)
        return users.person_of(model, even_fan)

    for user_id in range(2 * MOST_PEOPLE):
        kept.solve(user_id, record, solve)
    assert len(kept._kept) == MOST_PEOPLE
    assert min(kept._kept) == MOST_PEOPLE, "the last ones"
    monkeypatch.setattr("recommender.solved.MOST_RATINGS", 6)
    kept.solve(2 * MOST_PEOPLE - 1, record, solve)
    assert len(kept._kept) == MOST_PEOPLE - 1


def test_threads_share_them(fitted: TrainingRun, even_fan: User) -> None:
    model, record = users.model_and_record(even_fan)
    assert model is not None
    person, found = users.person_of(model, even_fan), []
    kept = SolvedPeople()

    def ask() -> None:
        for turn in range(200):
            found.append(kept.solve(turn % 40, record, lambda _record: person))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 800
    assert all(one is person for one in found)
    assert len(kept._kept) == MOST_PEOPLE
