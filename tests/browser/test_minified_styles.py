"""Minified stylesheets have the same rules as those that people write."""

import pytest
from playwright.sync_api import Browser, Page

from cfsite.lib import asset_bundles

pytestmark = pytest.mark.browser

# The browser's own words for what it read, blanks in the values of custom properties aside.
RULES = """css => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return [...sheet.cssRules].map(rule => rule.cssText.replace(/\\s*([,;])\\s*/g, "$1"));
}"""


@pytest.fixture
def page(browser: Browser) -> Page:
    with browser.new_page() as page:
        yield page


def test_it_works(page: Page) -> None:
    sheets = list(asset_bundles.STATIC.glob("css/*.css"))
    assert len(sheets) > 5
    for sheet in sheets:
        written = page.evaluate(RULES, sheet.read_text())
        assert written, sheet.name
        assert page.evaluate(RULES, asset_bundles.minified(sheet)) == written, sheet.name


def test_another_rule_would_be_seen(page: Page) -> None:
    """The control: a blank that means something."""
    written = page.evaluate(RULES, "@layer a { b :hover { color: red } }")
    assert page.evaluate(RULES, "@layer a{b:hover{color:red}}") != written
    assert page.evaluate(RULES, "@layer a{b :hover{color:red}}") == written
