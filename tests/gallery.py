"""Pictures of every page: `bin/screenshots`.

    python -m tests.gallery [--into FOLDER] [--only NAME ...] [--docs]

fills a database of its own with the built-in catalogue, starts the site, and photographs each page
for everybody who sees it differently, at 1280 and 390 pixels, light and dark. `--docs` also renews
the four pictures of README.md and docs/.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.servers import free_port

ROOT = Path(__file__).parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
MAC = "/Applications/Chromium.app/Contents/MacOS/Chromium"
LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
# name of the picture: who looks, at which page, width, scheme
FOR_DOCS = {
    "home": ("member", "home", 1280, "light"),
    "movie": ("member", "movie", 1280, "dark"),
    "taste": ("member", "taste", 1280, "light"),
    "browse": ("member", "for-you", 390, "dark"),
}
TALLEST_FOR_DOCS = 1000


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(folder)
        filled = json.loads(_run(environment, "-m", "tests.demo_site"))
        _run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        with _site(environment) as address, sync_playwright() as playwright:
            program = next(filter(None, map(shutil.which, CHROMIUM)), MAC)
            browser = playwright.chromium.launch(
                executable_path=program, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
            )
            n = _photograph(browser, address, filled, options)
            if options.docs:
                _renew_docs(browser, address, filled)
            browser.close()
    sys.stdout.write(f"{n} pictures in {options.into}\n")
    return 0


def _photograph(
    browser: Browser, address: str, filled: dict[str, Any], options: argparse.Namespace
) -> int:
    options.into.mkdir(parents=True, exist_ok=True)
    n = 0
    for width, scheme in LOOKS:
        for who, pages in filled["pages"].items():
            with _page(browser, address, filled["sessions"].get(who), width, scheme) as page:
                for name, path in pages.items():
                    if options.only and name not in options.only:
                        continue
                    page.goto(path)
                    page.wait_for_load_state("networkidle")
                    picture = options.into / f"{name}-{who}-{width}-{scheme}.png"
                    page.screenshot(path=picture, full_page=True)
                    n += 1
    return n


def _renew_docs(browser: Browser, address: str, filled: dict[str, Any]) -> None:
    """Four JPEGs that a README can carry: the upper part of a page each."""
    for name, (who, page_name, width, scheme) in FOR_DOCS.items():
        with _page(browser, address, filled["sessions"].get(who), width, scheme) as page:
            page.goto(filled["pages"][who][page_name])
            page.wait_for_load_state("networkidle")
            height = min(TALLEST_FOR_DOCS, page.evaluate("document.body.scrollHeight"))
            page.screenshot(
                path=ROOT / "docs" / "images" / f"{name}.jpg",
                type="jpeg",
                quality=82,
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": height},
            )


@contextlib.contextmanager
def _page(
    browser: Browser, address: str, session: str | None, width: int, scheme: str
) -> Iterator[Any]:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        service_workers="block",
    )
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    yield context.new_page()
    context.close()


@contextlib.contextmanager
def _site(environment: dict[str, str]) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "cfsite.wsgi", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--log-level=warning", "--threads=4"], cwd=ROOT, env=environment
    )
    try:
        _until_answered(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _until_answered(port: int, process: subprocess.Popen) -> None:
    for _ in range(600):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            link.request("GET", "/")
            link.getresponse().read()
            return
        except OSError:
            if process.poll() is not None:
                raise
            time.sleep(0.05)
        finally:
            link.close()
    raise SystemExit("the site did not answer")


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {
        **kept,
        "REDIS_URL": "",
        "CFSITE_DATA_DIR": folder,
        "CFSITE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "cfsite.settings",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(os.environ.get("CFSITE_DATA_DIR", ROOT / "var")) / "screenshots"
    parser.add_argument("--into", type=Path, default=default, help=f"a folder ({default})")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these pages alone")
    parser.add_argument("--docs", action="store_true", help="also renew those in docs/images")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
