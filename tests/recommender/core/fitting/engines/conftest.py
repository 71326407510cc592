"""One Dask cluster of two worker processes for the tests of a module."""

from collections.abc import Iterator

import pytest

from recommender.core.fitting.engines import Local
from tests.dask_cluster import Cluster, cluster
from tests.recommender.core.fitting.engines.toy_plan import toy_fit


@pytest.fixture(scope="module")
def two_workers() -> Iterator[Cluster]:
    with cluster(2) as found:
        yield found


@pytest.fixture(scope="session")
def local_hash() -> str:
    """What `toy_fit` returns on every engine."""
    with Local(1) as engine:
        return toy_fit(engine)
