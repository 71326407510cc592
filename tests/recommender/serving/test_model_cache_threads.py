"""Threads share one load of a run and never see half of one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from recommender import store
from recommender.core import ItemFactors
from recommender.models import TrainingRun
from recommender.serving.model_cache import Model, ModelCache
from recommender.training import refit
from tests.recommender.serving.loader import THREADS, Loader, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


def ask_at_once(cache: ModelCache) -> list[Model | None]:
    together = threading.Barrier(THREADS)

    def ask() -> Model | None:
        together.wait(30)
        return cache.active_model()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(in_thread, [ask] * THREADS))


def test_all_threads_wait_for_one_first_load(
    two_runs: tuple[TrainingRun, TrainingRun],
) -> None:
    load = Loader(seconds=0.2)
    models = ask_at_once(ModelCache(load))
    assert load.loads == [two_runs[0].pk]
    assert len({id(model) for model in models}) == 1
    assert models[0] is not None


def test_without_the_lock_all_threads_would_load(two_runs: tuple[TrainingRun, TrainingRun]) -> None:
    """The control: nothing but the lock keeps all threads from loading."""

    class NoLock:
        def acquire(self, blocking: bool = True) -> bool:
            return True

        def release(self) -> None:
            pass

    all_load = threading.Barrier(THREADS)

    def load(run: TrainingRun) -> ItemFactors:
        all_load.wait(60)
        return store.load_items(run)

    cache = ModelCache(load)
    cache._loading = NoLock()
    ask_at_once(cache)
    assert not all_load.broken


def test_while_one_thread_loads_the_others_use_the_run_before(
    two_runs: tuple[TrainingRun, TrainingRun],
) -> None:
    old, new = two_runs
    load = Loader()
    cache = ModelCache(load)
    before = cache.active_model()
    refit.activate(new)
    load.begun.clear()
    load.may_end.clear()
    with ThreadPoolExecutor(1) as thread:
        loading = thread.submit(in_thread, cache.active_model)
        assert load.begun.wait(30)
        for _ in range(50):
            assert cache.active_model() is before
        load.may_end.set()
        assert loading.result().run_id == new.pk
    assert cache.active_model().run_id == new.pk
    assert load.loads == [old.pk, new.pk]


def test_many_switches_under_many_readers_load_each_run_once_and_whole(
    two_runs: tuple[TrainingRun, TrainingRun],
) -> None:
    load = Loader()
    cache = ModelCache(load)
    expected = {run.pk: store.load_items(run).ranking.tobytes() for run in two_runs}
    assert cache.active_model().run_id == two_runs[0].pk
    done, seen = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            model = cache.active_model()
            seen.append(expected[model.run_id] == model.items.ranking.tobytes())

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(in_thread, read) for _ in range(4)]
        for turn in range(10):
            refit.activate(two_runs[(turn + 1) % 2])
            end = time.monotonic() + 60
            while cache.active_model().run_id != two_runs[(turn + 1) % 2].pk:
                assert time.monotonic() < end
                time.sleep(0.005)
        done.set()
        for reader in readers:
            reader.result()
    assert seen
    assert all(seen)
    assert len(load.loads) == 11
