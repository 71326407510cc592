"""The book's example: three movies and a person, three numbers each, and what they make together.

Numbers have at most two decimals and are worked with as decimals, so that what is written on the
page is exact and a visitor can check it with pencil and paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FACTORS: Sequence[Promise] = (
    gettext_lazy("science fiction"),
    gettext_lazy("action"),
    gettext_lazy("old"),
)
PERSON = "p"
MOVIES = {"a": "Star Wars", "b": "Casablanca", "c": "Mad Max: Fury Road"}
BOOK = {
    PERSON: ("0.9", "-0.6", "0.8"),
    "a": ("0.98", "-0.9", "0.9"),
    "b": ("-0.99", "-0.97", "0.4"),
    "c": ("0.8", "0.95", "-0.9"),
}
_NUMBER = re.compile(r"-?[01](\.[0-9]{1,2})?")


@dataclass(frozen=True)
class Product:
    """One pair of numbers of a dot product."""

    factor: str | Promise
    theirs: Decimal  # the person's
    its: Decimal  # the movie's
    product: Decimal


@dataclass(frozen=True)
class Match:
    """One movie beside the person."""

    key: str
    title: str
    products: Sequence[Product]
    total: Decimal
    rank: int = 0  # 1 for the movie that fits best

    @property
    def bar(self) -> dict[str, Any]:
        """The total as a bar from the middle of a drawing 200 wide; three is the most it can be."""
        length = round(abs(self.total) * 100 / len(FACTORS), 1)
        return {"x": 100 if self.total >= 0 else 100 - length, "width": length}


@dataclass(frozen=True)
class Example:
    """Everybody's numbers as the address says them."""

    numbers: dict[str, Sequence[Decimal]]
    problem: str = ""

    @property
    def person(self) -> Sequence[tuple[str | Promise, Decimal]]:
        return list(zip(FACTORS, self.numbers[PERSON], strict=True))

    @property
    def matches(self) -> list[Match]:
        found = [self._match(key, title) for key, title in MOVIES.items()]
        totals = sorted((match.total for match in found), reverse=True)
        return [
            Match(m.key, m.title, m.products, m.total, 1 + totals.index(m.total)) for m in found
        ]

    @property
    def in_order(self) -> list[Match]:
        return sorted(self.matches, key=lambda match: match.rank)

    @property
    def query(self) -> list[tuple[str, str]]:
        """What of the address says it; nothing for the book's own numbers."""
        if self == book():
            return []
        return [(key, str(number)) for key, row in self.numbers.items() for number in row]

    def _match(self, key: str, title: str) -> Match:
        theirs, its = self.numbers[PERSON], self.numbers[key]
        products, total = dot_product(theirs, its)
        rows = zip(FACTORS, theirs, its, products, strict=True)
        return Match(key, title, [Product(*row) for row in rows], total)


def dot_product(
    left: Sequence[Decimal], right: Sequence[Decimal]
) -> tuple[Sequence[Decimal], Decimal]:
    """The products pair by pair, and their sum."""
    products = [_plain(a * b) for a, b in zip(left, right, strict=True)]
    return products, _plain(sum(products, Decimal(0)))


def _plain(number: Decimal) -> Decimal:
    """Without zeros at the end, and without a minus before zero."""
    number = number.normalize() + 0
    return number.quantize(Decimal(1)) if number == number.to_integral() else number


def book() -> Example:
    return Example({key: [Decimal(text) for text in row] for key, row in BOOK.items()})


def example_asked_by(query: QueryDict) -> Example:
    """The book's numbers, or those of the address; with a `problem` where these make no sense."""
    if not any(key in query for key in BOOK):
        return book()
    numbers = {}
    for key, row in BOOK.items():
        asked = query.getlist(key) or list(row)
        if len(asked) != len(FACTORS) or not all(map(_is_number, asked)):
            return Example(
                book().numbers,
                _("Each number lies between −1 and 1 and has at most two decimals. "
                  "These are the book’s again."),
            )  # fmt: skip
        numbers[key] = [_plain(Decimal(text)) for text in asked]
    return Example(numbers)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and abs(Decimal(text)) <= 1
