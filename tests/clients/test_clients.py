"""Clients that generators make of the schema: they go the whole journey of an app, or compile.

Python's always does. The others are skipped, aloud, where a registry could not be reached.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cfsite.api import schema
from movies.models import Movie
from recommender.models import TrainingRun
from tests.clients import installed
from tests.clients.installed import HERE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clients") / "schema.json"
    path.write_bytes(schema.document("en").content)
    return path


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-10_000:]
    return done.stdout + done.stderr


@pytest.mark.django_db(transaction=True)
def test_python(
    document: Path, live_server: Any, fitted: TrainingRun, two_tastes: list[Movie], tmp_path: Path
) -> None:
    program = (sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none")
    config = tmp_path / "config.yml"
    config.write_text("post_hooks: []\n")  # its style is not our concern
    said = run(
        *(*program, "--path", document, "--output-path", tmp_path / "films", "--config", config),
        cwd=tmp_path,
    )
    # A zip is a file to keep, which this generator leaves to its users.
    assert said.count("WARNING") == said.count("WARNING parsing GET /api/v1/me/export/")
    run(
        *(sys.executable, HERE / "journey.py", live_server.url),
        cwd=tmp_path,
        PYTHONPATH=str(tmp_path),
    )


@pytest.mark.django_db(transaction=True)
def test_typescript(
    document: Path, live_server: Any, fitted: TrainingRun, two_tastes: list[Movie], tmp_path: Path
) -> None:
    compiler = installed.typescript()
    if compiler is None:
        pytest.skip("NO TYPESCRIPT CLIENT TESTED: no node, or npm could not install (bin/test)")
    for name in ("journey.ts", "tsconfig.json", "package.json"):
        shutil.copy(HERE / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(installed.NODE / "node_modules")
    generator = compiler.with_name("openapi-typescript")
    run(generator, document, "-o", "schema.d.ts", cwd=tmp_path)
    run(compiler, "-p", ".", cwd=tmp_path)
    run("node", "journey.js", live_server.url, cwd=tmp_path)


@pytest.fixture
def generated(document: Path, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The sources that openapi-generator makes for the language of the test."""
    jar = installed.generator()
    if jar is None:
        pytest.skip(f"NO {request.param} CLIENT TESTED: no java, or pip could not install it")
    folder = tmp_path / "client"
    run(
        *("java", "-jar", jar, "generate", "-i", document, "-o", folder, "-g", request.param),
        cwd=tmp_path,
    )
    return folder


# What the journey calls.
JOURNEY = {
    *("sign_up", "list_movies", "rate_movie", "get_recommendations", "explain_movie"),
    *("mark_movie", "log_viewing", "create_group", "get_changes", "put_ratings", "erase_account"),
}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@pytest.mark.parametrize("generated", ["swift6"], indirect=True)
def test_swift(generated: Path) -> None:
    sys.path.append(str(installed.PYTHON))
    try:
        import tree_sitter
        import tree_sitter_swift
    finally:
        sys.path.pop()
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))
    # What the schema decides; the rest is the generator's own, in newer Swift than the parser's.
    sources = [
        path.read_bytes()
        for path in generated.rglob("*.swift")
        if path.parent.name in ("APIs", "Models")
    ]
    assert len(sources) > 100
    wrong = [source for source in sources if parser.parse(source).root_node.has_error]
    assert not wrong, wrong[0].decode()
    text = b"\n".join(sources).decode()
    assert [name for name in JOURNEY if f"func {camel(name)}(" not in text] == []


def test_the_journey_is_in_the_schema(document: Path) -> None:
    paths = json.loads(document.read_text())["paths"].values()
    names = {operation["operationId"] for path in paths for operation in path.values()}
    assert names >= JOURNEY
