"""What tables hold, in numbers that are the same before a backup and after its restore."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    rows: int
    checksum: str  # of all values of all rows


Tables = dict[str, Table]


def difference(expected: Tables, found: Tables) -> str:
    """The first tables that differ, in words; empty if none does."""
    differing = [
        f"{name} ({_in_words(expected.get(name))} expected, {_in_words(found.get(name))} found)"
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    ]
    more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
    return ", ".join(differing[:3]) + more


def _in_words(table: Table | None) -> str:
    return f"{table.rows} rows with checksum {table.checksum[:8]}" if table else "no table"
