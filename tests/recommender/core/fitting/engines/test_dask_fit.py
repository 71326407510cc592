"""The whole default fit on the workers of a Dask cluster."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from recommender.core import fit
from recommender.core.fitting.engines.dask import Dask
from recommender.core.fitting.parts import partition
from recommender.core.fitting.source import InMemory
from recommender.core.fitting.user_rows import UserRows
from tests.recommender.core.conftest import SMALL, make_ratings
from tests.recommender.core.fitting.test_fit import arrays_of

pytestmark = pytest.mark.slow

SHORT = replace(SMALL, n_epochs=2, n_sweeps=1, interest_epochs=2)


@dataclass(frozen=True)
class WritesUsers:
    """Gives a part's finished rows away where they are."""

    folder: Path

    def __call__(self, rows: UserRows) -> None:
        np.save(self.folder / f"{rows.user_ids[0]}.npy", rows.user_ids)


def test_it_works(two_workers, tmp_path, monkeypatch):
    """Bytes of the factors as on threads, from a source that the workers read themselves."""
    monkeypatch.setattr(partition, "PARTS_FROM", ((0, 4),))
    ratings = make_ratings()
    here = fit(ratings, SHORT, seed=5, n_threads=1)
    epochs = []
    with Dask(two_workers.address) as engine:
        there = fit(
            InMemory(ratings),
            SHORT,
            seed=5,
            engine=engine,
            on_epoch=epochs.append,
            on_users=WritesUsers(tmp_path),
        )
    for own, other in zip(arrays_of(here), arrays_of(there), strict=True):
        assert own.tobytes() == other.tobytes()
    assert tuple(epochs) == here.curve == there.curve
    written = [np.load(path) for path in tmp_path.iterdir()]
    assert len(written) == 4
    assert np.array_equal(np.sort(np.concatenate(written)), ratings.user_ids)
