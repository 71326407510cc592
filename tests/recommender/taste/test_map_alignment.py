"""Refits keep the picture of the map."""

import json

import numpy as np
import pytest

from movies.models import Movie
from recommender.models import TasteMap, TrainingRun
from recommender.taste.map import MovieMap
from recommender.training import refit


def correlation(before: MovieMap, after: MovieMap, axis: int = 0) -> float:
    """Of the movies' places along an axis of two maps."""
    order = [before.movie_ids.tolist().index(pk) for pk in after.movie_ids.tolist()]
    return float(np.corrcoef(before.places[order, axis], after.places[:, axis])[0, 1])


def test_a_refit_with_another_seed_keeps_the_map(fitted: TrainingRun) -> None:
    before = MovieMap.of_run(fitted.pk)
    second, third = refit.refit(seed=99), refit.refit(seed=4)
    assert third.is_active
    # Both onto the first: turned onto the last one each time, axes would walk away.
    for run in (second, third):
        assert TasteMap.objects.get(run=run).content["aligned_to"] == fitted.pk
        assert correlation(before, MovieMap.of_run(run.pk)) > 0.95


def test_a_mirrored_map_stays_mirrored(fitted: TrainingRun) -> None:
    """What is on show decides, not the rule for a first picture."""
    stored = TasteMap.objects.get()
    stored.content["places"] = (-np.array(stored.content["places"])).tolist()
    stored.save()
    before = MovieMap.of_run(fitted.pk)
    again = refit.refit(seed=7)
    assert correlation(before, MovieMap.of_run(again.pk)) > 0.95


def test_a_map_that_no_longer_fits_is_not_aligned_to(fitted: TrainingRun) -> None:
    stored = TasteMap.objects.get()
    shuffled = np.random.default_rng(3).permutation(np.array(stored.content["places"]))
    stored.content["places"] = shuffled.tolist()
    stored.save()
    again = refit.refit(seed=7)
    assert TasteMap.objects.get(run=again).content["aligned_to"] is None


def test_maps_of_pruned_runs_are_deleted(fitted: TrainingRun) -> None:
    for seed in range(4):
        refit.refit(seed=seed)
    assert TasteMap.objects.count() == refit.RUNS_KEPT
    assert not TasteMap.objects.filter(run=fitted).exists()


def test_a_map_that_fails_does_not_keep_the_run_from_serving(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch, caplog: object
) -> None:
    def fail(*args: object) -> None:
        raise np.linalg.LinAlgError("did not converge")

    monkeypatch.setattr("recommender.taste.map_builder.principal_components", fail)
    run = refit.refit(seed=7)
    assert run.is_active
    assert not TasteMap.objects.exists()
    assert "has no taste map" in caplog.text


def test_what_is_stored_is_small_json(fitted: TrainingRun) -> None:
    content = TasteMap.objects.get(run=fitted).content
    assert len(json.dumps(content)) < 30_000
    assert len(content["movies"]) == len(content["places"]) == 40
    assert content["everyone"]["raters"] == 40
