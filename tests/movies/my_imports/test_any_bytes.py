"""Whatever is uploaded: an import, or a reason why not; never another exception."""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from movies.my_imports.parsing.entries import Line, Refused
from movies.my_imports.parsing.uploads import open_upload
from movies.my_imports.reading import read_lines, recognize
from movies.my_imports.sources import SOURCES, any_csv
from tests.movies.my_imports import exports

EXAMPLES: dict[str, bytes] = {
    "letterboxd": exports.zip_file(exports.LETTERBOXD).getvalue(),
    "imdb": exports.IMDB_2024.encode(),
    "imdb-2012": exports.IMDB_2012.encode(),
    "movielens": exports.MOVIELENS.encode(),
    "trakt": json.dumps(exports.TRAKT["ratings-movies.json"]).encode(),
    "trakt-csv": exports.TRAKT_CSV.encode(),
    "simkl": json.dumps(exports.SIMKL).encode(),
    "tmdb": exports.TMDB.encode(),
    "criticker": exports.CRITICKER.encode(),
    "netflix": exports.NETFLIX.encode(),
    "tvtime": exports.zip_file(exports.TVTIME).getvalue(),
    "cfsite": exports.zip_file(exports.OWN).getvalue(),
}
TABLES = {
    "lists": exports.LETTERBOXD["lists/space.csv"],
    "diary": exports.LETTERBOXD["reviews.csv"],
    "own viewings": exports.OWN["viewings.csv"],
    "tvtime": exports.TVTIME["gdpr-data/tracking-prod-records.csv"],
}
JUNK = ["\0", '"', ",", "\n", "\r", "nan", "９", "\u202e", "é", "1e999", "'", "-", "<", "{", "[]"]
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def outcome(content: bytes, name: str = "ratings.csv") -> list[Line] | None:
    """All lines, or None if the upload is refused."""
    with contextlib.suppress(Refused):
        _source, files = recognize(open_upload(io.BytesIO(content), name, 1))
        return [
            line
            for member, found in files
            for line in read_lines(member.path, found.items(member), found.read)
        ]
    return None


@QUICK
@given(st.binary(max_size=400), st.sampled_from(["ratings.csv", "a.zip", "watchlist.csv"]))
def test_any_bytes(content: bytes, name: str) -> None:
    outcome(content, name)


@pytest.mark.parametrize("name", EXAMPLES)
@QUICK
@given(st.data())
def test_an_export_with_other_bytes_in_it(name: str, data: st.DataObject) -> None:
    content = bytearray(EXAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    outcome(bytes(content))


@pytest.mark.parametrize("name", TABLES)
@QUICK
@given(st.integers(0, 2**32))
def test_a_table_with_other_words_in_it(name: str, seed: int) -> None:
    words, text = random.Random(seed), TABLES[name]
    for _ in range(words.randint(1, 6)):
        place = words.randrange(len(text))
        text = text[:place] + words.choice(JUNK) + text[place + words.randrange(3) :]
    outcome(text.encode())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = ["rated_at", "rating", "type", "movie", "status", "user_rating", "last_watched_at"]
FIELDS += ["plays", "watched_at", "action", "listed_at", "title", "year", "ids", "imdb", "tmdb"]


@QUICK
@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), json_values), max_size=4))
def test_json_of_any_shape(items: list[dict]) -> None:
    for document in (items, {"movies": items}):
        outcome(json.dumps(document).encode())


@QUICK
@given(st.dictionaries(st.sampled_from(list(any_csv.MEANINGS)), st.text(max_size=20)))
def test_cells_of_any_text(cells: dict[str, str]) -> None:
    read = any_csv.reader({meaning: meaning for meaning in cells})
    list(read_lines("x", [(1, cells)], read))


READERS: list[Callable] = [
    one.read for source in SOURCES.values() for one in source.files if hasattr(one, "columns")
]


@pytest.mark.parametrize("number", range(len(READERS)))
def test_rows_of_random_cells(number: int) -> None:
    formats = [
        one for source in SOURCES.values() for one in source.files if hasattr(one, "columns")
    ]
    found, words = formats[number], random.Random(number)
    pool = [*JUNK, "", "Alien", "1979", "tt0078748", "4.5", "2020-01-01", "movie", "yes", "seen"]
    names = [*found.columns, "day first"]
    rows = [{name: words.choice(pool) for name in names} for _ in range(200)]
    assert len(list(read_lines("x", enumerate(rows), found.read))) >= len(rows)
