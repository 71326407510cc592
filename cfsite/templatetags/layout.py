"""The links of the header and of its menu: the same for everybody of a kind, so drawn once.

A page would spend more on writing out the same twenty links than on asking for its movies.
"""

from __future__ import annotations

import functools
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from cfsite.pages.themes import theme_choices, theme_colours
from movies.addresses import address
from movies.drawn import drawn_once

register = template.Library()

VISITOR, GUEST, MEMBER, OPERATOR = "visitor", "guest", "member", "operator"


@register.simple_tag(takes_context=True)
def site_header(context: dict[str, Any]) -> SafeString:
    """Links side by side, search and menu, with the page that is open marked in them.

    The menu has all links: a phone shows nothing else, a wide header only the personal ones there.
    """
    request = context["request"]
    kind = _kind(request)
    holes = {
        "csrf_token": str(context.get("csrf_token", "")),
        "username": request.user.get_username(),
        "q": getattr(context.get("asked"), "q", ""),
    }
    html = drawn_once(
        "_header.html",
        holes,
        is_member=kind in {MEMBER, OPERATOR},
        is_operator=kind == OPERATOR,
        is_guest=kind == GUEST,
        is_browse=request.path == address("movies:browse"),
    )
    if request.path not in _addresses():
        return html
    here = f'href="{request.path}"'
    return mark_safe(html.replace(here, f'{here} aria-current="page"'))  # noqa: S308  (ours)


@register.simple_tag(takes_context=True)
def head_links(context: dict[str, Any]) -> SafeString:
    """Icon, faces and looks: the same in every page."""
    return drawn_once("_head_links.html", theme_colours=theme_colours(context["request"]))


@register.simple_tag(takes_context=True)
def core_script(context: dict[str, Any]) -> SafeString:
    """What every page runs: for members with rating in place."""
    is_member = context["request"].user.is_authenticated
    return drawn_once("_core_script.html", is_member=is_member)


@register.simple_tag(takes_context=True)
def footer(context: dict[str, Any]) -> SafeString:
    """Languages, themes, links for everybody; the template that asks closes the element."""
    request = context["request"]
    # What answers to a form cannot be opened again by its address.
    is_page = request.method in ("GET", "HEAD")
    holes = {
        "csrf_token": str(context.get("csrf_token", "")),
        "here": request.get_full_path() if is_page else "/",
    }
    return drawn_once("_footer.html", holes, themes=theme_choices(request))


def _kind(request: Any) -> str:
    if request.user.is_authenticated:
        return OPERATOR if request.user.is_staff else MEMBER
    return GUEST if request.session.get("guest") else VISITOR


@functools.lru_cache(maxsize=1)
def _addresses() -> frozenset[str]:
    """Only these are looked for: what a visitor types into the address bar is not."""
    return frozenset(map(address, PLACES))


PLACES = (
    *("movies:browse", "movies:ratings", "movies:watchlist", "movies:hidden"),
    *("taste", "together:index", "lists:mine", "lists:public"),
    *("accounts:profile", "accounts:settings", "how-it-works", "accuracy"),
    *("account_login", "account_signup"),
)
