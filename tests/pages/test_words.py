"""Terms that visible texts do not use any more, and what they say instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

from tests.translations import PLACEHOLDER, ROOT

APPS = ("cfsite", "accounts", "movies", "recommender")

# A regular expression, in any case -> what is said instead.
RETIRED = {
    r"\be-mail": "email",
    r"\bsign(ed|ing)?[ -](in|out)\b": "log in, log out",
    r"\blog-in\b|\bto login\b|\bplease login\b": "log in (verb), login (noun)",
    r"\busernames?\b": "user name",
    r"\bput away\b|\bputs? away\b": "not interested",
    r"\btake (it|all|them) back\b|\(take back\)|\btaken back\b": "Undo, or Clear filters",
    r"\btake off\b|\btake away\b": "Remove",
    r"^go on\b": "Continue",
    r"\bskip this\b": "Skip",
    r"\bas the device\b": "System",
    r"\bleast misery\b": "Nobody hates it",
    r"\bone['’]s\b": "your",
    r"\byou may like\b": "You might like",
    r"\bticked\b|\btick (all|at least)\b": "selected",
    r"^to the (movie|start)$": "View movie",
    r"\bwould go out\b|^comes in$": "leaves the list, joins the list",
    r"\bthere is no such\b": "We couldn’t find that ...",
    r"\bleads? nowhere\b": "no longer works",
    r"^… is (gone|deleted)\.$": "Deleted ...",
    r"\bto be expected (was|were)\b": "we expected",
    r"\bin sight\b": "shown",
    r"\bwe think you would give\b": "Predicted for you",
    r"\bsaid before, given after\b": "Predictions made before people rated",
    r"\bwho (shows|has|gives) you\b": "Members who ...",
    r"\bwhoever (has|is|gets)\b": "anyone who",
    r"\bcannot be told from\b|\bbe told from them\b": "nobody can be identified",
    r"\bwithout a word\b": "unexpectedly",
    r"\bsign of life\b": "heartbeat",
    r"\bnot to be had\b": "unavailable",
    r"\bkept but this visit\b": "we only remember this for your visit",
}
FINDERS = {re.compile(pattern, re.IGNORECASE): instead for pattern, instead in RETIRED.items()}

# gettext('text'), ngettext('text', 'texts') and pgettext('context', 'text') from `templatize`.
GETTEXT = {"gettext": (0,), "ngettext": (0, 1), "pgettext": (1,), "npgettext": (1, 2)}
NAMES = {"_": "gettext", **{name: name for name in GETTEXT}}
NAMES |= {f"{name}_lazy": name for name in GETTEXT}
# What Python says to people without a translation: help of commands, API and admin.
SPOKEN_ARGUMENTS = {"help", "help_text", "description"}


def texts() -> Iterator[tuple[str, str]]:
    """(file, text) of everything visible in templates and modules."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            for text in texts_of_template(path.read_text()):
                yield str(path.relative_to(ROOT)), text
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                for text in texts_of_module(path.read_text()):
                    yield str(path.relative_to(ROOT)), text


def texts_of_template(source: str) -> Iterator[str]:
    # An X stands for every character that is not to be translated.
    calls = re.findall(r"\b(?:n|p|np)?gettext\(.*", templatize(source))
    for call in calls:
        for text in re.findall(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", call):
            yield ast.literal_eval(text)


def texts_of_module(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in NAMES:
            found = [node.args[n] for n in GETTEXT[NAMES[name]] if n < len(node.args)]
        else:
            found = [each.value for each in node.keywords if each.arg in SPOKEN_ARGUMENTS]
        for each in found:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def retired_in(text: str) -> list[str]:
    words = PLACEHOLDER.sub("…", text)
    return [f"{finder.pattern} -> {say}" for finder, say in FINDERS.items() if finder.search(words)]


def test_no_text_uses_a_retired_term() -> None:
    found = {(file, text): wrong for file, text in texts() if (wrong := retired_in(text))}
    assert found == {}


def test_texts_of_both_kinds_are_found() -> None:
    found = list(texts())
    assert len([file for file, _text in found if file.startswith("templates/")]) > 400
    assert len([file for file, _text in found if file.endswith(".py")]) > 400
    assert len({Path(file).parts[0] for file, _text in found}) == 5


@pytest.mark.parametrize(
    "text",
    [
        *("E-mail address", "Sign In", "Put away", "Take all back", "As the device"),
        *("Least misery", "pulls one's own towards it", "Then you may like", "Go on"),
    ],
)
def test_a_retired_term_would_be_found(text: str) -> None:
    template = f'{{% load i18n %}}<p>{{% translate "{text}" %}}</p>'
    assert list(texts_of_template(template)) == [text]
    assert list(texts_of_module(f"say(_({text!r}))")) == [text]
    assert retired_in(text)


@pytest.mark.parametrize(
    "text", ["Your email address", "Log in", "Sign up", "Not interested", "Undo", "Continue"]
)
def test_others_are_fine(text: str) -> None:
    assert retired_in(text) == []
