"""Lighthouse scores of the most visited pages; the pinned version is installed from npm."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from measurements import Measurement, say

VERSION = "12.8.2"
PAGES = ("home", "browse", "movie", "taste")
BARS = {"performance": 95, "accessibility": 100, "best-practices": 100}
TIMES = {"largest-contentful-paint": ("LCP", "ms", 1500), "cumulative-layout-shift": ("CLS", "", 0)}
CHROME_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
RUNS = 3  # the median counts, because the machine is shared
ATTEMPTS = 3


def audited(address: str, filled: dict[str, Any], options: argparse.Namespace) -> list[Measurement]:
    """Scores of a member's pages with the mobile defaults; empty without --lighthouse."""
    if not options.lighthouse:
        return []
    program = _installed(options.data_dir / "lighthouse")
    session = filled["sessions"]["member"]
    figures = []
    for name in PAGES:
        say(f"Lighthouse: {name}")
        runs = [
            _run(program, address + filled["pages"]["member"][name], session, options.data_dir)
            for _ in range(1 if options.quick else RUNS)
        ]
        figures += _figures(name, runs)
    return figures


def _figures(name: str, runs: list[dict[str, Any]]) -> list[Measurement]:
    def middle(values: list[float]) -> float:
        return sorted(values)[len(values) // 2]

    figures = [
        Measurement(
            f"Lighthouse, {name}: {category}",
            100 * middle([run["categories"][category]["score"] or 0 for run in runs]),
            "",
            f">= {bar}",
        )
        for category, bar in BARS.items()
    ]
    figures += [
        Measurement(
            f"Lighthouse, {name}: {short}",
            middle([run["audits"][audit]["numericValue"] for run in runs]),
            unit,
            f"<= {bar}",
        )
        for audit, (short, unit, bar) in TIMES.items()
    ]
    for run in runs[:1]:
        _say_failures(name, run)
    return figures


def _say_failures(name: str, run: dict[str, Any]) -> None:
    for category in BARS:
        for reference in run["categories"][category]["auditRefs"]:
            audit = run["audits"][reference["id"]]
            if reference["weight"] and (audit["score"] or 0) < 0.9 and audit["score"] is not None:
                say(f"  {name}, {category}: {audit['title']} {audit.get('displayValue', '')}")


def _run(program: Path, url: str, session: str, data_dir: Path) -> dict[str, Any]:
    result = data_dir / "lighthouse" / "result.json"
    headers = json.dumps({"Cookie": f"sessionid={session}"})
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or ""
    command = [
        *(str(program), url, "--quiet", "--output=json", f"--output-path={result}"),
        *(f"--only-categories={','.join(BARS)}", f"--extra-headers={headers}"),
        f"--chrome-flags={CHROME_FLAGS}",
    ]
    # On a busy machine a run sometimes records no trace and fails.
    for attempt in range(1, ATTEMPTS + 1):
        done = subprocess.run(command, check=False, env={**os.environ, "CHROME_PATH": chromium})
        if done.returncode == 0:
            break
        say(f"  attempt {attempt} of {ATTEMPTS} failed")
    done.check_returncode()
    return json.loads(result.read_text())


def _installed(folder: Path) -> Path:
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        say("installing Lighthouse")
        folder.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or "npm"
        package = f"lighthouse@{VERSION}"
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), package],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return program
