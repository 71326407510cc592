"""All parts of a response come from one run, and one reading of the user."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.serving import model_cache, recommend
from recommender.serving.model_cache import Model
from recommender.serving.predictions import predict
from recommender.training import refit


def point_to(run: TrainingRun) -> None:
    """A switch as another process makes it: this one only finds the pointer moved."""
    TrainingRun.objects.update(is_active=False)
    TrainingRun.objects.filter(pk=run.pk).update(is_active=True)


@pytest.fixture
def runs_used(
    two_runs: tuple[TrainingRun, TrainingRun], monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """The runs that the parts of an answer ask for; after the first, the other is switched on."""
    used, hand_out = [], model_cache._pinned

    def hand_out_then_switch(find: Callable[[], Model | None]) -> Model | None:
        model = hand_out(find)
        used.append(model.run_id)
        point_to(two_runs[1])
        return model

    monkeypatch.setattr(model_cache, "_pinned", hand_out_then_switch)
    return used


def test_a_page_uses_one_run(
    two_runs: tuple[TrainingRun, TrainingRun],
    runs_used: list[int],
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
) -> None:
    for run in two_runs:
        runs_used.clear()
        assert alices_client.get(two_tastes[10].get_absolute_url()).status_code == 200
        assert set(runs_used) == {run.pk}


def test_without_the_middleware_a_page_would_mix_runs(
    two_runs: tuple[TrainingRun, TrainingRun],
    runs_used: list[int],
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
    settings: object,
) -> None:
    """The control: the test above sees two runs when there are two."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "one_model" not in name]
    alices_client.get(two_tastes[10].get_absolute_url())
    assert set(runs_used) == {run.pk for run in two_runs}


def test_a_user_is_folded_in_with_factors_of_the_run_that_answers(
    two_runs: tuple[TrainingRun, TrainingRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The active run is ahead of the arrays: the user's factors stay with the arrays."""
    member = User.objects.get(username="set:3")
    before = recommend.recommend(member, n=5)
    assert before.run_id == two_runs[0].pk
    old = model_cache.current_model()
    refit.activate(two_runs[1])
    monkeypatch.setattr(model_cache._cache, "model_of", lambda version: old)
    assert recommend.recommend(member, n=5) == before


def test_a_request_that_only_reads_reads_its_user_once(
    fitted: TrainingRun,
    even_fan: User,
    two_tastes: list[Movie],
    django_assert_num_queries: Callable[..., object],
) -> None:
    with model_cache.pinned_model(read_only=True):
        first = predict(even_fan, [two_tastes[0].pk])
        with django_assert_num_queries(0):
            assert predict(even_fan, [two_tastes[0].pk]) == first


def test_a_request_that_writes_sees_its_own_change(
    fitted: TrainingRun, alice: User, two_tastes: list[Movie]
) -> None:
    movie = two_tastes[0]
    with model_cache.pinned_model():
        before = predict(alice, [movie.pk])
        Rating.objects.rate(alice, two_tastes[2], 5)
        Rating.objects.rate(alice, two_tastes[4], 5)
        assert predict(alice, [movie.pk]) != before
