"""Tables and plots of one evaluation, as the accuracy page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Boldness
from recommender.accuracy.plots import Interval, LinePlot, intervals, line_plot
from recommender.accuracy.report import NotBeaten, not_beaten
from recommender.accuracy.yardsticks import FirstLists, LeftOut, first_lists, left_out
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.models import Evaluation

Name = str | Promise

MODEL = "latent factors"
METHOD_NAMES: dict[str, Name] = {
    MODEL: gettext_lazy("Our model"),
    "global mean": gettext_lazy("Average of all ratings"),
    "damped item mean": gettext_lazy("The movie's average"),
    "biases only": gettext_lazy("Average adjusted for movie and person"),
    "popularity": gettext_lazy("Most rated movies"),
    "item neighbours": gettext_lazy("Item neighbours"),
    "EASE": "EASE",
    "SLIM": "SLIM",
    "recent popularity": gettext_lazy("Most rated in the last 30 days"),
}
PROTOCOLS: dict[str, Name] = {
    "temporal": gettext_lazy("the newest fifth of each person's ratings was held back"),
    "lastone": gettext_lazy("the newest rating of each person was held back"),
    "5fold": gettext_lazy(
        "the ratings were split into five random parts, and each was held back once"
    ),
    "u1-u5": gettext_lazy("each of the data set's own five parts was held back once"),
}
# A flat line far from the others, which would flatten them too; one that lies on another.
NOT_PLOTTED = {"global mean", "recent popularity"}


@dataclass(frozen=True)
class MethodRow:
    """One method's figures beside the model's."""

    name: Name
    is_model: bool
    figures: dict[str, Any]
    interval: Interval  # 95 %, drawn
    difference: float | None  # how far the model is ahead or behind
    verdict: str  # "ahead", "level", "behind"; empty for the model itself


@dataclass(frozen=True)
class Cell:
    value: float
    verdict: str


@dataclass(frozen=True)
class ByRatingsGivenRow:
    name: Name
    is_model: bool
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class ByRatingsGiven:
    """One figure by the number of ratings a new user has given: a plot and its table."""

    title: str
    plot: LinePlot | None
    rows: Sequence[ByRatingsGivenRow]


@dataclass(frozen=True)
class BoldnessStop:
    name: Name
    ndcg: float
    coverage: int
    mean_popularity: float


@dataclass(frozen=True)
class Rival:
    """A method that the model does not beat, and in which figure."""

    name: Name
    figure: str
    model_value: float
    rival_value: float


@dataclass(frozen=True)
class NotBeatenRow:
    """The methods not beaten for users with so many ratings."""

    given: str | None  # number of ratings given; None: all users
    behind: Sequence[Rival]
    level: Sequence[Rival]


@dataclass(frozen=True)
class EvaluationTables:
    """One evaluation in the order of the page."""

    protocol: Name
    counts: dict[str, Any]  # n_ratings, n_movies, n_people, n_held_out
    limits: Sequence[str]
    model_stars: dict[str, Any] | None
    model_lists: dict[str, Any] | None
    stars: Sequence[MethodRow]
    lists: Sequence[MethodRow]
    given: Sequence[dict[str, Any]]  # the columns of `by_ratings_given`: given, n_people
    by_ratings_given: Sequence[ByRatingsGiven]
    not_beaten: Sequence[NotBeatenRow]
    boldness_stops: Sequence[BoldnessStop]
    first_lists: Sequence[FirstLists]
    left_out: LeftOut | None
    too_early: int | None  # movies listed before anybody had rated them; None: not counted


def evaluation_tables(evaluation: Evaluation) -> EvaluationTables:
    table = evaluation.table
    contestants, given = table["contestants"], table["by_given"]
    rmse_title = _("RMSE of predicted stars; lower is better")
    ndcg_title = _("NDCG@10 of lists; higher is better")
    return EvaluationTables(
        protocol=PROTOCOLS[evaluation.protocol],
        counts={key: table[key] for key in ("n_ratings", "n_movies", "n_people", "n_held_out")},
        limits=_limit_sentences(table.get("limits", {})),
        model_stars=contestants[0]["stars"],
        model_lists=contestants[0]["lists"],
        stars=_method_rows(contestants, "stars", "rmse"),
        lists=_method_rows(contestants, "lists", "ndcg"),
        given=given,
        by_ratings_given=[
            _by_ratings_given(given, "stars", "rmse", rmse_title),
            _by_ratings_given(given, "lists", "ndcg", ndcg_title),
        ],
        not_beaten=list(_not_beaten_rows(not_beaten(table))),
        boldness_stops=_boldness_stops(table["boldness"]),
        first_lists=first_lists(table, METHOD_NAMES),
        left_out=left_out(table),
        too_early=(contestants[0]["lists"] or {}).get("too_early"),
    )


def _method_rows(contestants: Iterable[dict[str, Any]], part: str, key: str) -> list[MethodRow]:
    entries = [entry for entry in contestants if entry[part]]
    drawn = intervals(
        [(f[f"{key}_low"], f[key], f[f"{key}_high"]) for f in (entry[part] for entry in entries)]
    )
    return [
        MethodRow(
            name=METHOD_NAMES.get(entry["name"], entry["name"]),
            is_model=entry["is_model"],
            figures=entry[part],
            interval=interval,
            difference=abs(entry[part]["model"]["difference"]) if "model" in entry[part] else None,
            verdict=entry[part].get("model", {}).get("verdict", ""),
        )
        for entry, interval in zip(entries, drawn, strict=True)
    ]


def _by_ratings_given(
    given: Sequence[dict[str, Any]], part: str, key: str, title: str
) -> ByRatingsGiven:
    by_method = []
    for number, entry in enumerate(given[0]["contestants"] if given else []):
        figures = [column["contestants"][number][part] for column in given]
        if any(figures):
            by_method.append((entry["name"], figures))
    series = [
        (str(METHOD_NAMES.get(name, name)), _css_class(name), [f and f[key] for f in figures])
        for name, figures in by_method
        if name not in NOT_PLOTTED
    ]
    return ByRatingsGiven(
        title=title,
        plot=line_plot([column["given"] for column in given], series),
        rows=[
            ByRatingsGivenRow(
                name=METHOD_NAMES.get(name, name),
                is_model=name == MODEL,
                cells=[_cell(f, key) for f in figures],
            )
            for name, figures in by_method
        ],
    )


def _css_class(name: str) -> str:
    """The same line style for a method in every plot."""
    plotted = [known for known in METHOD_NAMES if known not in NOT_PLOTTED]
    return f"series-{plotted.index(name)}" if name in plotted else "series-other"


def _cell(figures: dict[str, Any] | None, key: str) -> Cell | None:
    return figures and Cell(figures[key], figures.get("model", {}).get("verdict", ""))


def _boldness_stops(stops: Iterable[dict[str, Any]]) -> list[BoldnessStop]:
    names = dict(zip(BOLDNESS_STOPS, Boldness.labels, strict=True))
    return [
        BoldnessStop(
            names.get(stop["boldness"], str(stop["boldness"])),
            stop["ndcg"],
            stop["coverage"],
            stop["mean_popularity"],
        )
        for stop in stops
    ]


def _not_beaten_rows(found: Iterable[NotBeaten]) -> Iterator[NotBeatenRow]:
    for given, group in groupby(found, key=lambda entry: entry.given):
        entries = list(group)
        yield NotBeatenRow(
            given,
            behind=[_rival(entry) for entry in entries if entry.verdict == "behind"],
            level=[_rival(entry) for entry in entries if entry.verdict == "level"],
        )


def _rival(entry: NotBeaten) -> Rival:
    name = METHOD_NAMES.get(entry.rival, entry.rival)
    return Rival(name, entry.figure, model_value=entry.model, rival_value=entry.other)


def _limit_sentences(limits: dict[str, int]) -> list[str]:
    """How the evaluation bounded its time and memory."""
    sentences = {
        "people_drawn_from": _("For this test the model learned from a random sample of %(n)s "
                               "people; the live one learns from everyone."),
        "people_for_stars": _("Stars were tested on %(n)s people chosen at random."),
        "people_for_lists": _("Lists were tested on %(n)s people chosen at random."),
        "movies_of_peers": _("Item neighbours, EASE and SLIM only know the %(n)s most rated "
                             "movies."),
        "people_of_peers": _("Item neighbours, EASE and SLIM learned from %(n)s people chosen at "
                             "random."),
    }  # fmt: skip
    return [sentences[key] % {"n": f"{n:,}"} for key, n in limits.items()]
