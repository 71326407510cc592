"""The benchmark scripts: rejected input, output, and a peer that cannot be installed."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"


def run(script: str, *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(BENCHMARKS / script), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A MovieLens folder of 40 people who rated 30 movies each, in time order."""
    folder = tmp_path_factory.mktemp("small")
    rng = np.random.default_rng(0)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(1, 41):
        for second, movie in enumerate(rng.permutation(60)[:30] + 1):
            lines.append(f"{user},{movie},{rng.integers(2, 11) / 2},{1_000_000_000 + second}")
    (folder / "ratings.csv").write_text("\n".join(lines) + "\n")
    movies = [f"{number},Movie {number} (1999),Drama" for number in range(1, 61)]
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *movies]) + "\n")
    return folder


@pytest.mark.slow
def test_it_works(small_set: Path, tmp_path: Path) -> None:
    words = ["--ratings", str(small_set), "--data-dir", str(tmp_path), "--folds", "2"]
    done = run("peers_accuracy.py", *words, "--only", "biases only,popularity", "--json")
    assert done.returncode == 0, done.stderr
    figures = {row["name"]: row for row in json.loads(done.stdout)}
    assert set(figures["biases only: RMSE, last fifth by time"]) == {
        *("name", "value", "unit", "bar", "ok")
    }
    assert 0.5 < figures["biases only: RMSE, random 2 of 5 folds"]["value"] < 3
    assert 0 < figures["popularity: NDCG@10, last fifth by time"]["value"] < 1
    assert "popularity: MAE, random 2 of 5 folds" not in figures


@pytest.mark.slow
def test_a_peer_that_cannot_be_installed_has_a_row_that_says_so(
    small_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    words = ["--ratings", str(small_set), "--data-dir", str(tmp_path), "--quick"]
    done = run("peers_accuracy.py", *words, "--only", "popularity,cornac-mf")
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if line.startswith("cornac-mf"))
    assert "not installed" in row
    assert "popularity" in done.stdout


@pytest.mark.parametrize(
    ("script", "words", "message"),
    [
        ("peers_accuracy.py", ["--only", "nobody"], "unknown: nobody"),
        ("peers_accuracy.py", ["--folds", "6"], "between 1 and 5"),
        ("peers_accuracy.py", ["--ratings", "/nowhere"], "No ml-100k here"),
        ("peers_speed.py", ["--shapes", "ml-2m"], "unknown shape ml-2m"),
        ("peers_speed.py", ["--parts", "all"], "unknown part all"),
        ("peers_speed.py", ["--rounds", "0"], "at least 1"),
        ("peers_speed.py", ["--libmf", "/nowhere.so"], "is no file"),
        ("importing_data_sets.py", ["--shape", "ml-2m"], "invalid choice: 'ml-2m'"),
    ],
)
def test_bad_input_is_refused(script: str, words: list[str], message: str, tmp_path: Path) -> None:
    done = run(script, *words, "--data-dir", str(tmp_path))
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bar_is_reached_or_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from measurements import Measurement

    assert Measurement("RMSE", 0.877, "stars", "<= 0.878").ok is True
    assert Measurement("RMSE", 0.879, "stars", "<= 0.878").ok is False
    assert Measurement("ratio", 1.6, "x", ">= 1.5").ok is True
    assert Measurement("RMSE", "failed: no memory", "", "<= 0.878").ok is False
    assert Measurement("a peer", 3.0, "s").ok is None


def test_saved_results_replace_the_last_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import measurements

    monkeypatch.setattr(measurements, "RESULTS", tmp_path)
    monkeypatch.setattr(
        sys, "argv", [str(BENCHMARKS / "it.py"), "--quick", "--data-dir", "/somewhere", "--save"]
    )
    page = tmp_path / "it.md"
    page.write_text("old")
    table = measurements.Table("Errors", ["system", "about", "RMSE"], [["ours", "", "0.87"]])
    measurements.save("it", [table])
    text = page.read_text()
    assert "old" not in text
    assert "| ours |  | 0.87 |" in text
    assert text.startswith("# it\n")
    assert "python benchmarks/it.py --quick --save\n" in text
    assert "/somewhere" not in text
    assert text.endswith("|\n")


@pytest.mark.slow
@pytest.mark.redis  # starts servers of its own
def test_serving_measures_a_real_site() -> None:
    command = [sys.executable, str(BENCHMARKS / "serving.py"), "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode in (0, 1), done.stderr  # 1: so small a site misses bars
    figures = {row["name"]: row for row in json.loads(done.stdout)}
    assert figures["next answers that show the change"]["ok"], "whatever the machine does"
    assert figures["web processes that loaded numba"]["ok"]
    assert figures["recommendations JSON, p50"]["value"] > 0
    assert figures["explanation JSON, p50"]["value"] > 0


@pytest.mark.slow
@pytest.mark.redis  # starts a site of its own
def test_the_whole_site_fits_into_a_small_machine() -> None:
    """With a tenth of the ratings of the full measurement, up to its first run, and less room."""
    command = [sys.executable, str(BENCHMARKS / "memory.py"), "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    figures = {row["name"]: row for row in json.loads(done.stdout)}
    assert len(figures) == 1, done.stderr
    assert 200 < figures["most during the refit"]["value"] < 850
