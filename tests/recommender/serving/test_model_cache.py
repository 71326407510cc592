"""One process's copy of the active run is loaded once, and whole."""

import os
import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from movies.models import Movie
from recommender import store
from recommender.models import TrainingRun
from recommender.serving.model_cache import ModelCache
from tests.recommender.serving.loader import Loader


@pytest.mark.usefixtures("two_runs")
def test_it_works() -> None:
    load = Loader()
    cache = ModelCache(load)
    first = cache.active_model()
    assert first is not None
    assert first.run_id == TrainingRun.objects.active_id()
    assert cache.active_model() is first
    assert len(load.loads) == 1


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
