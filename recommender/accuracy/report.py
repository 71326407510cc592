"""An evaluation as text for the terminal and as JSON, and the baselines it does not beat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from recommender.models import Evaluation

PROTOCOLS = {
    "temporal": "the newest fifth of each person's ratings is held out",
    "lastone": "the newest rating of each person is held out",
    "5fold": "five random folds, each held out once",
    "u1-u5": "the five parts of ml-100k, u1 to u5, each held out once",
}
OPTIMISTIC = (
    "Random folds make results look better than they are: they hide how people's ratings change "
    "over time. The protocol temporal says what to expect."
)
_MARKS = {"ahead": " ", "level": "=", "behind": "!"}


@dataclass(frozen=True)
class NotBeaten:
    """One figure in which the model is not significantly better than a baseline."""

    figure: str  # "RMSE" or "NDCG@10"
    given: str | None  # number of ratings a new user has given; None: all users
    rival: str
    model: float
    other: float
    verdict: str  # "level": the 95 % interval of the difference holds zero; "behind"


def not_beaten(table: dict[str, Any]) -> list[NotBeaten]:
    """All figures in which the model does not beat a baseline; those of all users first."""
    found = list(_not_beaten(None, table["contestants"]))
    for row in table["by_given"]:
        found += _not_beaten(row["given"], row["contestants"])
    return found


def _not_beaten(given: str | None, contestants: list[dict[str, Any]]) -> Iterator[NotBeaten]:
    model = contestants[0]
    for figure, part, key in (("RMSE", "stars", "rmse"), ("NDCG@10", "lists", "ndcg")):
        for rival in contestants[1:]:
            theirs = rival[part]
            if theirs and theirs["model"]["verdict"] != "ahead":
                verdict = theirs["model"]["verdict"]
                ours = model[part][key]
                yield NotBeaten(figure, given, rival["name"], ours, theirs[key], verdict)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "evaluation": evaluation.pk,
        "source": evaluation.source,
        "protocol": evaluation.protocol,
        "run": evaluation.run_id,
        "created_at": evaluation.created_at.isoformat(),
        "finished_at": evaluation.finished_at.isoformat() if evaluation.finished_at else None,
        "code_version": evaluation.code_version,
        "not_beaten": [vars(entry) for entry in not_beaten(evaluation.table)],
        "table": evaluation.table,
    }


def as_text(evaluation: Evaluation) -> str:
    """What the command prints."""
    table = evaluation.table
    parts = [
        _head(evaluation),
        _stars(table["contestants"]),
        _folds(table.get("folds", [])),
        _lists(table["contestants"]),
        *_by_given(table["by_given"]),
        *_yardsticks(table.get("yardsticks", [])),
        _left_out(table.get("left_out")),
        _boldness_stops(table["boldness"]),
        _conclusion(table),
        *(limit_sentences(table)),
    ]
    return "\n\n".join(part for part in parts if part)


def limit_sentences(table: dict[str, Any]) -> list[str]:
    """The sample sizes that bounded time and memory, in English."""
    limits = table.get("limits", {})
    sentences = {
        "people_drawn_from": "The model learned from a random sample of {:,} people; a fit on "
        "everyone knows more.",
        "people_for_stars": "Stars were tested on {:,} people chosen at random.",
        "people_for_lists": "Lists were tested on {:,} people chosen at random.",
        "movies_of_peers": "Item neighbours, EASE and SLIM only know the {:,} most rated movies.",
        "people_of_peers": "Item neighbours, EASE and SLIM learn from {:,} people chosen at "
        "random.",
    }
    return [sentences[name].format(number) for name, number in limits.items()]


def _head(evaluation: Evaluation) -> str:
    table = evaluation.table
    source = "this site" if evaluation.source == Evaluation.SITE else evaluation.source
    lines = [
        f"{source}: {table['n_ratings']:,} ratings of {table['n_movies']:,} movies by "
        f"{table['n_people']:,} people",
        f"protocol {evaluation.protocol}: {PROTOCOLS[evaluation.protocol]} "
        f"({table['n_held_out']:,} ratings)",
    ]
    return "\n".join(lines + ([OPTIMISTIC] if evaluation.protocol in {"5fold", "u1-u5"} else []))


def _stars(contestants: list[dict[str, Any]]) -> str:
    rows = [
        [
            entry["name"],
            f"{stars['rmse']:.4f}",
            f"{stars['rmse_low']:.4f} to {stars['rmse_high']:.4f}",
            f"{stars['mae']:.4f}",
            f"{stars['mae_low']:.4f} to {stars['mae_high']:.4f}",
        ]
        for entry in contestants
        if (stars := entry["stars"])
    ]
    return _aligned(["predicted stars", "RMSE", "95 % interval", "MAE", "95 % interval"], rows)


def _lists(contestants: list[dict[str, Any]]) -> str:
    rows = [
        [entry["name"], *_list_cells(entry["lists"])] for entry in contestants if entry["lists"]
    ]
    head = ["lists of all unrated movies", "NDCG@10", "95 % interval", "Recall@20", "hit rate@10",
            "movies shown", "median popularity", "too early"]  # fmt: skip
    return _aligned(head, rows)


def _folds(folds: list[dict[str, Any]]) -> str:
    """The model's figures part by part, where there is more than one."""
    if len(folds) < 2:
        return ""
    rows = [[f"part {n}", f"{fold['rmse']:.4f}"] for n, fold in enumerate(folds, 1)]
    return _aligned(["latent factors", "RMSE"], rows)


def _list_cells(lists: dict[str, Any]) -> list[str]:
    return [
        f"{lists['ndcg']:.4f}",
        f"{lists['ndcg_low']:.4f} to {lists['ndcg_high']:.4f}",
        f"{lists['recall']:.4f}",
        f"{lists['hit_rate']:.4f}",
        f"{lists['coverage']:,}",
        f"{lists['median_popularity']:,.0f}",
        "–" if lists.get("too_early") is None else f"{lists['too_early']:,}",
    ]


def _by_given(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Figures of new users, left out of the fit and folded in from so many ratings."""
    if not rows:
        return
    head = [row["given"] for row in rows]
    people = ["people", *(f"{row['n_people']:,} " for row in rows)]
    for title, part, key in (("RMSE", "stars", "rmse"), ("NDCG@10", "lists", "ndcg")):
        lines = [people]
        for number, entry in enumerate(rows[0]["contestants"]):
            cells = [_cell(row["contestants"][number][part], key) for row in rows]
            if any(cell != "– " for cell in cells):
                lines.append([entry["name"], *cells])
        yield _aligned([f"{title}, ratings given", *head], lines)


def _cell(figures: dict[str, Any] | None, key: str) -> str:
    if figures is None:
        return "– "
    verdict = figures["model"]["verdict"] if "model" in figures else "ahead"
    return f"{figures[key]:.4f}{_MARKS[verdict]}"


_YARDSTICKS = {
    "ndcg": "NDCG@10",
    "ips_ndcg": "inverse-propensity NDCG",
    "liked_over_disliked": "liked over disliked",
    "people_overlap": "people overlap",
    "flip_overlap": "flip overlap",
    "neighbours_falling": "neighbours that fall",
    "neighbours_median_fall": "median places",
    "inversions": "inversions",
}
_ORDERS = {"time": "first ratings in order of time", "random": "first ratings in random order"}
# The baselines are printed after so many; the JSON has all.
_GIVEN_TO_BASELINES = 5


def _yardsticks(tables: list[dict[str, Any]]) -> Iterator[str]:
    """Lists from a new user's first ratings: the model by their number, then every baseline."""
    for table in tables:
        title = f"{_ORDERS[table['order']]}, {table['n_people']} people"
        head = [title, *_YARDSTICKS.values()]
        model, *others = table["contestants"]
        rows = [[f"{model['name']}, {row['n_given']} given", *_yardstick_cells(row)]
                for row in model["rows"]]  # fmt: skip
        rows += [
            [f"{entry['name']}, {row['n_given']} given", *_yardstick_cells(row)]
            for entry in others
            for row in entry["rows"]
            if row["n_given"] == _GIVEN_TO_BASELINES
        ]
        yield _aligned(head, rows)


def _yardstick_cells(row: dict[str, Any]) -> list[str]:
    return [_yardstick(row, key) for key in _YARDSTICKS]


def _yardstick(row: dict[str, Any], key: str) -> str:
    value = row[key]
    if value is None:
        return "–"
    return f"{value:,.0f}" if key == "neighbours_median_fall" else f"{value:.3f}"


def _left_out(figures: dict[str, Any] | None) -> str:
    """What it costs somebody that the model did not learn from them."""
    if not figures:
        return ""
    title = f"{figures['n_people']:,} people, {figures['n_at_a_time']:,} at a time"
    rows = [
        [name, f"{figures[part]['rmse']:.4f}", f"{figures[part]['ndcg']:.4f}"]
        for name, part in (("inside the fit", "inside"), ("left out, folded in", "outside"))
    ]
    marks = [f"{figures[part]['difference']:+.4f}" for part in ("stars", "lists")]
    return _aligned([title, "RMSE", "NDCG@10"], [*rows, ["difference", *marks]])


def _boldness_stops(stops: list[dict[str, Any]]) -> str:
    head = ["well known to off the track", "NDCG@10", "movies shown", "mean popularity"]
    rows = [
        [f"{row['boldness']:g}", f"{row['ndcg']:.4f}", f"{row['coverage']:,}",
         f"{row['mean_popularity']:,.1f}"]
        for row in stops
    ]  # fmt: skip
    return _aligned(head, rows)


def _conclusion(table: dict[str, Any]) -> str:
    found = not_beaten(table)
    if not found:
        return "The model beats every baseline here, in stars and in lists."
    lines = ["Where the model does not beat a baseline (= tied within the interval, ! worse):"]
    for entry in found:
        who = "everybody" if entry.given is None else f"{entry.given} ratings given"
        lines.append(
            f"  {_MARKS[entry.verdict]} {entry.figure}, {who}: {entry.model:.4f}, "
            f"{entry.rival} {entry.other:.4f}"
        )
    return "\n".join(lines)


def _aligned(head: list[str], rows: list[list[str]]) -> str:
    """Columns as wide as their widest cell; the first left-aligned, the others right-aligned."""
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return "\n".join(
        row[0].ljust(widths[0])
        + "".join(f"  {cell.rjust(width)}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in table
    )
