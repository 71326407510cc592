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

VISITOR, GUEST, MEMBER, OPERATOR = "visitor", "guest", "member", "operator"

BROWSE = ("movies:browse", _("Browse"))
PUBLIC_LISTS = ("lists:public", _("Public lists"))
HOW_IT_WORKS = ("how-it-works", _("How it works"))
TOGETHER = ("together:index", _("Together"))

MAIN_PAGES = {
    VISITOR: (BROWSE, PUBLIC_LISTS, HOW_IT_WORKS),
    GUEST: (BROWSE, PUBLIC_LISTS, HOW_IT_WORKS, TOGETHER),
    MEMBER: (
        BROWSE,
        ("movies:ratings", _("My ratings")),
        ("movies:watchlist", _("Watchlist")),
        ("taste", _("Taste")),
        TOGETHER,
    ),
}
MAIN_PAGES[OPERATOR] = MAIN_PAGES[MEMBER]

ACCOUNT_PAGES = {
    VISITOR: (("account_login", _("Log in")), ("account_signup", _("Sign up"))),
    MEMBER: (
        ("diary:diary", _("Diary")),
        ("diary:watched", _("Watched")),
        ("lists:mine", _("Lists")),
        ("movies:hidden", _("Not interested")),
        ("accounts:profile", _("Profile")),
        ("accounts:settings", _("Settings")),
    ),
}
ACCOUNT_PAGES[GUEST] = ACCOUNT_PAGES[VISITOR]
ACCOUNT_PAGES[OPERATOR] = (*ACCOUNT_PAGES[MEMBER], ("admin:index", _("Admin")))

LINKED_VIEWS = {
    view for pages in (*MAIN_PAGES.values(), *ACCOUNT_PAGES.values()) for view, _label in pages
}


@dataclass(frozen=True)
class Link:
    """A link to a page of the site, which may be the page that shows it."""

    label: str | Promise
    url: str
    is_current: bool


@register.inclusion_tag("_header.html", takes_context=True)
def site_header(context: dict[str, Any]) -> dict[str, Any]:
    """Links side by side, search and menu.

    The menu has all links: a phone shows nothing else, a wide header only the personal ones there.
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
    return GUEST if request.session.get("guest") else VISITOR


def _current_page(request: HttpRequest) -> str:
    """The view that answers, if the header links to it. So few values, so few cached headers."""
    match = request.resolver_match
    return match.view_name if match and match.view_name in LINKED_VIEWS else ""


def _links(pages: tuple[tuple[str, str | Promise], ...], current_page: str) -> list[Link]:
    return [Link(label, reverse(view), view == current_page) for view, label in pages]
