"""Names of the movie groups, such as "Sci-Fi & Adventure" or "Classics before 1970".

Worked out from what the movies of a group have in common and others lack. A name is kept as genres
and years, and written in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _

from movies.genres import genre_label
from movies.models import Genre
from recommender.core.onboarding.cluster_traits import ClusterTraits, cluster_traits
from recommender.serving.genre_profiles import decades_of_run, genres_of_run
from recommender.serving.model_cache import Model
from recommender.serving.movie_groups import RunGroups

# A genre tells a group apart if this share of its movies has it, this many times the usual.
TELLING_SHARE, TELLING_LIFT = 0.1, 1.15
# Years come first only where they say more than any genre.
STRONG_SHARE, STRONG_LIFT = 0.5, 2.0
# Years that tell groups apart whose genres are the same.
WEAK_SHARE, WEAK_LIFT = 0.4, 1.2


@dataclass(frozen=True)
class Years:
    """A decade, or all the years before its first one."""

    first: int
    is_before: bool = False


@dataclass(frozen=True)
class GroupName:
    genres: frozenset[str] = frozenset()
    first: str = field(default="", compare=False)  # the genre to start with
    years: Years | None = None
    is_mixed: bool = False

    def text(self, title: str) -> str:
        """In the active language; title: of a movie of the group, if nothing else tells."""
        if self.is_mixed:
            return _("A bit of everything")
        if not self.genres and not self.years:
            return _("Movies like %(title)s") % {"title": title}
        labels = sorted(self.genres, key=lambda name: name != self.first)
        kind = " & ".join(map(genre_label, labels))
        if not self.years:
            return kind
        words = {"kind": kind, "year": self.years.first}
        if self.years.is_before:
            text = _("%(kind)s before %(year)s") if kind else _("Classics before %(year)s")
        else:
            text = _("%(kind)s of the %(year)ss") if kind else _("Movies of the %(year)ss")
        return text % words


def names_of_groups(run_groups: RunGroups) -> list[GroupName]:
    """One for each group of the run, all different; worked out once per process and run."""
    model = run_groups.model
    if "group names" not in model.derived:
        model.derived["group names"] = _distinct(run_groups)
    return model.derived["group names"]


def _distinct(run_groups: RunGroups) -> list[GroupName]:
    """The first name of each group that no group before it has."""
    traits, labels = _traits(run_groups)
    names: list[GroupName] = []
    for group in range(len(run_groups.groups)):
        candidates = _candidates(traits, labels, group)
        names.append(next(n for n in candidates if n not in names or n == GroupName()))
    return names


# What a trait is: a genre, by its name, or years.
_Label = str | Years


def _traits(run_groups: RunGroups) -> tuple[ClusterTraits, list[_Label]]:
    model: Model = run_groups.model
    genres, decades = genres_of_run(model), decades_of_run(model)
    names = dict(Genre.objects.values_list("pk", "name"))
    starts = np.unique(decades[decades > 0])
    columns = [genres.matrix, decades[:, None] == starts]
    columns.append((decades[:, None] > 0) & (decades[:, None] < starts[1:]))
    labels: list[_Label] = [names.get(pk, "") for pk in genres.genre_ids.tolist()]
    labels += [Years(start) for start in starts.tolist()]
    labels += [Years(start, is_before=True) for start in starts[1:].tolist()]
    matrix = np.concatenate(columns, axis=1)
    return cluster_traits(model.items, run_groups.groups, matrix), labels


def _candidates(traits: ClusterTraits, labels: list[_Label], group: int) -> Iterator[GroupName]:
    """Names for the group, the best first; the last one is that of any group."""
    genres = [
        label
        for label in _telling(traits, labels, group, TELLING_SHARE, TELLING_LIFT)
        if isinstance(label, str) and label
    ]
    strong, weak = (
        [label for label in _telling(traits, labels, group, *least) if isinstance(label, Years)]
        for least in ((STRONG_SHARE, STRONG_LIFT), (WEAK_SHARE, WEAK_LIFT))
    )
    for years in strong:
        yield GroupName(years=years)
    if not genres:
        yield GroupName(is_mixed=True)
    for second in genres[1:]:
        yield GroupName(frozenset([genres[0], second]), genres[0])
    for genre in genres:
        for years in weak:
            yield GroupName(frozenset([genre]), genre, years)
        yield GroupName(frozenset([genre]), genre)
    for years in weak:
        yield GroupName(years=years)
    yield GroupName()


def _telling(
    traits: ClusterTraits, labels: list[_Label], group: int, share: float, lift: float
) -> list[_Label]:
    """What at least this share of the group has, and this many times as often as all movies do."""
    is_telling = (traits.share[group] >= share) & (traits.lift[group] >= lift)
    order = np.argsort(-traits.score[group], kind="stable").tolist()
    return [labels[column] for column in order if is_telling[column]]
