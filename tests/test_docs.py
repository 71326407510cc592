"""The documentation matches the code: settings, links, files, the worked example."""

import re
from pathlib import Path

from cfsite import environment

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]


def test_every_setting_read_from_the_environment_has_a_heading() -> None:
    code = (ROOT / "cfsite" / "settings.py").read_text()
    assert "os.environ[" not in code
    assert "getenv" not in code
    read = {variable.name for variable in environment.VARIABLES}
    documented = (ROOT / "docs" / "configuration.md").read_text()
    headings = set(re.findall(r"^### (\S+)$", documented, re.MULTILINE))
    assert read <= headings, f"undocumented: {sorted(read - headings)}"
    for variable in environment.VARIABLES:
        assert f'"{variable.name}"' in code or variable.name == "CFSITE_DEMO_DATA", variable.name
    in_shell = "".join(
        (ROOT / name).read_text() for name in ("Procfile", "bin/demo", "bin/container")
    )
    everywhere = code + in_shell + "".join(p.read_text() for p in (ROOT / "movies").rglob("*.py"))
    unused = sorted(name for name in headings if name not in everywhere)
    assert not unused, f"documented but read nowhere: {unused}"


def test_links_between_documents_lead_somewhere() -> None:
    for page in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]+))?\)", page.read_text()):
            if "://" in target:
                continue
            linked = (page.parent / target) if target else page
            assert linked.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in _anchors(linked), f"{page.name}: {target}#{anchor}"


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_benchmark_result_is_linked_and_renewed_by_a_script() -> None:
    page = (ROOT / "docs" / "performance.md").read_text()
    results = sorted((ROOT / "benchmarks" / "results").glob("*.md"))
    assert len(results) >= 6
    for result in results:
        assert f"(../benchmarks/results/{result.name})" in page
        assert f"`{result.stem}.py`" in page
        command = re.search(r"^    python (benchmarks/\S+\.py) .*--save", result.read_text(), re.M)
        assert command
        assert command[1] == f"benchmarks/{result.stem}.py"
        assert (ROOT / command[1]).exists()


def test_every_decision_has_its_date_and_status() -> None:
    entries = (ROOT / "docs" / "decisions.md").read_text().split("\n### ")[1:]
    assert len(entries) > 100
    status = re.compile(r"\n\n\*\d{4}-\d\d-\d\d(, accepted\b|,\* (superseded|withdrawn)\b)")
    assert [entry.split("\n")[0] for entry in entries if not status.search(entry)] == []


def test_scripts_named_in_documents_exist() -> None:
    for page in PAGES:
        for script in re.findall(r"`(benchmarks/\w[\w/.]*)[ `]", page.read_text()):
            assert (ROOT / script).exists(), f"{page.name}: {script}"


def test_the_glossary_stays_short() -> None:
    rows = re.findall(r"^\| (.+?) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    terms = rows[1:]
    assert len(terms) <= 40
    assert len(set(terms)) == len(terms)


def test_the_books_example_stands_in_the_explanation() -> None:
    text = (ROOT / "docs" / "how-it-works.md").read_text()
    rows = {
        name: [float(value) for value in re.findall(r"-?\d\.\d+", line)]
        for line in text.splitlines()
        for name in ("Star Wars", "Casablanca", "a person")
        if line.startswith(f"| {name} |")
    }
    person = rows["a person"]
    for name, expected in (("Star Wars", 2.14), ("Casablanca", 0.01)):
        product = sum(a * b for a, b in zip(rows[name], person, strict=True))
        assert round(product, 2) == expected
        assert re.search(rf"{name}:.*= +{expected}", text)
