"""The look: colours that hold their contrast in both themes, and the page that shows all parts."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

CSS = (Path(settings.BASE_DIR) / "static/css/base.css").read_text()
ENOUGH = 4.5
THEMES = {
    "light": re.search(r":root \{(.*?)\}", CSS, re.S)[1],
    "dark": re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", CSS, re.S)[1],
}


def colours(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", text))


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


def test_nobody_else_finds_it(client: Client, alices_client: Client) -> None:
    assert client.get("/style/").status_code == alices_client.get("/style/").status_code == 404


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "error", "ok"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    named = colours(THEMES[theme])
    assert contrast(named[text], named[ground]) >= ENOUGH


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_buttons_and_toasts_can_be_read(theme: str) -> None:
    named = colours(THEMES[theme])
    assert contrast(named["paper"], named["ink"]) >= ENOUGH


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_on_a_part_of_a_page_is_the_same_theme(theme: str) -> None:
    part = re.search(rf"\.theme-{theme} \{{(.*?)\}}", CSS, re.S)[1]
    assert colours(part) == colours(THEMES[theme])


def test_no_stylesheet_brings_a_colour_of_its_own() -> None:
    """Everything is said in the named colours, so that both themes hold everywhere."""
    found = {}
    for path in sorted((Path(settings.BASE_DIR) / "static/css").glob("*.css")):
        if path.name == "base.css":
            continue
        if strange := re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^\n]*\{)", path.read_text()):
            found[path.name] = strange
    assert found == {}
