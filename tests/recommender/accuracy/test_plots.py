"""Geometry of the accuracy page's plots."""

import pytest

from recommender.accuracy.plots import calibration_plot, intervals, line_plot
from recommender.accuracy.summary import Bin


def test_a_missing_value_leaves_a_gap_in_the_line() -> None:
    plot = line_plot(
        ["0", "1-2", "3-5"], [("a", "one", [None, 1.0, 1.1]), ("b", "two", [1.2, None, 0.9])]
    )
    assert [len(line.pieces) for line in plot.lines] == [1, 2]
    assert [len(line.points) for line in plot.lines] == [2, 2]
    assert plot.y_ticks[0].at > plot.y_ticks[-1].at  # larger is higher
    assert [tick.label for tick in plot.y_ticks] == ["0.9", "1", "1.1", "1.2"]


def test_plots_of_nothing_are_none() -> None:
    assert line_plot(["0"], [("a", "one", [1.0])]) is None
    assert line_plot(["0", "1"], [("a", "one", [None, None])]) is None
    assert calibration_plot([Bin(3.0, 10, 3.2, 3.1)]) is None
    assert intervals([]) == []


@pytest.mark.parametrize(
    "values", [(1.0, 1.0), (0.0, 0.0), (0.02, 0.2), (0.95, 1.24), (0.05, 0.14), (1e-9, 3e3)]
)
def test_ticks_enclose_every_value(values: tuple[float, float]) -> None:
    plot = line_plot(["0", "1"], [("a", "one", values)])
    heights = [point.y for point in plot.lines[0].points]
    assert plot.top <= min(heights) <= max(heights) <= plot.bottom
    assert 2 <= len(plot.y_ticks) <= 7


def test_intervals_of_a_table_share_a_scale() -> None:
    first, second = intervals([(1.0, 1.5, 2.0), (1.5, 2.0, 3.0)])
    assert first.low < first.middle == second.low < first.high == second.middle < second.high
