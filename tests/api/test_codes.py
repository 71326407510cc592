"""The codes of errors are promised in docs/api.md."""

import re
from pathlib import Path

from cfsite.lib.api.problems import CODES

ROOT = Path(__file__).parent.parent.parent
RAISED = re.compile(r"(?:code=|default_code = )\"(\w+)\"")
# Modules of the API: views, serializers and what they authenticate with.
API = re.compile(r"(viewsets|serializers|authentication|problems|strict)\.py$|/api/\w+\.py$")


def test_every_code_is_documented() -> None:
    documented = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "api.md").read_text()))
    raised = set(CODES)
    for app in ("accounts", "movies", "recommender", "cfsite"):
        for path in (ROOT / app).rglob("*.py"):
            if API.search(path.as_posix()):
                raised |= set(RAISED.findall(path.read_text()))
    assert len(raised) > 20
    assert raised <= documented, sorted(raised - documented)
