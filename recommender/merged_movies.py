"""Factors of movies that were merged since a run was fitted.

The run has a row of each of the merged movies. Until the next refit learns from their ratings
together, the surviving movie stands on the row that more ratings went into. Nothing is written, so
undoing a merge, or switching to an older run, needs nothing but another load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from movies.models import Movie, MovieMerge
from recommender.core import ItemFactors


@dataclass(frozen=True)
class Merges:
    """All merges at one moment."""

    version: int = 0
    survivors: Mapping[int, int] = field(default_factory=dict)  # by id of the merged movie

    @classmethod
    def read(cls) -> Merges:
        # The version first: a merge in between only means that this is read once more.
        version = MovieMerge.objects.version()
        if not version:
            return cls()
        rows = Movie.everything.exclude(merged_into=None).values_list("pk", "merged_into")
        return cls(version, dict(rows))

    def apply(self, items: ItemFactors) -> ItemFactors:
        """The factors without merged movies; a survivor has the best known row of its movies."""
        ids = items.item_ids
        merged = np.flatnonzero(np.isin(ids, np.array(list(self.survivors), np.int64)))
        if not merged.size:
            return items
        best: dict[int, int] = {}  # row by id of the survivor
        for row in merged.tolist():
            survivor = self.survivors[int(ids[row])]
            if survivor not in best:
                own = int(items.index_of([survivor])[0])
                best[survivor] = row if own < 0 else own
            if items.n_ratings[row] > items.n_ratings[best[survivor]]:
                best[survivor] = row
        new_ids = ids.copy()
        new_ids[list(best.values())] = list(best)
        left_out = np.isin(ids, [*self.survivors, *best])
        left_out[list(best.values())] = False
        return items.with_rows(np.flatnonzero(~left_out), new_ids)
