"""The introductory example: dot products of one person and three movies.

Numbers are decimals with at most two places, so that the page shows exact results that a reader can
check by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

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
BOOK = {  # the numbers of the book that the example is taken from
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
    person_value: Decimal
    movie_value: Decimal
    product: Decimal


@dataclass(frozen=True)
class Bar:
    """A bar from the middle of a drawing 200 wide."""

    x: Decimal
    width: Decimal


@dataclass(frozen=True)
class Match:
    """How well one movie fits the person."""

    key: str
    title: str
    products: Sequence[Product]
    total: Decimal
    rank: int = 0  # 1 for the movie that fits best

    @property
    def bar(self) -> Bar:
        """The total; its largest possible value fills half the drawing."""
        length = round(abs(self.total) * 100 / len(FACTORS), 1)
        return Bar(Decimal(100) if self.total >= 0 else 100 - length, length)


@dataclass(frozen=True)
class Example:
    """The numbers of the person and the movies."""

    numbers: dict[str, Sequence[Decimal]]
    problem: str = ""

    @property
    def person(self) -> Sequence[tuple[str | Promise, Decimal]]:
        return list(zip(FACTORS, self.numbers[PERSON], strict=True))

    @property
    def matches(self) -> list[Match]:
        matches = [self._match(key, title) for key, title in MOVIES.items()]
        totals = sorted((match.total for match in matches), reverse=True)
        return [
            Match(m.key, m.title, m.products, m.total, 1 + totals.index(m.total)) for m in matches
        ]

    @property
    def in_order(self) -> list[Match]:
        return sorted(self.matches, key=lambda match: match.rank)

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters that select these numbers; none for the book's own."""
        if self == book():
            return []
        return [(key, str(number)) for key, row in self.numbers.items() for number in row]

    def _match(self, key: str, title: str) -> Match:
        person, movie = self.numbers[PERSON], self.numbers[key]
        products, total = dot_product(person, movie)
        rows = zip(FACTORS, person, movie, products, strict=True)
        return Match(key, title, [Product(*row) for row in rows], total)


def dot_product(
    left: Sequence[Decimal], right: Sequence[Decimal]
) -> tuple[Sequence[Decimal], Decimal]:
    """The elementwise products, and their sum."""
    products = [_plain(a * b) for a, b in zip(left, right, strict=True)]
    return products, _plain(sum(products, Decimal(0)))


def _plain(number: Decimal) -> Decimal:
    """Without trailing zeros, and without a minus sign before zero."""
    number = number.normalize() + 0
    return number.quantize(Decimal(1)) if number == number.to_integral() else number


def book() -> Example:
    return Example({key: [Decimal(text) for text in row] for key, row in BOOK.items()})


def example_from_params(params: QueryDict) -> Example:
    """The numbers of the query string; the book's, with a `problem`, if those are invalid."""
    if not any(key in params for key in BOOK):
        return book()
    numbers = {}
    for key, row in BOOK.items():
        texts = params.getlist(key) or list(row)
        if len(texts) != len(FACTORS) or not all(map(_is_number, texts)):
            return Example(
                book().numbers,
                _("Numbers go from −1 to 1, with up to two decimals. We've reset them."),
            )  # fmt: skip
        numbers[key] = [_plain(Decimal(text)) for text in texts]
    return Example(numbers)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and abs(Decimal(text)) <= 1
