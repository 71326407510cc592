"""Answers of other sites, made by hand in the shapes of real ones."""

from pathlib import Path

FOLDER = Path(__file__).parent
WIKIDATA_DUMP = FOLDER / "wikidata_dump.json"


def answer(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()
