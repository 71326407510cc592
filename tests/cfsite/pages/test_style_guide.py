"""The style guide, and rules of the stylesheets: contrast, named colours and durations."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

STYLES = {path.name: path for path in (Path(settings.BASE_DIR) / "static/css").glob("*.css")}
TOKENS = STYLES["tokens.css"].read_text()
ENOUGH = 4.5
THEMES = ("light", "dark")


def colours(theme: str) -> dict[str, str]:
    """What each name stands for in this theme."""
    pairs = re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS)
    return {name: both[THEMES.index(theme)] for name, *both in pairs}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_it_works(staff_client: Client, make_movie: object) -> None:
    make_movie("Alien", 1979, "Horror|Sci-Fi")
    page = staff_client.get("/style/").content.decode()
    for part in (
        "button-quiet",
        "message-error",
        "errorlist",
        "chip",
        "<progress",
        'class="movie"',
    ):
        assert page.count(part) >= 2, part


def test_it_shows_every_size_space_and_duration(staff_client: Client) -> None:
    page = staff_client.get("/style/").content.decode()
    css = STYLES["style_guide.css"].read_text()
    text, spaces = (re.findall(rf"--{kind}-(\w+):", TOKENS) for kind in ("text", "space"))
    durations = re.findall(r"--(\w+): \.\d+s;", TOKENS)
    assert len(text) > 8
    assert len(spaces) > 10
    assert len(durations) == 3
    for kind, names in (("text", text), ("space", spaces), ("motion", durations)):
        for name in names:
            assert f"style-{kind}-{name}" in page
            assert f".style-{kind}-{name} {{" in css


def test_nobody_else_finds_it(client: Client, alices_client: Client) -> None:
    assert client.get("/style/").status_code == alices_client.get("/style/").status_code == 404


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "error", "ok"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    named = colours(theme)
    assert contrast(named[text], named[ground]) >= ENOUGH


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_buttons_and_toasts_can_be_read(theme: str) -> None:
    named = colours(theme)
    assert contrast(named["paper"], named["ink"]) >= ENOUGH


def test_the_themes_have_colours() -> None:
    """The control: what the tests of contrast go through is not empty."""
    assert {"paper", "raised", "ink", "muted", "line", "accent", "error", "ok"} <= set(
        colours("light")
    )
    assert not set(colours("light").values()) & set(colours("dark").values())


# A colour in numbers or by name; `transparent`, `currentColor` and the system's are none.
COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|"
    r"(?<![\w-])(?:black|white|red|green|blue|grey|gray|orange|yellow|purple|brown)(?![\w-])"
)


def said_in(css: str) -> str:
    """The values of the declarations: no comments, no selectors, no pictures."""
    bare = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", css, flags=re.S)
    return "\n".join(re.findall(r"[\w-]+:\s*([^;{}]+)[;}]", bare))


def test_no_stylesheet_brings_a_colour_of_its_own() -> None:
    """Everything is said in the named colours, so that both themes hold everywhere."""
    found = {name: COLOUR.findall(said_in(path.read_text())) for name, path in STYLES.items()}
    assert len(found.pop("tokens.css")) >= 16
    assert {name: strange for name, strange in found.items() if strange} == {}


def owned(css: str) -> set[str]:
    """The classes that a file gives a look: those that begin its selectors."""
    bare = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", css, flags=re.S)
    heads = re.findall(r"([^{};]+)\{", bare)
    parts = [part for head in heads if not head.strip().startswith("@") for part in split(head)]
    return {found[1] for part in parts if (found := re.match(r"\.([\w-]+)(?![\w-]|\S*:has)", part))}


def split(head: str) -> list[str]:
    """Selectors at the commas that stand in no brackets."""
    return [part.strip() for part in re.split(r",(?![^()]*\))", head)]


def test_a_class_has_its_look_from_one_file() -> None:
    """Who reads a part reads all of it. What stands on a part of a page may adapt what is in it,
    and paper (print.css) everything.
    """
    owners: dict[str, set[str]] = {}
    for name, path in STYLES.items():
        if name == "print.css":
            continue
        for owner in owned(path.read_text()):
            owners.setdefault(owner, set()).add(name)
    assert len(owners) > 200
    states = {"scripted", "htmx-request", "hints-away", "theme-light", "theme-dark"}
    twice = {owner: sorted(files) for owner, files in owners.items() if len(files) > 1}
    assert {owner: files for owner, files in twice.items() if owner not in states} == {}


def test_durations_are_named_and_stop_for_who_wants_no_motion() -> None:
    for name, path in STYLES.items():
        if name != "tokens.css":
            moving = re.findall(
                r"(?:transition|animation)[\w-]*:[^;]*?\b[\d.]+m?s\b", path.read_text()
            )
            assert moving == [], name
    still = re.search(r"prefers-reduced-motion: reduce\) \{(.*?)\}", TOKENS, re.S)[1]
    assert set(re.findall(r"--(\w+): 0s", still)) == set(
        re.findall(r"--(\w+): \.\d+s;", TOKENS.partition("@media")[0])
    )
