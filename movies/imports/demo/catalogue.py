"""The movies of the demo data, from catalogue.csv."""

import csv
from pathlib import Path
from typing import NamedTuple

from django.utils.text import slugify

from movies.imports.dataset import MovieLine

FILE = Path(__file__).with_name("catalogue.csv")


class DemoMovie(NamedTuple):
    """A movie and how well it is known, from 5 (to everybody) down to 1."""

    movie: MovieLine
    fame: int


def demo_movies() -> list[DemoMovie]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        return [
            DemoMovie(_movie(number, row), int(row["fame"])) for number, row in enumerate(rows, 1)
        ]


def _movie(number: int, row: dict[str, str]) -> MovieLine:
    return MovieLine(
        line=number + 1,
        number=number,
        title=row["title"],
        original_title=row["original_title"],
        year=int(row["year"]),
        genres=tuple(row["genres"].split("|")),
        catalogue_key=f"demo:{slugify(row['title'])}-{row['year']}",
    )
