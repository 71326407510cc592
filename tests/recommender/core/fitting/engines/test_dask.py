"""Fits on the workers of a Dask cluster: the same bytes, where tasks run, what is refused."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from distributed import Client

from recommender.core.fitting.engines import Local, dask
from recommender.core.fitting.engines.dask import ClusterLost, Dask, rehouse
from tests.recommender.core.fitting.engines.toy_plan import toy_fit
from tests.site import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def client(two_workers):
    with Client(two_workers.address, set_as_default=False) as client:
        yield client


@pytest.fixture
def engine(client, tmp_path):
    with Dask(client, tmp_path) as engine:
        yield engine


def process(_workers, _part):
    return os.getpid()


def size(_workers, array):
    return array.nbytes


def divide(_workers, a, b):
    return a / b


def refuse(_workers, _part):
    raise PermissionError("not this one")


def test_it_works(engine, local_hash):
    assert toy_fit(engine) == local_hash
    assert toy_fit(engine) == local_hash


def test_an_address_is_enough_and_nothing_stays_behind(two_workers, client, tmp_path, local_hash):
    with Dask(two_workers.address, str(tmp_path)) as engine:
        assert toy_fit(engine, n_epochs=1) != local_hash
    assert not list(tmp_path.iterdir())
    assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.clients)) == 2


def test_neighbouring_parts_live_on_one_worker(engine):
    where = engine.get(engine.map(process, range(6)))
    assert len(set(where[:3])) == len(set(where[3:])) == 1
    assert where[0] != where[3]
    assert os.getpid() not in where


def test_the_sum_is_taken_in_the_order_of_the_local_one(engine):
    # Their sum depends on the order, as that of most floats.
    values = [1e16, 1.0, -1e16, 1.0, 3.0]
    with Local(1) as local:
        assert engine.get([engine.sum(values)]) == [local.sum(values)]
    assert local.sum(values) != sum(values)


def test_handles_may_be_in_lists(engine):
    handles = engine.map(divide, [1.0, 6.0], [2.0, 3.0])
    [largest] = engine.get([engine.one(_largest, handles, [("a", handles[0])])])
    assert largest == (2.0, ("a", 0.5))


def _largest(_workers, numbers, pairs):
    return max(numbers), pairs[0]


def test_a_large_value_of_the_driver_goes_by_file(engine, tmp_path):
    large, small = np.zeros(dask.LARGE), np.zeros(10)
    assert engine.get(engine.map(size, [large, large, small])) == [8 * dask.LARGE] * 2 + [80]
    written = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(bytes_ > dask.LARGE for bytes_ in written) == 1


def test_what_a_task_raises_is_raised_here_as_it_is(engine):
    with pytest.raises(PermissionError, match="not this one"):
        engine.get(engine.map(refuse, [0, 1]))


def test_numpys_error_state_goes_with_the_task(engine):
    ones, zeros = np.ones(2), np.zeros(2)
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        engine.get([engine.one(divide, ones, zeros)])
    with np.errstate(divide="ignore"):
        assert np.isinf(engine.get([engine.one(divide, ones, zeros)])[0]).all()


def test_checkpoints_of_earlier_epochs_are_deleted(engine, tmp_path):
    toy_fit(engine, n_epochs=6)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    # Those of the last two epochs, and the one that all workers had to see.
    assert len(files) <= 2 * 8 + 1


def test_what_an_epoch_raises_ends_the_fit_on_the_cluster(client, tmp_path):
    class Cancelled(Exception):
        pass

    def cancel(_epoch):
        raise Cancelled

    with pytest.raises(Cancelled), Dask(client, tmp_path) as engine:
        toy_fit(engine, on_epoch=cancel)
    assert not list(tmp_path.iterdir())
    eventually(lambda: not client.run_on_scheduler(_tasks_of_the_plan))


def _tasks_of_the_plan(dask_scheduler):
    return [key for key in dask_scheduler.tasks if key.startswith(("steps", "make"))]


def test_without_the_extra_the_message_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match=r"requirements-dask\.txt"):
        Dask("tcp://127.0.0.1:1")


def test_an_address_where_nobody_answers_is_refused(monkeypatch):
    monkeypatch.setattr(dask, "PATIENCE", 0.5)
    with pytest.raises(ClusterLost, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        Dask("tcp://127.0.0.1:1")
    with pytest.raises(ClusterLost, match="no Dask scheduler answers at nonsense"):
        Dask("nonsense://nowhere")


def test_a_worker_of_another_version_is_refused(client, tmp_path, monkeypatch):
    other = dask.versions()._replace(numpy="0.1", code="abc")
    monkeypatch.setattr(dask, "versions", lambda: other)
    # The workers must not be asked by that function either: it would be pickled with its answer.
    monkeypatch.setattr(client, "run", lambda function: {"tcp://a": other._replace(code="def")})
    with pytest.raises(ValueError, match=r"tcp://a can't take part: .*recommender\.core def"):
        Dask(client, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_dead_workers_parts_go_to_a_new_one_or_are_shared_out():
    assert rehouse(["a", "b"], ["a", "b", "c"]) == ["a", "b"]
    assert rehouse(["a", "b"], ["c", "d"]) == ["c", "d"]
    assert rehouse(["a", "b", "c", "d"], ["a", "b"]) == ["a", "b", "a", "b"]
    assert rehouse(["a", "b", "a", "b"], ["a", "b", "e"]) == ["a", "b", "e", "b"]


def test_a_worker_that_does_not_see_the_folder_is_refused(client, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "touch", lambda path: None)
    with pytest.raises(ValueError, match=f"does not see {tmp_path}: give a folder"):
        Dask(client, tmp_path)
    assert not list(tmp_path.iterdir())
