"""The accuracy page: tables, plots and sentences made from the stored figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Boldness
from recommender.accuracy.plots import Strip, calibration_plot, line_plot, strips
from recommender.accuracy.published import MIN_PEOPLE, MIN_RATINGS, Accuracy, published_accuracy
from recommender.accuracy.report import NotBeaten, not_beaten
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.models import Evaluation

MODEL = "latent factors"
NAMES: dict[str, str | Promise] = {
    MODEL: gettext_lazy("This site's model"),
    "global mean": gettext_lazy("The mean of all ratings"),
    "damped item mean": gettext_lazy("The movie's mean"),
    "biases only": gettext_lazy("Movie and person biases"),
    "popularity": gettext_lazy("The most rated movies"),
    "item neighbours": gettext_lazy("Item neighbours"),
    "EASE": "EASE",
}
PROTOCOLS: dict[str, str | Promise] = {
    "temporal": gettext_lazy("the newest fifth of each person's ratings was held back"),
    "lastone": gettext_lazy("the newest rating of each person was held back"),
    "5fold": gettext_lazy("the ratings were cut into five random parts, each held back once"),
}
# Far from the others, and flat: it would only flatten them too.
NOT_DRAWN = {"global mean"}


@dataclass(frozen=True)
class Row:
    """One contestant's figures, with its interval drawn."""

    name: str | Promise
    is_model: bool
    figures: dict[str, Any]
    strip: Strip
    by: float | None  # how far the model is ahead or behind
    verdict: str


def accuracy_page() -> dict[str, Any]:
    """What `recommender/accuracy/page.html` shows."""
    found = published_accuracy()
    context: dict[str, Any] = {
        "accuracy": found,
        "run": found.run,
        "live": found.live,
        "calibration": calibration_plot(found.live.bins) if found.live else None,
        "min_people": MIN_PEOPLE,
        "min_ratings": MIN_RATINGS,
    }
    if found.evaluation:
        return context | _evaluated(found.evaluation)
    return context | {"trial": _trial(found)}


def _evaluated(evaluation: Evaluation) -> dict[str, Any]:
    table = evaluation.table
    given = table["by_given"]
    return {
        "evaluation": evaluation,
        "table": table,
        "model": table["contestants"][0],
        "protocol": PROTOCOLS[evaluation.protocol],
        "limits": limits(table),
        "stars": _rows(table["contestants"], "stars", "rmse"),
        "lists": _rows(table["contestants"], "lists", "ndcg"),
        "given": given,
        "by_given": [
            _section(given, "stars", "rmse", _("RMSE of predicted stars; lower is better")),
            _section(given, "lists", "ndcg", _("NDCG@10 of lists; higher is better")),
        ],
        "stops": _stops(table["boldness"]),
        "not_beaten": list(_by_who(not_beaten(table))),
    }


def _trial(found: Accuracy) -> dict[str, Any] | None:
    """The figures that every run is checked by before it serves."""
    metrics = found.run.metrics if found.run else {}
    return metrics if metrics.get("rmse") is not None else None


def _rows(contestants: Iterable[dict[str, Any]], part: str, key: str) -> list[Row]:
    entries = [entry for entry in contestants if entry[part]]
    drawn = strips(
        [(f[f"{key}_low"], f[key], f[f"{key}_high"]) for f in (entry[part] for entry in entries)]
    )
    return [
        Row(
            name=NAMES.get(entry["name"], entry["name"]),
            is_model=entry["is_model"],
            figures=entry[part],
            strip=strip,
            by=abs(entry[part]["model"]["difference"]) if "model" in entry[part] else None,
            verdict=entry[part].get("model", {}).get("verdict", ""),
        )
        for entry, strip in zip(entries, drawn, strict=True)
    ]


def _section(given: Sequence[dict[str, Any]], part: str, key: str, title: str) -> dict[str, Any]:
    """One figure by the number of ratings given: a plot and the table behind it."""
    lines = []
    for number, entry in enumerate(given[0]["contestants"] if given else []):
        cells = [row["contestants"][number][part] for row in given]
        if any(cells):
            lines.append((entry["name"], cells))
    series = [
        (str(NAMES.get(name, name)), _style(name), [cell and cell[key] for cell in cells])
        for name, cells in lines
        if name not in NOT_DRAWN
    ]
    return {
        "title": title,
        "plot": line_plot([row["given"] for row in given], series),
        "rows": [
            {
                "name": NAMES.get(name, name),
                "is_model": name == MODEL,
                "cells": [_cell(cell, key) for cell in cells],
            }
            for name, cells in lines
        ],
    }


def _style(name: str) -> str:
    """A method is drawn alike in every plot."""
    drawn = [known for known in NAMES if known not in NOT_DRAWN]
    return f"series-{drawn.index(name)}" if name in drawn else "series-other"


def _cell(figures: dict[str, Any] | None, key: str) -> dict[str, Any] | None:
    if figures is None:
        return None
    return {"value": figures[key], "verdict": figures.get("model", {}).get("verdict", "")}


def _stops(stops: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    names = dict(zip(BOLDNESS_STOPS, Boldness.labels, strict=True))
    return [{"name": names.get(row["boldness"], row["boldness"]), **row} for row in stops]


def _by_who(found: Iterable[NotBeaten]) -> Iterable[dict[str, Any]]:
    """One line for everybody and for each number of ratings given: behind whom, level with whom."""
    for given, entries in groupby(found, key=lambda entry: entry.given):
        own = list(entries)
        yield {
            "given": given,
            "behind": [_named(entry) for entry in own if entry.verdict == "behind"],
            "level": [_named(entry) for entry in own if entry.verdict == "level"],
        }


def _named(entry: NotBeaten) -> dict[str, Any]:
    return {**vars(entry), "name": NAMES.get(entry.rival, entry.rival)}


def limits(table: dict[str, Any]) -> list[str]:
    """What was done to bound time and memory."""
    said = {
        "people_drawn_from": _("Some people were drawn at random from %(n)s, and the model learned "
                               "from these alone; the one that serves knows more."),
        "people_for_stars": _("Stars were measured on %(n)s people drawn at random."),
        "people_for_lists": _("Lists were measured on %(n)s people drawn at random."),
        "movies_of_peers": _("Item neighbours and EASE know the %(n)s most rated movies only."),
        "people_of_peers": _("Item neighbours and EASE learned from %(n)s people drawn at random."),
    }  # fmt: skip
    return [said[key] % {"n": f"{n:,}"} for key, n in table.get("limits", {}).items()]


@require_safe
def accuracy(request: HttpRequest) -> HttpResponse:
    """How good the predictions are, for everybody to see."""
    return render(request, "recommender/accuracy/page.html", accuracy_page())
