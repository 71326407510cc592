"""bin/sbom and bin/audit: what the site is made of, and whether anybody knows a fault of it."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.txt").read_text()


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        env={**os.environ, "PYTHON": sys.executable, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def locked() -> set[tuple[str, str]]:
    return set(re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE))


@pytest.mark.slow  # the document is validated against CycloneDX's schema
def test_the_sbom_has_every_locked_package_with_hashes() -> None:
    done = run("bin/sbom")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["bomFormat"] == "CycloneDX"
    assert document["metadata"]["component"]["name"] == "cfsite"
    components = document["components"]
    assert {(one["name"], one["version"]) for one in components} == locked()
    for one in components:
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
        assert any(reference["hashes"] for reference in one["externalReferences"])


def test_the_table_of_licences_has_every_locked_package() -> None:
    done = run("bin/sbom", "--licences")
    assert done.returncode == 0, done.stderr
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (.+) \|$", done.stdout, re.MULTILINE)
    found = {name: licence for name, _version, licence in rows}
    assert {(name, version) for name, version, _licence in rows} - locked() == {
        ("package", "version")
    }
    assert len(found) == len(locked()) + 1
    assert found["django"] == "BSD-3-Clause"
    assert "MPL" in found["certifi"]


@pytest.fixture
def vulnerabilities() -> Iterator[tuple[str, dict[str, list]]]:
    """A service that knows what the test tells it, by the name of a package."""
    known: dict[str, list] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = known.get(asked["package"]["name"], [])
            answer = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", known
        server.shutdown()


@pytest.mark.slow  # three starts of pip-audit
def test_the_audit_ends_well_only_if_everything_was_looked_up(
    vulnerabilities: tuple[str, dict[str, list]], tmp_path: Path
) -> None:
    url, known = vulnerabilities
    entry = re.search(
        r"^sqlparse==.*?(?=^\w)", (ROOT / "requirements.txt").read_text(), re.M | re.S
    )
    assert entry
    (tmp_path / "requirements.txt").write_text(entry[0])
    options = ["-s", "osv", "--osv-url", url, "--cache-dir", str(tmp_path)]
    environment = {"REQUIREMENTS": str(tmp_path / "requirements.txt")}
    done = run("bin/audit", *options, **environment)
    assert (done.returncode, "No known vulnerabilities" in done.stderr) == (0, True), done.stderr
    known["sqlparse"] = [
        {
            "id": "OSV-1",
            "affected": [{"package": {"name": "sqlparse", "ecosystem": "PyPI"}, "ranges": []}],
        }
    ]
    done = run("bin/audit", *options, **environment)
    assert done.returncode == 1
    assert "OSV-1" in done.stdout
    options[3] = "http://127.0.0.1:9/"
    assert run("bin/audit", *options, **environment).returncode != 0, "nobody could be asked"
