"""The map's labels cover no point, not the user, and not each other: by geometry."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest

from accounts.models import User
from movies.models import Movie
from movies.posters.drawn.font_metrics import width
from recommender.models import TrainingRun
from recommender.taste.map import Axis, MovieMap, Standing
from recommender.taste.map_plot import NARROW, WIDE, Label, LabelStyle, MapPlot, map_plot
from recommender.taste.rated_movies import RatedMovies
from recommender.taste.report import taste_report

# How far letters reach above and below their baseline, in parts of their size.
ASCENT, DESCENT = 0.8, 0.1

Box = tuple[float, float, float, float]


def box_of(label: Label, size: float) -> Box:
    long = width(label.text, "display") * size
    left = label.x - {"start": 0, "middle": long / 2, "end": long}[label.anchor]
    return left, label.y - ASCENT * size, left + long, label.y + DESCENT * size


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def around(x: float, y: float, r: float) -> Box:
    return x - r, y - r, x + r, y + r


def faults(plot: MapPlot, labels: list[Label], style: LabelStyle) -> list[str]:
    boxes = [(label.text, box_of(label, style.size)) for label in labels]
    found = [
        f"{one} on {other}"
        for (one, box), (other, near) in combinations(boxes, 2)
        if overlap(box, near)
    ]
    for text, box in boxes:
        if box[0] < 0 or box[1] < 0 or box[2] > plot.size or box[3] > plot.size:
            found.append(f"{text} sticks out")
        covered = [
            str(point.movie)
            for point in plot.points
            if overlap(box, around(point.x, point.y, style.point_radius - 0.5))
        ]
        found += [f"{text} covers {movie}" for movie in covered]
        if plot.user and overlap(box, around(plot.user.x, plot.user.y, 15)):
            found.append(f"{text} covers the user")
    return found


def faults_of(plot: MapPlot) -> list[str]:
    return faults(plot, list(plot.wide_labels), WIDE) + faults(
        plot, list(plot.narrow_labels), NARROW
    )


def test_it_works(fitted: TrainingRun, even_fan: User) -> None:
    report = taste_report(even_fan)
    for x, y in ((1, 2), (3, 1), (2, 4)):
        plot = map_plot(report.movie_map, report.movies, report.standing, x, y)
        assert faults_of(plot) == []
        assert len(plot.wide_labels) >= 8
        assert len(plot.narrow_labels) >= 3


@pytest.mark.parametrize("seed", range(4))
def test_crowded_maps_too(seed: int) -> None:
    """150 movies, half of them in one cluster, with titles of every length."""
    draw = random.Random(seed)
    movies = {
        pk: Movie(pk=pk, title="Wm" * draw.randrange(1, 16), year=2000) for pk in range(1, 151)
    }
    spread = np.array([0.2 if pk % 2 else 1.0 for pk in movies])[:, None]
    places = np.random.default_rng(seed).normal(size=(150, 2)) * spread
    axes = [
        Axis(number, 0.3, 1.0, low=[number], high=[number + 2], people_spread=1.0, people=[])
        for number in (1, 2)
    ]
    movie_map = MovieMap(1, axes, np.array(list(movies)), places)
    standing = [Standing(axis, 0.1, 0.3, 0.0, None) for axis in axes]
    plot = map_plot(movie_map, RatedMovies(movies), standing)
    assert faults_of(plot) == []
    assert len(plot.wide_labels) >= 10


def test_a_fault_would_be_seen(fitted: TrainingRun, even_fan: User) -> None:
    """The control: a label moved onto its point, and one twice, are found."""
    report = taste_report(even_fan)
    plot = map_plot(report.movie_map, report.movies, report.standing)
    label = plot.wide_labels[0]
    point = next(point for point in plot.points if point.movie.pk == label.movie_id)
    on_it = Label(label.movie_id, label.text, point.x, point.y, "middle")
    assert any("covers" in fault for fault in faults(plot, [on_it], WIDE))
    assert any(" on " in fault for fault in faults(plot, [label, label], WIDE))
