"""Names of the map's axes: what the movies at both ends are like, in words.

An end is named after what goes along with the axis among the movies on the map: genres, newer or
older, better or less known. Where nothing does, or where an earlier axis has the same name, the
movies furthest out name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from movies.genres import genre_label
from movies.models import Movie
from recommender.taste.map import Axis, MovieMap
from recommender.taste.rated_movies import RatedMovies

# Correlation with the axis from which on a word names its end. At 150 movies, chance alone is
# below 0.25 in 998 of 1000 cases.
STRONG = 0.25
# A second word is nearly as strong as the first.
NEARLY = 0.7
# A genre of fewer movies, or of all but so few, says nothing.
FEWEST = 6
TITLES = 2


@dataclass(frozen=True)
class AxisName:
    """The names of both ends of an axis."""

    low: str
    high: str

    def __str__(self) -> str:
        return _("%(low)s – %(high)s") % {"low": self.low, "high": self.high}


@dataclass(frozen=True)
class _Feature:
    """Something that movies have more or less of, and the words for both directions."""

    values: np.ndarray  # (n,) NaN where unknown
    more: str
    less: str = ""


def axis_names(movie_map: MovieMap, movies: RatedMovies) -> list[AxisName]:
    """One for each axis, from the movies on the map that still exist."""
    exists = np.array([pk in movies.movies for pk in movie_map.movie_ids.tolist()], bool)
    shown = [movies.movies[pk] for pk in movie_map.movie_ids[exists].tolist()]
    features = list(_features(shown, movies))
    names: list[AxisName] = []
    for number, axis in enumerate(movie_map.axes):
        name = _name(axis, movie_map.places[exists, number], features, movies)
        if {name.low, name.high} in [{other.low, other.high} for other in names]:
            name = AxisName(_titles(axis.low, movies), _titles(axis.high, movies))
        names.append(name)
    return names


def _features(shown: Sequence[Movie], movies: RatedMovies) -> Iterator[_Feature]:
    years = np.array([movie.year or np.nan for movie in shown], np.float64)
    yield _Feature(years, _("Newer"), _("Older"))
    known = np.log1p(np.array([movie.n_ratings for movie in shown], np.float64))
    yield _Feature(known, _("Blockbusters"), _("Hidden gems"))
    genres = [{name for _slug, name in movies.genres.get(movie.pk, ())} for movie in shown]
    for name in sorted(set().union(*genres)):
        has = np.array([name in own for own in genres], np.float64)
        if FEWEST <= has.sum() <= has.size - FEWEST:
            yield _Feature(has, genre_label(name))


def _name(
    axis: Axis, places: np.ndarray, features: Sequence[_Feature], movies: RatedMovies
) -> AxisName:
    low: list[tuple[float, str]] = []
    high: list[tuple[float, str]] = []
    for feature in features:
        strength = _correlation(places, feature.values)
        if abs(strength) >= STRONG:
            high.append((abs(strength), feature.more if strength > 0 else feature.less))
            low.append((abs(strength), feature.less if strength > 0 else feature.more))
    return AxisName(
        _words(low) or _titles(axis.low, movies), _words(high) or _titles(axis.high, movies)
    )


def _correlation(places: np.ndarray, values: np.ndarray) -> float:
    """0 where it is not defined."""
    known = np.isfinite(values)
    if known.sum() < 2 * FEWEST or not np.ptp(values[known]) or not np.ptp(places[known]):
        return 0.0
    return float(np.corrcoef(places[known], values[known])[0, 1])


def _words(found: Sequence[tuple[float, str]]) -> str:
    """The strongest word, and a second one that is nearly as strong; "" without any."""
    ranked = sorted(((strength, word) for strength, word in found if word), reverse=True)
    if not ranked:
        return ""
    first = ranked[0]
    if len(ranked) > 1 and ranked[1][0] >= NEARLY * first[0]:
        return _("%(first)s, %(second)s") % {"first": first[1], "second": ranked[1][1]}
    return first[1]


def _titles(ids: Sequence[int], movies: RatedMovies) -> str:
    return ", ".join([movies.movies[pk].title for pk in ids if pk in movies.movies][:TITLES])
