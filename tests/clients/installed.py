"""Where bin/test puts what the clients are made and compiled with, and how it gets there.

python -m tests.clients.installed       installs what the registries give, and says what is not
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / "var" / "clients"
PYTHON, NODE = FOLDER / "python", FOLDER / "node"
WAIT = 120


def generator() -> Path | None:
    """openapi-generator's jar, where there is a Java to run it."""
    jar = PYTHON / "openapi_generator_cli" / "openapi-generator.jar"
    return jar if jar.exists() and shutil.which("java") else None


def typescript() -> Path | None:
    compiler = NODE / "node_modules" / ".bin" / "tsc"
    return compiler if compiler.exists() and shutil.which("node") else None


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not _is_current("requirements.txt", PYTHON):
        pip = ("uv", "pip", "install", "--python", sys.executable) if shutil.which("uv") else None
        command = (*(pip or (sys.executable, "-m", "pip", "install")), "--quiet", "--target")
        _install((*command, str(PYTHON), "-r", str(HERE / "requirements.txt")), "requirements.txt")
    if not _is_current("package-lock.json", NODE):
        NODE.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, NODE)
        command = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix")
        _install((*command, str(NODE)), "package-lock.json")


def _is_current(lock: str, folder: Path) -> bool:
    installed = FOLDER / f"{lock}.installed"
    same = installed.exists() and installed.read_text() == (HERE / lock).read_text()
    return same and folder.exists()


def _install(command: tuple[str, ...], lock: str) -> None:
    try:
        subprocess.run(command, check=True, timeout=WAIT, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"Not installed, so its clients are not tested: {lock}: {error}", file=sys.stderr)
        return
    shutil.copy(HERE / lock, FOLDER / f"{lock}.installed")


if __name__ == "__main__":
    main()
