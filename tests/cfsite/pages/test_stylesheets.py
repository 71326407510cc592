"""A page's own stylesheet reaches no other page."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STYLESHEETS = ROOT / "static" / "css"
TEMPLATES = ROOT / "templates"

# Which template folders a stylesheet is for. Those that are not here are for all pages.
OWN_STYLESHEETS = {
    "about.css": {"pages"},
    "accuracy.css": {"recommender/accuracy"},
    "browse.css": {"movies/browse", "movies/marks", "movies/watching"},
    "data_notice.css": {"accounts"},
    "diary.css": {"movies/diary", "movies/movie_page"},
    "groups.css": {"recommender/groups"},
    "home.css": {"recommender/home", "recommender/taste"},
    "imports.css": {"movies/my_imports"},
    "lesson.css": {"recommender/lesson"},
    "lists.css": {"movies/lists"},
    "marks.css": {"movies/marks", "movies/diary"},
    "movie_page.css": {"movies/movie_page", "recommender/movie_page"},
    "movie_requests.css": {"movies/catalogue_care"},
    "my_ratings.css": {"movies/my_ratings", "movies/diary"},
    "onboarding.css": {"recommender/onboarding"},
    "profiles.css": {"recommender/profiles"},
    "reasons.css": {"movies/movie_page", "recommender/movie_page", "movies/marks"},
    "style_guide.css": {"pages"},
    "taste.css": {"recommender/taste"},
    "tryout.css": {"recommender/tryout"},
    "watching.css": {"movies/watching"},
    "year_in_review.css": {"recommender/year_in_review"},
}
SHARED_STYLESHEETS = {
    *("fonts.css", "tokens.css", "base.css", "layout.css", "print.css"),
    *("header.css", "search.css", "controls.css", "forms.css", "progress.css"),
    *("cards.css", "posters.css", "stars.css", "rating.css", "steering.css"),
}
SHOWS_ALL_PARTS = "pages/style_guide.html"


def styled_classes(css: str) -> set[str]:
    """The classes with which selectors begin: those that need no other part around them."""
    bare = re.sub(r'/\*.*?\*/|url\([^)]*\)|"[^"]*"', "", css, flags=re.S)
    heads = (head for head in re.findall(r"([^{};]+)\{", bare) if "@" not in head)
    selectors = (part.strip() for head in heads for part in re.split(r",(?![^()]*\))", head))
    # `.page-head:has(...)` is a class of all pages in one situation.
    found = (re.match(r"\.([\w-]+)(?![\w-]|\S*:has)", selector) for selector in selectors)
    return {match[1] for match in found if match}


def used_classes(html: str) -> set[str]:
    """The words of all class attributes, without those that a variable completes."""
    found: set[str] = set()
    for value in re.findall(r'class="((?:[^"{]|\{%.*?%\}|\{\{.*?\}\})*)"', html):
        words = re.sub(r"\{%.*?%\}", " ", re.sub(r"\S*\{\{.*?\}\}\S*", " ", value))
        found |= set(words.split())
    return found


def strays(css: str, folders: set[str]) -> Iterator[tuple[str, str]]:
    """(template, class) wherever a template of another folder uses a class of this stylesheet."""
    styled = styled_classes(css)
    for path in TEMPLATES.rglob("*.html"):
        name = path.relative_to(TEMPLATES).as_posix()
        if name == SHOWS_ALL_PARTS or name.rpartition("/")[0] in folders:
            continue
        yield from ((name, used) for used in styled & used_classes(path.read_text()))


def test_a_pages_own_stylesheet_reaches_no_other_page() -> None:
    found = {
        stylesheet: sorted(strays((STYLESHEETS / stylesheet).read_text(), folders))
        for stylesheet, folders in OWN_STYLESHEETS.items()
    }
    assert {name: where for name, where in found.items() if where} == {}


def test_every_stylesheet_is_known_to_be_shared_or_of_some_pages() -> None:
    existing = {path.name for path in STYLESHEETS.glob("*.css")}
    assert existing == OWN_STYLESHEETS.keys() | SHARED_STYLESHEETS
    folders = {folder for folders in OWN_STYLESHEETS.values() for folder in folders}
    assert [folder for folder in folders if not (TEMPLATES / folder).is_dir()] == []


def test_a_stray_would_be_seen() -> None:
    """The control: the two pages that once both had a class "people"."""
    css = (
        ".figures .people th { color: red; } @media print { .people, .x:hover { display: grid; } }"
    )
    assert styled_classes(css) == {"figures", "people", "x"}
    assert used_classes('<tr class="people{% if a %} b{% endif %} c-{{ d }}">') >= {"people", "b"}
    found = set(strays(".user-counts { display: grid; }", {"recommender/groups"}))
    assert ("recommender/accuracy/_by_ratings_given.html", "user-counts") in found
