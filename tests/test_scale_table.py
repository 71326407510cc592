"""The table of `benchmarks/scale.py`: which rows there are, and that rows of earlier runs stay."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def scale_rows(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import scale_rows

    return scale_rows


def test_it_works(scale_rows, tmp_path, monkeypatch):
    monkeypatch.setattr(scale_rows, "SAVED", tmp_path / "scale.json")
    first = scale_rows.Row("import", "5 min", "<= 15 min", True, setup="25 M")
    other = scale_rows.Row("import", "1 min", setup="5 M")
    assert scale_rows.merge_into_saved([first, other]) == [first, other]
    again = scale_rows.Row("import", "20 min", "<= 15 min", False, setup="25 M", processor=1234.5)
    assert scale_rows.merge_into_saved([again]) == [again, other]
    assert len(json.loads((tmp_path / "scale.json").read_text())) == 2
    [line, _] = scale_rows.table([again, other]).rows
    assert line == ["import", "25 M", "20 min", "<= 15 min", "NO", "", "1,234", ""]


def test_a_part_that_fails_has_a_row_and_the_others_go_on(scale_rows, tmp_path):
    def fails(folder):
        raise OSError("disk full")

    def works(folder):
        yield scale_rows.Row("pages", "fast")

    rows = scale_rows.measure({"a": fails, "b": works}, ["a", "b"], tmp_path)
    assert [(row.what, row.ok) for row in rows] == [("a", False), ("pages", None)]
    assert "disk full" in rows[0].measured


def test_unknown_rows_are_refused(tmp_path):
    command = [sys.executable, str(BENCHMARKS / "scale.py"), "--only", "nothing"]
    done = subprocess.run(
        [*command, "--data-dir", str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert "unknown: nothing; there are " in done.stderr
