"""Geometry of the taste map: two axes, movies as points, and the user's place.

Coordinates are those of one square drawing. Labels are laid out twice, small for wide screens and
large for narrow ones, where the same drawing is shown at half the size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from movies.models import Movie
from movies.posters.drawn.font_metrics import width as width_in_em
from recommender.taste.map import MovieMap, Standing
from recommender.taste.rated_movies import RatedMovies

SIZE, MARGIN = 720, 26
LONGEST_LABEL = 26  # characters
# Standard deviations that hold 80 % of two independent normal coordinates jointly.
REGION = 1.794


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class Point:
    movie: Movie
    x: float
    y: float
    kind: str  # rated "above" or "below" the user's own mean, or "unrated"
    is_highlighted: bool  # of the selected genre
    own_stars: float | None
    place: tuple[float, float]  # in deviations on the two axes


@dataclass(frozen=True)
class Label:
    movie_id: int
    text: str
    x: float
    y: float
    anchor: str  # of SVG: start, middle, end


@dataclass(frozen=True)
class UserMark:
    """The user's place, and the ellipse of its uncertainty."""

    x: float
    y: float
    rx: float
    ry: float


@dataclass(frozen=True)
class LabelStyle:
    """Labels for one screen size."""

    size: float
    max_labels: int
    point_radius: float  # with its stroke
    user_radius: float


WIDE, NARROW = LabelStyle(13.5, 50, 5.5, 18), LabelStyle(25, 15, 8, 32)


@dataclass(frozen=True)
class MapPlot:
    x: int  # axis numbers, from 1
    y: int
    points: Sequence[Point]  # drawn in this order: rated ones last, on top
    wide_labels: Sequence[Label]
    narrow_labels: Sequence[Label]
    user: UserMark | None
    origin: tuple[float, float]
    size: int = SIZE
    fonts: tuple[float, float] = (WIDE.size, NARROW.size)


def map_plot(
    movie_map: MovieMap,
    movies: RatedMovies,
    standing: Sequence[Standing] | None,
    x: int = 1,
    y: int = 2,
    genre: str = "",
    extra_movies: tuple[Sequence[int], np.ndarray] = ((), np.empty((0, 0))),
) -> MapPlot:
    """Axes `x` and `y` (from 1). Movies deleted since the run are left out.

    Args:
        genre: slug of the genre whose movies are highlighted; empty for all.
        extra_movies: ids and places (n, m) of movies beside the best known ones.
    """
    pair = [x - 1, y - 1]
    ids = np.concatenate([movie_map.movie_ids, np.array(extra_movies[0], np.int64)])
    places = movie_map.places
    if len(extra_movies[0]):
        places = np.vstack([places, extra_movies[1]])
    exists = np.array([movie_id in movies.movies for movie_id in ids.tolist()], bool)
    ids, places = ids[exists], (places[:, pair] / movie_map.spreads[pair])[exists]
    user_place = None if standing is None else [standing[axis].place for axis in pair]
    frame = _Frame.around(places if user_place is None else np.vstack([places, user_place]))
    points = _points(ids, places, frame, movies, genre)
    user = None if standing is None else _user_mark([standing[axis] for axis in pair], frame)
    ranked = _by_label_priority(points, [movie_map.axes[axis] for axis in pair])
    return MapPlot(
        x=x,
        y=y,
        points=sorted(points[::-1], key=lambda point: point.kind != "unrated"),
        wide_labels=_labels(ranked, points, user, WIDE),
        narrow_labels=_labels(ranked, points, user, NARROW),
        user=user,
        origin=frame.at(0.0, 0.0),
    )


@dataclass(frozen=True)
class _Frame:
    """Maps places, in deviations on two axes, to coordinates of the drawing."""

    low: np.ndarray
    high: np.ndarray

    @classmethod
    def around(cls, places: np.ndarray) -> _Frame:
        if not len(places):
            return cls(np.full(2, -3.0), np.full(2, 3.0))
        low, high = np.minimum(places.min(axis=0), -0.5), np.maximum(places.max(axis=0), 0.5)
        return cls(low, high)

    @property
    def scale(self) -> np.ndarray:
        return (SIZE - 2 * MARGIN) / (self.high - self.low)

    def at(self, x: float, y: float) -> tuple[float, float]:
        across, up = (np.array([x, y]) - self.low) * self.scale
        return round(MARGIN + float(across), 1), round(SIZE - MARGIN - float(up), 1)


def _points(
    ids: np.ndarray, places: np.ndarray, frame: _Frame, movies: RatedMovies, genre: str
) -> list[Point]:
    own = movies.own_stars()
    mean = sum(own.values()) / max(len(own), 1)
    points = []
    for movie_id, place in zip(ids.tolist(), places.tolist(), strict=True):
        stars = own.get(movie_id)
        kind = "unrated" if stars is None else "above" if stars >= mean else "below"
        slugs = {slug for slug, _ in movies.genres.get(movie_id, ())}
        points.append(
            Point(
                movies.movies[movie_id],
                *frame.at(*place),
                kind=kind,
                is_highlighted=not genre or genre in slugs,
                own_stars=stars,
                place=(place[0], place[1]),
            )
        )
    return points


def _user_mark(standing: Sequence[Standing], frame: _Frame) -> UserMark:
    x, y = frame.at(standing[0].place, standing[1].place)
    rx, ry = (
        round(REGION * one.uncertainty * float(scale), 1)
        for one, scale in zip(standing, frame.scale, strict=True)
    )
    return UserMark(x, y, rx, ry)


def _by_label_priority(points: Sequence[Point], axes: Iterable) -> list[Point]:
    """Movies that name the axes first, then the best known."""
    naming: list[int] = []
    for rank in zip(*(end for axis in axes for end in (axis.low[:3], axis.high[:3])), strict=False):
        naming += rank
    order = {movie_id: place for place, movie_id in reversed(list(enumerate(naming)))}
    highlighted = [point for point in points if point.is_highlighted]
    return sorted(highlighted, key=lambda point: order.get(point.movie.pk, len(naming)))


def _labels(
    ranked: Sequence[Point], points: Sequence[Point], user: UserMark | None, style: LabelStyle
) -> list[Label]:
    """Labels that overlap neither each other nor any point nor the user, in order of priority.

    A movie without such a place for its label has none.
    """
    taken: list[Box] = []
    if user is not None:
        r = style.user_radius
        taken.append(Box(user.x - r, user.y - r, user.x + r, user.y + r))
    spots = np.array([(point.x, point.y) for point in points]).reshape(-1, 2)
    labels: list[Label] = []
    for point in ranked:
        if len(labels) == style.max_labels:
            break
        for label, box in _sides(point, style):
            if _is_free(box, spots, style) and not any(box.overlaps(other) for other in taken):
                labels.append(label)
                taken.append(box)
                break
    return labels


def _is_free(box: Box, spots: np.ndarray, style: LabelStyle) -> bool:
    """Whether no point reaches into the box."""
    x, y, r = spots[:, 0], spots[:, 1], style.point_radius
    inside = (x > box.left - r) & (x < box.right + r) & (y > box.top - r) & (y < box.bottom + r)
    return not inside.any()


def _sides(point: Point, style: LabelStyle) -> Iterable[tuple[Label, Box]]:
    """The label right, left, above and below its point, where it fits in the drawing."""
    text = _short(point.movie.title)
    wide, gap, high = width_in_em(text, "display") * style.size, style.point_radius + 3, style.size
    for anchor, left, baseline in (
        ("start", point.x + gap, point.y + 0.36 * high),
        ("end", point.x - gap - wide, point.y + 0.36 * high),
        ("middle", point.x - wide / 2, point.y - gap - 0.28 * high),
        ("middle", point.x - wide / 2, point.y + gap + 0.95 * high),
    ):
        box = Box(left - 2, baseline - 0.95 * high, left + wide + 2, baseline + 0.28 * high)
        if box.left >= 2 and box.right <= SIZE - 2 and box.top >= 2 and box.bottom <= SIZE - 2:
            x = left + {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            yield Label(point.movie.pk, text, round(x, 1), round(baseline, 1), anchor), box


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_LABEL else title[: LONGEST_LABEL - 1].rstrip(" ,:-") + "…"
