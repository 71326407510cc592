"""What staff do with runs: pins hold, cancelled refits stop, pauses pause."""

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from movies.models import Movie, Rating
from recommender import store
from recommender.core import Epoch
from recommender.model_room import control
from recommender.models import MovieFactors, RefitPolicy, TrainingRun
from recommender.training import policy, refit
from recommender.training.progress import Progress

State = TrainingRun.State


@pytest.fixture
def make_ready(make_movie: Any) -> Any:
    """Ready runs with a row of factors each, without a fit."""
    movie, blob = make_movie(), b"\0" * 4

    def make(**fields: Any) -> TrainingRun:
        run = TrainingRun.objects.create(
            **{"state": State.READY, "finished_at": timezone.now(), **fields}
        )
        MovieFactors.objects.create(
            run=run,
            movie=movie,
            bias=0,
            n_ratings=1,
            vector=blob,
            implicit=blob,
            interest=blob,
            variance=blob,
        )
        return run

    return make


class TestPins:
    def test_a_pinned_run_is_served_while_refits_go_on(
        self, fitted: TrainingRun, caplog: pytest.LogCaptureFixture
    ) -> None:
        second = refit.refit(seed=2)
        assert second.comparison["run"] == fitted.pk
        assert control.serve(fitted), "a newer one waits, so it is pinned"
        third = refit.refit(seed=3)
        assert (third.state, third.is_active) == (State.READY, False)
        assert TrainingRun.objects.active() == fitted
        assert store.has_rows(third), "it waits whole"
        assert control.unpin() == third
        assert refit.refit(seed=4).is_active

    def test_the_newest_run_needs_no_pin(self, make_ready: Any) -> None:
        make_ready(is_active=True)
        newest = make_ready()
        assert not control.serve(newest)
        assert control.pinned() is None
        assert TrainingRun.objects.active() == newest

    def test_serving_the_newest_ends_a_pin(self, make_ready: Any) -> None:
        older, newest = make_ready(), make_ready(is_active=True)
        control.pin(older)
        assert control.pinned() == older
        control.serve(newest)
        assert control.pinned() is None

    def test_a_run_without_factors_is_not_pinned(self, make_ready: Any) -> None:
        served = make_ready(is_active=True)
        for run in (TrainingRun(pk=99), TrainingRun.objects.create(state=State.READY)):
            with pytest.raises(control.NotPossible):
                control.pin(run)
        assert control.pinned() is None
        assert TrainingRun.objects.active() == served

    def test_pruning_keeps_the_pinned_run(self, make_ready: Any) -> None:
        pinned = make_ready()
        control.pin(pinned)
        for _ in range(5):
            make_ready()
        refit.prune()
        assert store.has_rows(pinned)

    def test_the_commands(self, make_ready: Any) -> None:
        older, newest = make_ready(), make_ready(is_active=True)
        out = StringIO()
        call_command("rollback", stdout=out)
        assert "stays live until" in out.getvalue()
        assert control.pinned() == older
        call_command("unpin", stdout=out)
        assert TrainingRun.objects.active() == newest
        call_command("unpin", stdout=out)
        assert "No run was pinned" in out.getvalue()


class TestCancelling:
    def test_a_running_refit_stops_at_its_next_epoch(
        self, two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("recommender.training.progress.SECONDS_BETWEEN_WRITES", 0.0)
        seen: list[int] = []
        epoch_before = Progress.epoch

        def epoch(self: Progress, epoch: Epoch) -> None:
            seen.append(epoch.epoch)
            if len(seen) == 3:
                control.cancel(self.run)
            epoch_before(self, epoch)

        monkeypatch.setattr(Progress, "epoch", epoch)
        run = refit.refit(seed=1)
        assert (run.state, run.reason) == (State.CANCELLED, "cancelled")
        assert len(seen) == 3
        assert not store.has_rows(run)
        assert TrainingRun.objects.active() is None

    def test_it_is_not_started_again_at_once(self, two_tastes: list[Movie]) -> None:
        run = control.request()
        control.cancel(run)
        assert not refit.is_due(), "not before the interval is over"

    @pytest.mark.parametrize("state", [State.READY, State.REJECTED, State.FAILED, State.CANCELLED])
    def test_what_has_ended_is_not_cancelled(self, db: None, state: str) -> None:
        run = TrainingRun.objects.create(state=state)
        with pytest.raises(control.NotPossible):
            control.cancel(run)
        run.refresh_from_db()
        assert run.state == state


class TestPublishing:
    def test_a_rejected_run_is_fitted_again_and_goes_live(
        self, two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rejected = TrainingRun.objects.create(state=State.REJECTED, seed=11)
        queued = control.publish_anyway(rejected)
        forced: list[bool] = []
        monkeypatch.setattr(refit, "check", lambda *_run, force, **_rest: forced.append(force))
        run = refit.refit()
        assert run == queued
        assert (run.seed, run.is_active, forced) == (11, True, [True])

    def test_others_are_not(self, db: None) -> None:
        for state in (State.READY, State.FAILED, State.RUNNING):
            with pytest.raises(control.NotPossible):
                control.publish_anyway(TrainingRun.objects.create(state=state))


class TestPolicy:
    @pytest.fixture(autouse=True)
    def a_change_since_an_old_run(self, two_tastes: list[Movie]) -> None:
        long_ago = timezone.now() - timedelta(hours=2)
        TrainingRun.objects.create(state=State.READY, is_active=True, created_at=long_ago)

    def test_a_pause_stops_what_starts_by_itself(self) -> None:
        assert refit.is_due()
        call_command("pause_refits", stdout=StringIO())
        assert not refit.is_due()
        control.request()
        assert refit.is_due(), "requested ones run"
        TrainingRun.objects.queued().delete()
        call_command("pause_refits", "--end", stdout=StringIO())
        assert refit.is_due()

    def test_the_row_goes_before_the_environment_and_counts_at_once(self, settings: Any) -> None:
        settings.REFIT_INTERVAL, settings.REFIT_MIN_CHANGES = 900, 1
        assert refit.is_due()
        RefitPolicy.objects.create(interval=3 * 3600)
        assert not refit.is_due()
        RefitPolicy.objects.update(interval=None, min_changes=10**6)
        assert not refit.is_due()
        RefitPolicy.objects.update(min_changes=None)
        assert refit.is_due()
        assert policy.current().tolerance == policy.TOLERANCE
        RefitPolicy.objects.update(tolerance=0.5)
        assert policy.current().tolerance == 0.5

    def test_there_is_one_row(self) -> None:
        RefitPolicy.objects.locked()
        RefitPolicy.objects.locked()
        assert RefitPolicy.objects.count() == 1


class TestLog:
    def test_every_deed_leaves_one_line(
        self, make_ready: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "recommender.runs")
        older, _newest = make_ready(), make_ready(is_active=True)
        control.pin(older)
        control.unpin()
        control.pause()
        control.resume()
        control.cancel(control.request())
        events = [record.event for record in caplog.records if record.name == "recommender.runs"]
        assert events == [
            *("switch", "pin", "switch", "unpin", "pause", "resume"),
            *("request", "cancel"),
        ]

    def test_a_refit_leaves_one_line_with_its_figures(
        self, db: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        run = refit.refit(seed=1)
        (line,) = [one for one in caplog.records if getattr(one, "event", "") == "refit"]
        assert (line.run, line.state, line.levelname) == (run.pk, "rejected", "WARNING")
        assert "no ratings" in line.getMessage()


def test_the_comparison_of_a_run_with_itself(fitted: TrainingRun, two_tastes: list[Movie]) -> None:
    Rating.objects.filter(pk=Rating.objects.latest("pk").pk).update(half_stars=3)
    same = refit.refit(seed=fitted.seed)
    compared = same.comparison
    assert compared["n_people"] == 40
    assert 0.9 < compared["overlap"] <= 1
    assert compared["stars_moved"] < 0.3
