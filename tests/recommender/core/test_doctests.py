"""Every public name of the core has an example, and the examples hold."""

import doctest
from typing import Any

import pytest

from recommender import core

OPTIONS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def run(name: str, docstring: str | None, names: dict[str, Any]) -> int:
    """Run the examples of a docstring, which may add to `names`; how many there were."""
    test = doctest.DocTestParser().get_doctest(docstring or "", names, name, None, None)
    n_examples = len(test.examples)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=report.append, clear_globs=False)
    names.update(test.globs)
    assert not report, "".join(report)
    return n_examples


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """All public names and what the example of the package defines."""
    names = {name: getattr(core, name) for name in core.__all__}
    assert run("recommender.core", core.__doc__, names)
    return names


@pytest.mark.parametrize("name", core.__all__)
def test_the_example_holds(name: str, names: dict[str, Any]) -> None:
    assert run(name, getattr(core, name).__doc__, dict(names))


def test_there_are_few_public_names() -> None:
    assert len(core.__all__) <= 25
