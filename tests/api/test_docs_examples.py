"""Every block of docs/api.md is run, in its order, against a live server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User, create_token
from movies.models import Movie, Rating
from recommender.models import TrainingRun

PAGE = Path(__file__).parent.parent.parent / "docs" / "api.md"
# Fails where an answer is an error, which curl itself would print and forget.
CURL = 'set -eu -o pipefail\ncurl() { command curl --fail-with-body -sS "$@"; }\n'


def blocks() -> list[str]:
    """The indented blocks, without their indentation."""
    found = re.findall(r"(?:(?<=\n\n)|^)((?: {4}.*\n|\n(?= {4}))+)", PAGE.read_text())
    return [textwrap.dedent(block) for block in found]


def is_python(block: str) -> bool:
    return block.startswith(("import ", "from "))


def is_json(block: str) -> bool:
    return block.startswith("{")


def run(*command: str, cwd: Path, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def address(live_server: Any, fitted: TrainingRun, two_tastes: list[Movie], tmp_path: Path) -> str:
    for number, title in ((50, "Alien"), (181, "Heat"), (172, "Brazil")):
        Movie.objects.create(pk=number, title=title, year=1979)
    with zipfile.ZipFile(tmp_path / "letterboxd.zip", "w") as export:
        rows = "Date,Name,Year,Letterboxd URI,Rating\n2026-01-02,Alien,1979,https://boxd.it/1,4\n"
        export.writestr("ratings.csv", rows)
    return live_server.url


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_of_curl_works(address: str, alice: User, tmp_path: Path) -> None:
    shell = [block for block in blocks() if not is_python(block) and not is_json(block)]
    assert len(shell) >= 9
    assert all("curl " in block for block in shell)
    script = CURL + "\n".join(shell).replace("https://films.example.org", address)
    _, token = create_token(alice, "Script", "read")
    run("bash", "-c", script, cwd=tmp_path, ACCESS_TOKEN=token)
    dora = User.objects.get(username="dora")
    assert Rating.objects.get(user=dora, movie=50).half_stars == 9


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_of_python_works(address: str, tmp_path: Path) -> None:
    programs = [block for block in blocks() if is_python(block)]
    assert programs
    for program in programs:
        code = program.replace("https://films.example.org", address)
        run(sys.executable, "-c", code, cwd=tmp_path)
    assert not User.objects.filter(username="pia").exists(), "the journey ends with its account"


def test_all_of_json_is_json() -> None:
    found = [json.loads(block) for block in blocks() if is_json(block)]
    assert len(found) == 2
