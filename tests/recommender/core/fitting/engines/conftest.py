"""One Dask cluster of two worker processes, which takes seconds to start, for all tests here."""

from collections.abc import Iterator

import pytest

from recommender.core.fitting.engines import Local
from tests.dask_cluster import Cluster, cluster
from tests.recommender.core.fitting.engines.toy_plan import toy_fit


@pytest.fixture(scope="session")
def shared_cluster() -> Iterator[Cluster]:
    with cluster(2) as found:
        yield found


@pytest.fixture
def two_workers(shared_cluster: Cluster) -> Cluster:
    """The cluster, with whatever workers a test has killed replaced."""
    shared_cluster.replace_dead_workers()
    return shared_cluster


@pytest.fixture(scope="session")
def local_hash() -> str:
    """What `toy_fit` returns on every engine."""
    with Local(1) as engine:
        return toy_fit(engine)
