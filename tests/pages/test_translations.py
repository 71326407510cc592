"""The translations are complete: every language, string and placeholder."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from tests import translations

# gettext('text') and its like, as `templatize` writes them.
CALL = re.compile(r"""\b(?:_|n?gettext)\((u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))""")
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != translations.SOURCE]


def catalogue_of(code: str) -> polib.POFile:
    return polib.pofile(str(translations.catalogues()[code]))


def test_every_language_of_the_site_has_one() -> None:
    assert set(LANGUAGES) <= set(translations.catalogues())


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_missing_or_doubtful(code: str) -> None:
    found = [entry.msgid for entry in translations.missing(catalogue_of(code))]
    assert found == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_are_those_of_the_text(code: str) -> None:
    found = {
        e.msgid: wrong for e in catalogue_of(code) if (wrong := list(translations.misplaced(e)))
    }
    assert found == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    path = translations.catalogues()[code]
    written = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.pofile(str(path))}
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled} == written


def test_the_catalogues_hold_what_the_code_says(tmp_path: Path) -> None:
    """A string that was added or changed without `bin/messages` is noticed."""
    known = {entry.msgid for entry in catalogue_of(LANGUAGES[0])}
    said = strings_of_templates()
    assert len(said) > 200
    assert said - known == set()


def strings_of_templates() -> set[str]:
    """The msgids of the templates, by Django's own extractor; needs no gettext."""
    found: set[str] = set()
    for path in (translations.ROOT / "templates").rglob("*.html"):
        for line in templatize(path.read_text()).splitlines():
            found |= set(_quoted(line))
    return found


def _quoted(line: str) -> list[str]:
    """The first argument of each call that `templatize` writes."""
    return [ast.literal_eval(text.lstrip("u")) for text in CALL.findall(line)]


def test_a_fault_would_be_seen() -> None:
    """The control."""
    entry = polib.POEntry(msgid="%(n)s of %(all)s", msgstr="%(n)s von %(alles)s")
    assert list(translations.misplaced(entry))
    assert list(translations.missing([polib.POEntry(msgid="x")]))  # type: ignore[arg-type]


def test_the_tool_lists_what_is_missing() -> None:
    command = [sys.executable, "-m", "tests.translations", "--missing"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=translations.ROOT, timeout=60
    )
    assert done.returncode == 0
    assert done.stdout == ""
