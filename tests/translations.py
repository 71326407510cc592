"""The catalogues in locale/: compiled by `bin/messages`, looked at by the tests.

python -m tests.translations              compile every .po
python -m tests.translations --missing    list what has no translation, by language
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
SOURCE = "en"

# "%(name)s", "{name}", "%s" and the like; a translation has the same ones.
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]*\}|(?<!%)%[sd]")


def catalogues() -> dict[str, Path]:
    """Language code -> its .po."""
    return {path.parent.parent.name: path for path in sorted(ROOT.glob("locale/*/*/django.po"))}


def compile_all() -> None:
    for code, path in catalogues().items():
        catalogue = polib.pofile(str(path))
        if code == SOURCE:
            # The msgids are the English texts: nothing to translate, plural forms written out.
            for entry in catalogue:
                entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
        # The moment of the last look would make every run a change.
        catalogue.metadata.pop("POT-Creation-Date", None)
        catalogue.metadata.pop("PO-Revision-Date", None)
        catalogue.header = "The texts of the site; brought up to date by bin/messages."
        catalogue.metadata_is_fuzzy = 0
        catalogue.metadata["Project-Id-Version"] = "cfsite"
        catalogue.metadata["Language"] = code
        for name in ("Report-Msgid-Bugs-To", "Last-Translator", "Language-Team"):
            catalogue.metadata.pop(name, None)
        catalogue.save(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))


def missing(catalogue: polib.POFile) -> Iterator[polib.POEntry]:
    for entry in catalogue:
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not all(texts) or entry.fuzzy:
            yield entry


def misplaced(entry: polib.POEntry) -> Iterator[str]:
    """Translations whose placeholders are others than the text's."""
    if entry.msgid_plural:
        # "one" may say "a movie" without its number.
        allowed = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        needed = set(PLACEHOLDER.findall(entry.msgid)) & set(
            PLACEHOLDER.findall(entry.msgid_plural)
        )
        needed -= {"%(n)s", "%(n)d"}
        texts = list(entry.msgstr_plural.values())
    else:
        allowed = needed = set(PLACEHOLDER.findall(entry.msgid))
        texts = [entry.msgstr]
    for text in texts:
        found = set(PLACEHOLDER.findall(text))
        if found - allowed or needed - found:
            yield text


def main() -> int:
    if "--missing" not in sys.argv:
        compile_all()
        return 0
    for code, path in catalogues().items():
        if code != SOURCE:
            for entry in missing(polib.pofile(str(path))):
                sys.stdout.write(f"{code}: {entry.msgid}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
