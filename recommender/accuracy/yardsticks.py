"""First lists by several yardsticks, and what being left out costs, as the accuracy page shows it.

Evaluations stored before these were measured have neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Name = str | Promise

# The table of methods shows lists after so many ratings.
GIVEN_TO_METHODS = 5


def _number(value: float, decimals: int) -> str:
    """Rounded first: `number_format` cuts off."""
    rounded = round(value, decimals) + 0.0  # no -0
    return number_format(rounded, decimals, force_grouping=True).replace("-", "−")


def _thousandths(value: float) -> str:
    return _number(value, 3)


def _percent(value: float) -> str:
    return f"{_number(100 * value, 0)} %"


def _of_ten(value: float) -> str:
    return _number(10 * value, 1)


def _places(value: float) -> str:
    return _number(value, 0)


@dataclass(frozen=True)
class Yardstick:
    """How one figure is named and printed."""

    key: str
    label: Name  # as the row of the model's table
    short: Name  # as the column of the methods' table
    aim: Name
    printed: Callable[[float], str]

    def cell(self, row: Mapping[str, Any]) -> str:
        value = row[self.key]
        return "–" if value is None else self.printed(value)


_HIGHER, _LOWER = gettext_lazy("higher is better"), gettext_lazy("lower is better")
YARDSTICKS = (
    Yardstick(
        "ndcg",
        gettext_lazy("Later favourites near the top (NDCG@10)"),
        "NDCG@10",
        _HIGHER,
        _thousandths,
    ),
    Yardstick(
        "ips_ndcg",
        gettext_lazy("The same, with extra credit for little-known movies"),
        gettext_lazy("NDCG, extra credit for little-known movies"),
        _HIGHER,
        _thousandths,
    ),
    Yardstick(
        "liked_over_disliked",
        gettext_lazy("How often a later favourite ranks above a later disappointment"),
        gettext_lazy("Favourite above disappointment"),
        gettext_lazy("50 % is a coin toss"),
        _percent,
    ),
    Yardstick(
        "people_overlap",
        gettext_lazy("Movies two people's top tens share"),
        gettext_lazy("Shared by two people"),
        gettext_lazy("10 means the same list for everyone"),
        _of_ten,
    ),
    Yardstick(
        "flip_overlap",
        gettext_lazy("Movies that stay in the top ten when every rating is reversed"),
        gettext_lazy("Kept when ratings are reversed"),
        gettext_lazy("10 means the list ignores what you like"),
        _of_ten,
    ),
    Yardstick(
        "neighbours_falling",
        gettext_lazy("Movies like one you hated that move down"),
        gettext_lazy("Movies like a hated one that move down"),
        _HIGHER,
        _percent,
    ),
    Yardstick(
        "neighbours_median_fall",
        gettext_lazy("How many places they move down"),
        gettext_lazy("Places they move down"),
        gettext_lazy("median"),
        _places,
    ),
    Yardstick(
        "inversions",
        gettext_lazy("Pairs on a page of twelve that are out of order by predicted stars"),
        gettext_lazy("Pairs out of order"),
        _LOWER,
        _percent,
    ),
)


@dataclass(frozen=True)
class YardstickRow:
    """A yardstick over numbers of ratings, or a method over yardsticks."""

    name: Name
    cells: Sequence[str]
    aim: Name = ""
    is_model: bool = False


@dataclass(frozen=True)
class FirstLists:
    """The lists that people got after their first ratings, told in one order."""

    title: str
    methods_title: str
    given: Sequence[int]
    rows: Sequence[YardstickRow]
    columns: Sequence[Name]
    methods: Sequence[YardstickRow]


@dataclass(frozen=True)
class LeftOut:
    """The same people inside the fit and left out of it."""

    people: str
    inside_rmse: str
    inside_ndcg: str
    outside_rmse: str
    outside_ndcg: str
    verdict: str  # one sentence


def first_lists(table: Mapping[str, Any], method_names: Mapping[str, Name]) -> list[FirstLists]:
    return [_first_lists(part, method_names) for part in table.get("yardsticks", ())]


def _first_lists(part: Mapping[str, Any], method_names: Mapping[str, Name]) -> FirstLists:
    n_people = {"n": number_format(part["n_people"])}
    in_time = part["order"] == "time"
    model = part["contestants"][0]["rows"]
    return FirstLists(
        title=(
            _("Ratings in the order they were given, %(n)s people")
            if in_time
            else _("Ratings in random order, %(n)s people")
        )
        % n_people,
        methods_title=(
            _("After %(n)s ratings, in the order they were given")
            if in_time
            else _("After %(n)s ratings, in random order")
        )
        % {"n": GIVEN_TO_METHODS},
        given=part["given"],
        rows=[YardstickRow(y.label, [y.cell(row) for row in model], aim=y.aim) for y in YARDSTICKS],
        columns=[y.short for y in YARDSTICKS],
        methods=[
            YardstickRow(
                method_names.get(entry["name"], entry["name"]),
                [y.cell(row) for y in YARDSTICKS],
                is_model=entry["is_model"],
            )
            for entry in part["contestants"]
            for row in entry["rows"]
            if row["n_given"] == GIVEN_TO_METHODS
        ],
    )


def left_out(table: Mapping[str, Any]) -> LeftOut | None:
    figures = table.get("left_out")
    if not figures:
        return None
    inside, outside = figures["inside"], figures["outside"]
    return LeftOut(
        people=number_format(figures["n_people"], force_grouping=True),
        inside_rmse=_thousandths(inside["rmse"]),
        inside_ndcg=_thousandths(inside["ndcg"]),
        outside_rmse=_thousandths(outside["rmse"]),
        outside_ndcg=_thousandths(outside["ndcg"]),
        verdict=_verdict(figures["stars"]["verdict"], figures["lists"]["verdict"]),
    )


def _verdict(stars: str, lists: str) -> str:
    """From "ahead", "level" or "behind" of those left out, in stars and in lists."""
    worse = {part for part, verdict in (("stars", stars), ("lists", lists)) if verdict == "behind"}
    if worse == {"stars", "lists"}:
        return _(
            "Both their predicted stars and their lists are worse by more than chance could "
            "explain."
        )
    if worse == {"stars"}:
        return _(
            "Their predicted stars are off by a little more than chance could explain; their "
            "lists are just as good."
        )
    if worse == {"lists"}:
        return _(
            "Their lists are worse by more than chance could explain; their predicted stars "
            "are just as good."
        )
    return _("The difference is small enough to be chance.")
