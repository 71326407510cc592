"""The taste map as geometry: a plane of two axes, movies as points, the person among them.

Everything is in units of one square drawing. Labels are placed twice, small for a wide screen and
large for a narrow one, where the same drawing is shown at half the size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from movies.models import Movie
from movies.posters.drawn.font_metrics import width as width_in_em
from recommender.taste.map import MovieMap, Standing
from recommender.taste.rated_movies import Shelf

SIZE, MARGIN = 720, 26
LONGEST_LABEL = 26  # characters
# A joint 80 % region of two independent normal coordinates.
REGION = 1.794
YOU_RADIUS = 15


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True)
class Point:
    movie: Movie
    x: float
    y: float
    kind: str  # "above", "below" the person's own mean, "unrated"
    is_asked: bool  # of the genre that was asked for
    own_stars: float | None
    place: tuple[float, float]  # in deviations along the two axes


@dataclass(frozen=True)
class Label:
    movie_id: int
    text: str
    x: float
    y: float
    anchor: str  # of SVG: start, middle, end


@dataclass(frozen=True)
class You:
    x: float
    y: float
    rx: float
    ry: float


@dataclass(frozen=True)
class Lettering:
    """How labels of one screen size are set."""

    size: float
    most: int
    radius: float  # of the points they stand beside


WIDE, NARROW = Lettering(13.5, 50, 5), Lettering(25, 15, 7)
# A label that hides more points than this is worth less than they are.
MOST_COVERED = 2


@dataclass(frozen=True)
class Plot:
    x: int  # axis numbers, from 1
    y: int
    points: Sequence[Point]  # own ones last, then the best known: what is last lies on top
    wide_labels: Sequence[Label]
    narrow_labels: Sequence[Label]
    you: You | None
    origin: tuple[float, float]
    size: int = SIZE
    fonts: tuple[float, float] = field(default=(WIDE.size, NARROW.size))


def plot(
    atlas: MovieMap,
    shelf: Shelf,
    standing: Sequence[Standing] | None,
    x: int = 1,
    y: int = 2,
    genre: str = "",
    more: tuple[Sequence[int], np.ndarray] = ((), np.empty((0, 0))),
) -> Plot:
    """The plane of axes `x` and `y` (from 1).

    genre: the slug of a genre whose movies stay bright; more: ids and places (n, m) of movies
    beside the best known ones. Movies that were deleted since the run are left out.
    """
    pair = [x - 1, y - 1]
    ids = np.concatenate([atlas.movie_ids, np.array(more[0], np.int64)])
    places = np.vstack([atlas.places, more[1]]) if len(more[0]) else atlas.places
    there = np.array([movie_id in shelf.movies for movie_id in ids.tolist()], bool)
    ids, places = ids[there], (places[:, pair] / atlas.spreads[pair])[there]
    where = None if standing is None else [standing[axis].place for axis in pair]
    frame = _Frame.around(places if where is None else np.vstack([places, where]))
    points = _points(ids, places, frame, shelf, genre)
    you = None if standing is None else _you([standing[axis] for axis in pair], frame)
    ranked = _most_telling_first(points, [atlas.axes[axis] for axis in pair])
    return Plot(
        x=x,
        y=y,
        points=sorted(points[::-1], key=lambda point: point.kind != "unrated"),
        wide_labels=_labels(ranked, points, you, WIDE),
        narrow_labels=_labels(ranked, points, you, NARROW),
        you=you,
        origin=frame.at(0.0, 0.0),
    )


@dataclass(frozen=True)
class _Frame:
    """From deviations along two axes to the drawing; upwards is upwards."""

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
    ids: np.ndarray, places: np.ndarray, frame: _Frame, shelf: Shelf, genre: str
) -> list[Point]:
    own = shelf.by_movie()
    mean = sum(one.stars for one in own.values()) / max(len(own), 1)
    points = []
    for movie_id, place in zip(ids.tolist(), places.tolist(), strict=True):
        rated = own.get(movie_id)
        kind = "unrated" if rated is None else "above" if rated.stars >= mean else "below"
        slugs = {slug for slug, _ in shelf.genres.get(movie_id, ())}
        points.append(
            Point(
                shelf.movies[movie_id],
                *frame.at(*place),
                kind=kind,
                is_asked=not genre or genre in slugs,
                own_stars=rated.stars if rated else None,
                place=(place[0], place[1]),
            )
        )
    return points


def _you(standing: Sequence[Standing], frame: _Frame) -> You:
    x, y = frame.at(standing[0].place, standing[1].place)
    rx, ry = (
        round(REGION * one.uncertainty * float(scale), 1)
        for one, scale in zip(standing, frame.scale, strict=True)
    )
    return You(x, y, rx, ry)


def _most_telling_first(points: Sequence[Point], axes: Iterable) -> list[Point]:
    """The movies that name the axes, then the best known."""
    naming: list[int] = []
    for rank in zip(*(end for axis in axes for end in (axis.low[:3], axis.high[:3])), strict=False):
        naming += rank
    order = {movie_id: place for place, movie_id in reversed(list(enumerate(naming)))}
    asked = [point for point in points if point.is_asked]
    return sorted(asked, key=lambda point: order.get(point.movie.pk, len(naming)))


def _labels(
    ranked: Sequence[Point], points: Sequence[Point], you: You | None, how: Lettering
) -> list[Label]:
    """Labels that touch neither each other nor a labelled point, the most telling first.

    Of the four sides of a point the free one is taken that covers the fewest other points.
    """
    taken: list[Box] = []
    if you is not None:
        r = YOU_RADIUS + how.size
        taken.append(Box(you.x - r, you.y - r, you.x + r, you.y + r))
    spots = np.array([(point.x, point.y) for point in points]).reshape(-1, 2)
    labels: list[Label] = []
    for point in ranked:
        if len(labels) == how.most:
            break
        dot = Box(
            point.x - how.radius, point.y - how.radius, point.x + how.radius, point.y + how.radius
        )
        if any(dot.meets(box) for box in taken):
            continue
        free = [
            (_covered(box, spots), rank, label, box)
            for rank, (label, box) in enumerate(_sides(point, how))
            if not any(box.meets(other) for other in taken)
        ]
        covered, _, label, box = min(free, key=lambda one: one[:2], default=(99, 0, None, None))
        if label is not None and covered <= MOST_COVERED:
            labels.append(label)
            taken += [box, dot]
    return labels


def _covered(box: Box, spots: np.ndarray) -> int:
    x, y = spots[:, 0], spots[:, 1]
    inside = (x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)
    return int(inside.sum())


def _sides(point: Point, how: Lettering) -> Iterable[tuple[Label, Box]]:
    """The label right of the point, left, above and below it, where it stays in the drawing."""
    text = _short(point.movie.title)
    wide, gap, high = width_in_em(text, "display") * how.size, how.radius + 3, how.size
    for anchor, left, baseline in (
        ("start", point.x + gap, point.y + 0.36 * high),
        ("end", point.x - gap - wide, point.y + 0.36 * high),
        ("middle", point.x - wide / 2, point.y - gap),
        ("middle", point.x - wide / 2, point.y + gap + 0.8 * high),
    ):
        box = Box(left - 2, baseline - 0.95 * high, left + wide + 2, baseline + 0.28 * high)
        if box.left >= 2 and box.right <= SIZE - 2 and box.top >= 2 and box.bottom <= SIZE - 2:
            x = left + {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            yield Label(point.movie.pk, text, round(x, 1), round(baseline, 1), anchor), box


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_LABEL else title[: LONGEST_LABEL - 1].rstrip(" ,:-") + "…"
