"""Lists of choices with their counts, written in one pass: a page has fifty of them."""

from collections.abc import Mapping
from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from movies.browse.facets import Choice, Facet
from movies.browse.orderings import PersonalOrder
from movies.browse.query import DEFAULT_ORDER, BrowseQuery
from movies.words import counted

register = template.Library()


@register.simple_tag
def facet_choices(facet: Facet) -> SafeString:
    """Each choice as a link that makes it, or takes it back."""
    return SafeString("".join(map(_choice, facet.choices)))


def _choice(choice: Choice) -> str:
    current = ' aria-current="true"' if choice.on else ""
    return (
        f'<li><a href="?{escape(choice.query)}"{current}>{escape(str(choice.label))} '
        f'<span class="count">{counted(choice.n)}</span></a></li>'
    )


@register.simple_tag
def order_options(
    asked: BrowseQuery, orders: Mapping[str, tuple], personal: Mapping[str, PersonalOrder]
) -> SafeString:
    """The orders a list may have; where words are searched, by how well they match."""
    known = [(key, order.label) for key, order in personal.items()]
    known += [(key, order[0]) for key, order in orders.items()]
    chosen = asked.order or ("" if asked.q else DEFAULT_ORDER)
    if asked.q:
        known.insert(0, ("", gettext("Best match")))
    return SafeString(
        "".join(
            f'<option value="{key}"{" selected" if key == chosen else ""}>{escape(str(label))}'
            "</option>"
            for key, label in known
        )
    )
