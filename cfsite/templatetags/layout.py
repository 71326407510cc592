"""Header, menu, footer and theme of every page.

The templates cache what is the same for many readers, by language, kind of reader, page and theme.
What belongs to one of them (CSRF token, user name, search text, address) stays uncached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cfsite.pages import themes

register = template.Library()

VISITOR, MEMBER, OPERATOR = "visitor", "member", "operator"

BROWSE = ("movies:browse", _("Browse"))
TOGETHER = ("together:index", _("Together"))
MY_MOVIES = "movies:ratings"
SECTION = "section "

MAIN_PAGES = {
    VISITOR: (
        BROWSE,
        TOGETHER,
        ("lists:public", _("Lists")),
        ("how-it-works", _("How it works")),
    ),
    MEMBER: (("home", _("For you")), BROWSE, (MY_MOVIES, _("My movies")), TOGETHER),
}
MAIN_PAGES[OPERATOR] = MAIN_PAGES[MEMBER]

ACCOUNT_PAGES = {
    VISITOR: (("account_login", _("Log in")), ("account_signup", _("Sign up"))),
    MEMBER: (("accounts:profile", _("Profile")), ("accounts:settings", _("Settings"))),
}
ACCOUNT_PAGES[OPERATOR] = (*ACCOUNT_PAGES[MEMBER], ("admin:index", _("Admin")))

# The tabs of "My movies" (templates/accounts/_my_pages.html), wherever their pages stand.
MY_NAMESPACES = {"diary"}
MY_PAGES = {"taste", "year", "latest-year", "lists:mine"}
MY_PAGES |= {
    f"movies:{name}" for name in ("rating-days", "bulk-edit", "watchlist", "watchlist-pick")
}
MY_PAGES |= {f"movies:{name}" for name in ("hidden", "imports", "import", "import-choose")}

LINKED_VIEWS = {
    view for pages in (*MAIN_PAGES.values(), *ACCOUNT_PAGES.values()) for view, _label in pages
}


@dataclass(frozen=True)
class Link:
    """A link to a page of the site."""

    label: str | Promise
    url: str
    current: str  # for aria-current: "page" on the page itself, "true" on others of its section


@register.inclusion_tag("_header.html", takes_context=True)
def site_header(context: dict[str, Any]) -> dict[str, Any]:
    """Links side by side, search and menu.

    On a phone the menu has all of them; where there is room, only those to the account.
    """
    request = context["request"]
    kind = _kind_of_reader(request)
    current_page = _current_page(request)
    return {
        "kind": kind,
        "is_member": kind in {MEMBER, OPERATOR},
        "current_page": current_page,
        "is_browse": current_page == "movies:browse",
        "username": request.user.get_username(),
        "search_text": getattr(context.get("asked"), "q", ""),
    }


@register.inclusion_tag("_nav_list.html")
def main_links(kind: str, current_page: str) -> dict[str, Any]:
    """The pages that a reader of this kind opens most."""
    return {"links": _links(MAIN_PAGES[kind], current_page)}


@register.inclusion_tag("_nav_list.html")
def account_links(kind: str, current_page: str) -> dict[str, Any]:
    """The pages about one's own account, or the ways to get one."""
    return {"links": _links(ACCOUNT_PAGES[kind], current_page)}


@register.inclusion_tag("_footer.html", takes_context=True)
def site_footer(context: dict[str, Any]) -> dict[str, Any]:
    """Languages, themes, and links for everybody; base.html closes the element."""
    request = context["request"]
    # The answer to a form cannot be opened again by its address.
    is_page = request.method in ("GET", "HEAD")
    return {
        "next": request.get_full_path() if is_page else "/",
        "theme": themes.chosen_theme(request),
        "themes": themes.CHOICES,
    }


@register.simple_tag
def site_name() -> str:
    """The operator's name for the site."""
    return settings.SITE_NAME


@register.simple_tag
def site_address() -> str:
    """As people write it: films.example.org."""
    return settings.SITE_URL.partition("://")[2]


@register.simple_tag(takes_context=True)
def chosen_theme(context: dict[str, Any]) -> str:
    """The chosen theme: "light", "dark", or "" where the device decides."""
    request = context.get("request")
    return themes.chosen_theme(request) if request else ""


@register.inclusion_tag("_theme_color.html")
def theme_color(theme: str) -> dict[str, Any]:
    """The colour of the browser's own frame around the page."""
    return {"chosen": themes.PAPER.get(theme), "papers": themes.PAPER.items()}


def _kind_of_reader(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return OPERATOR if request.user.is_staff else MEMBER
    return VISITOR


def _current_page(request: HttpRequest) -> str:
    """The linked view that answers, or "section " and the one that it belongs to; else "".

    So few values, so few cached headers.
    """
    match = request.resolver_match
    if match is None:
        return ""
    if match.view_name in LINKED_VIEWS:
        return match.view_name
    is_mine = match.view_name in MY_PAGES or match.namespace in MY_NAMESPACES
    return f"{SECTION}{MY_MOVIES}" if is_mine else ""


def _links(pages: tuple[tuple[str, str | Promise], ...], current_page: str) -> list[Link]:
    return [Link(label, reverse(view), _current(view, current_page)) for view, label in pages]


def _current(view: str, current_page: str) -> str:
    if view == current_page:
        return "page"
    return "true" if f"{SECTION}{view}" == current_page else ""
