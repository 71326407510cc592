"""Ratings to evaluate on: the site's own, or those of a data set."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
from django.conf import settings

from movies.imports.dataset import DataSet, Meter, Reject, SourceError
from movies.imports.sources import open_source
from recommender.core import Hyperparameters, Ratings
from recommender.core.evaluation.splits import PERMUTATION_SEED, PROTOCOLS, Protocol, has_times
from recommender.models import Evaluation, TrainingRun
from recommender.training.snapshot import read_snapshot

CANONICAL = "u1-u5"
# Users and movies of MovieLens 100K in the order of its u.data, which its five parts follow.
_ML_100K_ORDER = "c9a03c7158c5aa1606fe2206f91072a6380957b6fb968f47fed1a7c423031317"
_LINE = np.dtype([("rater", "i8"), ("movie", "i8"), ("half_stars", "i1"), ("second", "i8")])


class NothingToEvaluate(Exception):
    """No ratings, or none that the protocol can use; the message is one sentence."""


@dataclass(frozen=True)
class Source:
    """Ratings, and the settings to fit them with."""

    name: str
    ratings: Ratings
    genres: np.ndarray | None = None  # (n_items, n_genres), rows as in ratings.item_ids
    run: TrainingRun | None = None
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    drawn_from: int | None = None  # number of users before sampling; None if all are used

    def at_most(self, n_ratings: int) -> Source:
        """This source, or one of users drawn at random with at most so many ratings."""
        ratings = self.ratings
        if len(ratings) <= n_ratings:
            return self
        order = np.random.default_rng(PERMUTATION_SEED).permutation(ratings.n_users)
        counts = np.bincount(ratings.user_index, minlength=ratings.n_users)[order]
        chosen = order[np.cumsum(counts) <= n_ratings]
        rows = np.flatnonzero(np.isin(ratings.user_index, chosen))
        some = Ratings.from_triples(
            ratings.user_ids[ratings.user_index[rows]],
            ratings.item_ids[ratings.item_index[rows]],
            ratings.stars[rows],
            None if ratings.times is None else ratings.times[rows],
            catalogue=ratings.item_ids,
        )
        return replace(self, ratings=some, drawn_from=ratings.n_users)


def site() -> Source:
    """The site's own ratings, with the hyperparameters of the active run.

    Raises:
        NothingToEvaluate: there are no ratings.
    """
    snapshot = read_snapshot()
    if not len(snapshot.ratings):
        raise NothingToEvaluate("This site has no ratings yet.")
    run = TrainingRun.objects.active()
    hyperparameters = run.hyperparameters if run else {}
    return Source(
        Evaluation.SITE,
        snapshot.ratings,
        snapshot.genres,
        run,
        Hyperparameters.from_dict(hyperparameters),
    )


def data_set(named: str) -> Source:
    """A MovieLens data set by its name, or in a zip file or folder; nothing is imported.

    Raises:
        NothingToEvaluate: it cannot be found or read, or contains no ratings.
    """
    try:
        found = open_source(named, settings.DATA_DIR / "datasets")
        for _n in found.check_scale(Meter(found.size)):
            pass
        lines, catalogue = _read(found)
    except SourceError as error:
        raise NothingToEvaluate(str(error)) from error
    if not lines.size:
        raise NothingToEvaluate(f"{named} contains no ratings.")
    seconds = lines["second"].astype(np.float64)
    ratings = Ratings.from_triples(
        lines["rater"],
        lines["movie"],
        lines["half_stars"] / np.float32(2),
        seconds if seconds.any() else None,
        catalogue=list(catalogue),
    )
    return Source(named[:200], ratings, _genres(catalogue, ratings.item_ids))


def protocol_for(name: str, ratings: Ratings) -> Protocol:
    """The protocol of that name.

    Raises:
        NothingToEvaluate
    """
    protocol = PROTOCOLS.get(name)
    if protocol is None:
        known = ", ".join(PROTOCOLS)
        raise NothingToEvaluate(f"There is no protocol {name!r}. Choose from {known}.")
    if protocol.in_order and not has_times(ratings):
        raise NothingToEvaluate(
            f"These ratings have no times, which the protocol {name} needs. Use 5fold."
        )
    if name == CANONICAL and not _is_ml_100k(ratings):
        raise NothingToEvaluate(
            f"The protocol {name} is for the 100,000 ratings of ml-100k, in their own order; "
            "5fold is for any ratings."
        )
    return protocol


def _is_ml_100k(ratings: Ratings) -> bool:
    """Whether these are the ratings of u.data, line by line: then u1.test is the first fifth."""
    order = hashlib.sha256()
    for ids in (ratings.user_ids[ratings.user_index], ratings.item_ids[ratings.item_index]):
        order.update(ids.astype("<i4").tobytes())
    return order.hexdigest() == _ML_100K_ORDER


def _read(found: DataSet) -> tuple[np.ndarray, dict[int, tuple[str, ...]]]:
    """The ratings as one structured array, and the genres by movie; bad lines are skipped."""
    rejected: Counter[str] = Counter()

    def on_reject(reject: Reject) -> None:
        rejected[reject.file] += 1

    genres = {movie.number: movie.genres for movie in found.read_movies(on_reject)}
    read = found.read_ratings(on_reject, Meter(found.size))
    return np.fromiter((line[1:] for line in read), _LINE), genres


def _genres(catalogue: dict[int, tuple[str, ...]], item_ids: np.ndarray) -> np.ndarray | None:
    """(n_items, n_genres) float32: 1 where the movie has the genre."""
    names = sorted({name for genres in catalogue.values() for name in genres})
    if not names:
        return None
    columns = {name: column for column, name in enumerate(names)}
    matrix = np.zeros((item_ids.size, len(names)), np.float32)
    for row, number in enumerate(item_ids.tolist()):
        for name in catalogue.get(number, ()):
            matrix[row, columns[name]] = 1
    return matrix
