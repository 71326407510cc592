"""Settings of where to watch: what an operator mistypes is told at the start."""

import os
import subprocess
import sys

import pytest

READ = "import cfsite.settings as s; print(s.WATCHING_COUNTRIES, s.JELLYFIN_WEB_URL)"


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        [sys.executable, "-c", READ], env=environment, capture_output=True, text=True, check=False
    )


def test_it_works() -> None:
    started = start(
        CFSITE_COUNTRIES="de, at",
        CFSITE_JELLYFIN_URL="http://jellyfin:8096/",
        CFSITE_JELLYFIN_API_KEY="k",
    )
    assert started.stdout.strip() == "['DE', 'AT'] http://jellyfin:8096"


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"CFSITE_COUNTRIES": "Germany"}, "two-letter codes"),
        ({"CFSITE_COUNTRIES": " "}, "two-letter codes"),
        ({"CFSITE_JELLYFIN_URL": "jellyfin:8096"}, "begins with http:// or https://"),
        ({"CFSITE_JELLYFIN_URL": "http://jellyfin"}, "needs CFSITE_JELLYFIN_API_KEY"),
    ],
)
def test_mistakes_are_told(variables: dict[str, str], told: str) -> None:
    started = start(**variables)
    assert started.returncode != 0
    assert told in started.stderr
