"""Generated requests: none crashes the API or contradicts its schema.

bin/fuzz          the full form: 100 examples of each operation, in all phases
bin/test          the same with few
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from movies.models import Movie
from recommender.models import TrainingRun
from tests.api.conftest import API
from tests.api.fuzzed_site import headers_of

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "3")
# The short form of bin/test is the member's alone, who reaches nearly everything.
ALL = ("anonymous", "member", "staff", "read_token")
IS_LONG = "FUZZ_EXAMPLES" in os.environ
CALLERS = ALL if IS_LONG else ("member",)
# Each value of each parameter takes two minutes, however few the examples.
PHASES = "examples,coverage,fuzzing,stateful" if IS_LONG else "examples,fuzzing,stateful"
ROOT = Path(__file__).parent.parent.parent
CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", CALLERS)
def test_no_generated_request_crashes_or_contradicts_the_schema(
    who: str, live_server: Any, fitted: TrainingRun, two_tastes: list[Movie], tmp_path: Path
) -> None:
    headers = headers_of(who, Client(), two_tastes)
    program = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run")
    found = subprocess.run(
        [
            *program,
            f"{live_server.url}{API}/schema/",
            *(f"--header={name}:{value}" for name, value in headers.items()),
            *("--max-examples", EXAMPLES, "--phases", PHASES),
            # allauth's own operations end sessions, and those of all that follows.
            *("--exclude-path-regex", "^/_allauth/"),
        ],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.api.fuzz_checks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout[-60_000:] + found.stderr
