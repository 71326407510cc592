"""Runs that cannot be loaded, or change while they are."""

import logging

import pytest
from django.test import Client

from accounts.models import User
from recommender import load_items, store
from recommender.core import ItemFactors
from recommender.models import MovieFactors, TrainingRun
from recommender.serving import model_cache
from recommender.serving.model_cache import ModelCache
from recommender.training import refit
from tests.recommender.serving.loader import Loader


def test_the_run_before_stays_in_use_and_the_next_try_waits(
    two_runs: tuple[TrainingRun, TrainingRun],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = Loader()
    cache = ModelCache(load)
    before = cache.active_model()
    refit.activate(two_runs[1])
    load.problem = OSError("disk gone")
    now = 100.0
    monkeypatch.setattr(model_cache.time, "monotonic", lambda: now)
    tries = []
    with caplog.at_level(logging.ERROR, "recommender.serving.model_cache"):
        for second in range(10):
            now = 100.0 + second
            assert cache.active_model() is before
            tries.append(len(load.loads) - 1)
    assert tries == [1, 2, 2, 3, 3, 3, 3, 4, 4, 4], "1, 2 and 4 seconds apart"
    assert "disk gone" in caplog.text
    load.problem, now = None, 200.0
    assert cache.active_model().run_id == two_runs[1].pk


def test_a_site_whose_first_run_cannot_be_loaded_still_answers(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    model_cache.forget_model()
    MovieFactors.objects.filter(run=fitted).update(vector=b"abc")
    answer = alices_client.get("/api/v1/recommendations/")
    assert answer.status_code == 200
    assert answer.json()["source"] == "popular"
    assert alices_client.get("/").status_code == 200


def test_a_run_without_rows_is_no_model(fitted: TrainingRun) -> None:
    MovieFactors.objects.filter(run=fitted).delete()
    with pytest.raises(load_items.RunIncomplete):
        store.load_items(fitted)


def test_vectors_of_different_widths_are_refused(fitted: TrainingRun) -> None:
    row = MovieFactors.objects.filter(run=fitted).last()
    row.interest = bytes(row.interest)[:-4]
    row.save()
    with pytest.raises(load_items.RunIncomplete):
        store.load_items(fitted)


def test_rows_pruned_during_the_load_are_never_served(
    two_runs: tuple[TrainingRun, TrainingRun],
) -> None:
    old, new = two_runs

    def prune_then_load(run: TrainingRun) -> ItemFactors:
        if run.pk == old.pk:
            refit.activate(new)
            half = MovieFactors.objects.filter(run=old).order_by("pk")[:20]
            MovieFactors.objects.filter(pk__in=half.values_list("pk", flat=True)).delete()
            torn = store.load_items(run)
            assert torn.n_items == 20, "the control: what was read is torn"
            return torn
        return store.load_items(run)

    model = ModelCache(prune_then_load).active_model()
    assert model.run_id == new.pk
    assert model.items.n_items == 40


def test_all_rows_pruned_during_the_load(two_runs: tuple[TrainingRun, TrainingRun]) -> None:
    old, new = two_runs

    def prune_then_load(run: TrainingRun) -> ItemFactors:
        if run.pk == old.pk:
            refit.activate(new)
            store.delete(old)
        return store.load_items(run)

    assert ModelCache(prune_then_load).active_model().run_id == new.pk


def test_without_an_active_run_the_arrays_are_freed(fitted: TrainingRun) -> None:
    cache = ModelCache()
    assert cache.active_model() is not None
    TrainingRun.objects.update(is_active=False)
    assert cache.active_model() is None
