"""Workers and schedulers that die in the middle of a fit."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from recommender.core.fitting.engines import dask
from recommender.core.fitting.engines.dask import ClusterLost, Dask
from tests.dask_cluster import cluster, stop
from tests.recommender.core.fitting.engines.toy_plan import toy_fit

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class EndsItsProcess:
    """A hook that kills the worker that first runs a task of `block`, once for each file."""

    block: int
    files: list[Path]

    def __call__(self, block: int) -> None:
        if block != self.block:
            return
        for file in self.files:
            try:
                file.touch(exist_ok=False)
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_worker_changes_no_byte(two_workers, tmp_path, local_hash):
    """Its parts move to the other one in the first epoch, and to a new one in the second."""
    hook = EndsItsProcess(2, [tmp_path / "first"])

    def replace(epoch):
        if epoch == 0:
            assert (tmp_path / "first").exists()
            two_workers.replace_dead_workers()

    with Dask(two_workers.address) as engine:
        assert toy_fit(engine, hook=hook, on_epoch=replace) == local_hash
        assert len(set(engine._homes)) == 2


def test_a_worker_that_is_killed_between_epochs_changes_no_byte(two_workers, local_hash):
    """Results of a whole epoch are lost, none of which is being worked on."""

    def kill(epoch):
        if epoch == 0:
            stop(two_workers.workers[-1])

    with Dask(two_workers.address) as engine:
        assert toy_fit(engine, on_epoch=kill) == local_hash


def test_without_any_worker_left_the_fit_ends(two_workers, monkeypatch):
    monkeypatch.setattr(dask, "LOOK_EVERY", 0.5)

    def kill(_epoch):
        for worker in two_workers.workers:
            stop(worker)
        monkeypatch.setattr(dask, "PATIENCE", 0.5)

    with (
        pytest.raises(ClusterLost, match="no Dask worker is left"),
        Dask(two_workers.address) as engine,
    ):
        toy_fit(engine, on_epoch=kill)


def test_if_all_workers_are_lost_at_once_the_fit_ends_whoever_joins_later(two_workers, monkeypatch):
    monkeypatch.setattr(dask, "LOOK_EVERY", 0.5)

    def replace_all(epoch):
        if epoch == 0:
            for worker in two_workers.workers:
                stop(worker)

    def look(engine):
        two_workers.replace_dead_workers()
        usual(engine)

    usual = Dask._check_that_work_goes_on
    monkeypatch.setattr(Dask, "_check_that_work_goes_on", look)
    with (
        pytest.raises(ClusterLost, match="all Dask workers were lost at once"),
        Dask(two_workers.address) as engine,
    ):
        toy_fit(engine, on_epoch=replace_all)


def test_a_task_that_ends_the_workers_that_run_it_ends_the_fit(tmp_path, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    with (
        cluster(1) as own,
        pytest.raises(ClusterLost, match="died again and again"),
        Dask(own.address) as engine,
    ):
        toy_fit(engine, hook=EndsItsProcess(0, [tmp_path / "only"]))


def test_a_scheduler_that_is_gone_ends_the_fit_with_a_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(dask, "LOOK_EVERY", 0.5)
    with cluster(1) as own:

        def kill(epoch):
            stop(own.scheduler)

        with (
            pytest.raises(ClusterLost, match="the Dask scheduler is gone"),
            Dask(own.address, tmp_path) as engine,
        ):
            toy_fit(engine, on_epoch=kill)
    assert not list(tmp_path.iterdir())
