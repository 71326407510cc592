"""One process's copy of the active run: loaded once, switched without a seam, never torn."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.core import ItemFactors
from recommender.models import MovieFactors, TrainingRun
from recommender.serving import model_cache, recommend
from recommender.serving.model_cache import Model, ModelCache
from recommender.serving.predictions import predict
from recommender.training import load_items, refit, store

THREADS = 12


class Loader:
    """Loads as the site does, counting, and as slowly as a test wants."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.loads: list[int] = []
        self.seconds = seconds
        self.problem: Exception | None = None
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.may_end.set()

    def __call__(self, run: TrainingRun) -> ItemFactors:
        self.loads.append(run.pk)
        self.begun.set()
        assert self.may_end.wait(30)
        time.sleep(self.seconds)
        if self.problem:
            raise self.problem
        return store.load_items(run)


def in_thread(call: Callable[[], Model | None]) -> Model | None:
    """`call`, leaving no database connection behind."""
    try:
        return call()
    finally:
        connection.close()


def ask_at_once(cache: ModelCache) -> list[Model | None]:
    together = threading.Barrier(THREADS)

    def ask() -> Model | None:
        together.wait(30)
        return cache.active_model()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(in_thread, [ask] * THREADS))


@pytest.fixture
def two_runs(fitted: TrainingRun) -> tuple[TrainingRun, TrainingRun]:
    """The first of the two is active."""
    second = refit.refit(seed=8)
    refit.activate(fitted)
    model_cache.forget_model()
    return fitted, second


@pytest.mark.usefixtures("two_runs")
def test_it_works() -> None:
    load = Loader()
    cache = ModelCache(load)
    first = cache.active_model()
    assert first is not None
    assert first.run_id == TrainingRun.objects.active_id()
    assert cache.active_model() is first
    assert len(load.loads) == 1


@pytest.mark.django_db(transaction=True)
class TestThreads:
    def test_the_first_load_is_one_and_everybody_waits_for_it(
        self, two_runs: tuple[TrainingRun, TrainingRun]
    ) -> None:
        load = Loader(seconds=0.2)
        models = ask_at_once(ModelCache(load))
        assert load.loads == [two_runs[0].pk]
        assert len({id(model) for model in models}) == 1
        assert models[0] is not None

    def test_without_the_lock_everybody_would_load(
        self, two_runs: tuple[TrainingRun, TrainingRun]
    ) -> None:
        """The control: the test above sees a second load when there is one."""

        class NoLock:
            def acquire(self, blocking: bool = True) -> bool:
                return True

            def release(self) -> None:
                pass

        load = Loader(seconds=0.2)
        cache = ModelCache(load)
        cache._loading = NoLock()
        ask_at_once(cache)
        assert len(load.loads) > 1

    def test_while_one_thread_loads_the_others_go_on_with_the_run_before(
        self, two_runs: tuple[TrainingRun, TrainingRun]
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
        self, two_runs: tuple[TrainingRun, TrainingRun]
    ) -> None:
        load = Loader()
        cache = ModelCache(load)
        expected = {run.pk: store.load_items(run).ranking.tobytes() for run in two_runs}
        done, seen = threading.Event(), []

        def read() -> None:
            while not done.is_set():
                model = cache.active_model()
                seen.append(expected[model.run_id] == model.items.ranking.tobytes())

        with ThreadPoolExecutor(4) as threads:
            readers = [threads.submit(in_thread, read) for _ in range(4)]
            for turn in range(10):
                refit.activate(two_runs[(turn + 1) % 2])
                end = time.monotonic() + 5  # a switch is seen within that time
                while cache.active_model().run_id != two_runs[(turn + 1) % 2].pk:
                    assert time.monotonic() < end
                    time.sleep(0.005)
            done.set()
            for reader in readers:
                reader.result()
        assert seen
        assert all(seen)
        assert len(load.loads) == 11


class TestFailures:
    def test_the_run_before_goes_on_and_the_next_try_waits(
        self,
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
        self, fitted: TrainingRun, even_fan: User, alices_client: Client
    ) -> None:
        model_cache.forget_model()
        MovieFactors.objects.filter(run=fitted).update(vector=b"abc")
        answer = alices_client.get("/api/v1/recommendations/")
        assert answer.status_code == 200
        assert answer.json()["source"] == "popular"
        assert alices_client.get("/").status_code == 200

    def test_a_run_without_rows_is_no_model(self, fitted: TrainingRun) -> None:
        MovieFactors.objects.filter(run=fitted).delete()
        with pytest.raises(load_items.RunIncomplete):
            store.load_items(fitted)

    def test_vectors_of_different_widths_are_refused(self, fitted: TrainingRun) -> None:
        row = MovieFactors.objects.filter(run=fitted).last()
        row.interest = bytes(row.interest)[:-4]
        row.save()
        with pytest.raises(load_items.RunIncomplete):
            store.load_items(fitted)

    def test_rows_pruned_during_the_load_are_never_served(
        self, two_runs: tuple[TrainingRun, TrainingRun]
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

    def test_all_rows_pruned_during_the_load(
        self, two_runs: tuple[TrainingRun, TrainingRun]
    ) -> None:
        old, new = two_runs

        def prune_then_load(run: TrainingRun) -> ItemFactors:
            if run.pk == old.pk:
                refit.activate(new)
                store.delete(old)
            return store.load_items(run)

        assert ModelCache(prune_then_load).active_model().run_id == new.pk

    def test_a_site_that_has_no_active_run_any_more_lets_its_arrays_go(
        self, fitted: TrainingRun
    ) -> None:
        cache = ModelCache()
        assert cache.active_model() is not None
        TrainingRun.objects.update(is_active=False)
        assert cache.active_model() is None


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


def test_one_page_is_worked_out_from_one_run(
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


def test_without_the_middleware_a_page_would_mix_two_runs(
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


def test_who_is_served_the_run_before_is_solved_with_what_that_run_knew(
    two_runs: tuple[TrainingRun, TrainingRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer is ahead of the arrays: factors and the person's part in them stay together."""
    member = User.objects.get(username="set:3")
    before = recommend.recommend(member, n=5)
    assert before.run_id == two_runs[0].pk
    old = model_cache.current_model()
    refit.activate(two_runs[1])
    monkeypatch.setattr(model_cache._cache, "model_of_run", lambda run_id: old)
    assert recommend.recommend(member, n=5) == before


def test_the_arrays_are_held_once(fitted: TrainingRun) -> None:
    items = store.load_items(fitted)
    for view in (items.vectors, items.interest):
        assert np.shares_memory(view, items.ranking)
    np.testing.assert_array_equal(items.ranking[:, -1], items.bias)


def test_a_movie_deleted_since_is_left_out_of_the_arrays(
    fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    whole = store.load_items(fitted)
    gone = two_tastes[7].pk
    two_tastes[7].delete()
    left = store.load_items(fitted)
    keep = whole.item_ids != gone
    np.testing.assert_array_equal(left.item_ids, whole.item_ids[keep])
    np.testing.assert_array_equal(left.ranking, whole.ranking[keep])
    np.testing.assert_array_equal(left.variance, whole.variance[keep])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_web_process_never_loads_numba(fitted: TrainingRun, even_fan: User) -> None:
    """In a process of its own: here the fit has loaded it."""
    script = f"""
import sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {str(connection.settings_dict["NAME"])!r}
from django.test import Client
from accounts.models import User
client = Client(headers={{"Host": "localhost"}})
client.force_login(User.objects.get(username="alice"))
for url in ("/", "/api/v1/recommendations/", "/movies/"):
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
assert client.get("/api/v1/recommendations/").json()["source"] == "personal"
print("numba" in sys.modules)
"""
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split()[-1] == "False"


def test_an_answer_that_only_reads_asks_once_who_the_person_is(
    fitted: TrainingRun,
    even_fan: User,
    two_tastes: list[Movie],
    django_assert_num_queries: Callable[..., object],
) -> None:
    with model_cache.pinned_model(read_only=True):
        first = predict(even_fan, [two_tastes[0].pk])
        with django_assert_num_queries(0):
            assert predict(even_fan, [two_tastes[0].pk]) == first


def test_an_answer_that_may_change_something_sees_its_own_change(
    fitted: TrainingRun, alice: User, two_tastes: list[Movie]
) -> None:
    movie = two_tastes[0]
    with model_cache.pinned_model():
        before = predict(alice, [movie.pk])
        Rating.objects.rate(alice, two_tastes[2], 5)
        Rating.objects.rate(alice, two_tastes[4], 5)
        assert predict(alice, [movie.pk]) != before
