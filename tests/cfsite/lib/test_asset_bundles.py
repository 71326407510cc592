"""One stylesheet and one script: joined from their parts, found by everything that serves files."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from cfsite.lib import asset_bundles


def test_it_works() -> None:
    styles = Path(finders.find("css/site.css")).read_text()
    assert styles.index("@font-face") < styles.index("@layer reset,base") < styles.index(".wall")
    scripts = Path(finders.find("js/core.js")).read_text()
    assert "htmx" in scripts
    assert "hints-away" in scripts
    assert finders.find("css/none.css") is None


def test_every_stylesheet_is_in_it() -> None:
    whole = _whole()
    parts = list(asset_bundles.STATIC.glob("css/*.css"))
    assert len(parts) > 5
    missing = {part.name for part in parts if asset_bundles.minified(part) not in whole}
    assert missing == set(asset_bundles.OF_ONE_PAGE)


def test_what_one_page_alone_has_is_asked_for_there(client: Client, db: None) -> None:
    page = client.get("/how-it-works/").content.decode()
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert [sheet.rsplit("/")[-1] for sheet in sheets] == ["site.css", *asset_bundles.OF_ONE_PAGE]
    assert len(re.findall('rel="stylesheet"', client.get("/movies/").content.decode())) == 1


def test_a_stylesheet_is_sent_without_what_is_for_people() -> None:
    css = """/* Why. */
    a:hover , b :focus { color: red; /* "quoted" */ content: " /* kept; */  , "; }
    @media (min-width: 1rem) and (hover) { c > d { --x: 1 / 2, url("a  b"); } }"""
    assert asset_bundles.minified_styles(css) == (
        'a:hover,b :focus{color:red; content:" /* kept; */  , ";}'
        '@media (min-width:1rem) and (hover){c > d{--x:1 / 2,url("a  b");}}'
    )


def _whole() -> str:
    return Path(finders.find("css/site.css")).read_text()


def test_collectstatic_gets_them() -> None:
    found = {path for path, _ in asset_bundles.BundleFinder().list(None)}
    assert found == {"css/site.css", "js/core.js", "js/member.js"}


def test_a_changed_part_changes_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "css").mkdir()
    monkeypatch.setattr(asset_bundles, "STATIC", tmp_path)
    monkeypatch.setattr(asset_bundles, "BUILT", tmp_path / "built")
    part = tmp_path / "css" / "one.css"
    part.write_text("a { color: red }")
    assert "red" in asset_bundles.build("css/site.css").read_text()
    part.write_text("a { color: blue }")
    assert asset_bundles.build("css/site.css").read_text() == "a{color:blue}"
    (tmp_path / "css" / "two.css").write_text("b {}")
    assert "b{}" in asset_bundles.build("css/site.css").read_text()


@pytest.mark.django_db
def test_a_page_asks_for_these_two(client: Client, alices_client: Client) -> None:
    for who, script in ((client, "core"), (alices_client, "member")):
        html = who.get("/").content.decode()
        assert html.count('rel="stylesheet"') == 1
        assert re.findall(r'<script src="/static/js/(\w+)', html) == [script]


def test_scripts_lose_their_comments_and_nothing_else(tmp_path: Path) -> None:
    script = tmp_path / "one.js"
    script.write_text("""// Why.
if (a) {
  // How.
  b("// c", `two
    lines`, /[/*]/.test(d)); // e

}
""")
    assert asset_bundles.minified(script) == 'if(a){b("// c",`two\n    lines`,/[/*]/.test(d));}'
