"""Filters and orders of the pages that list movies."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from movies.browse.facets import Facet
from movies.browse.orderings import PersonalOrder
from movies.browse.query import DEFAULT_ORDER, BrowseQuery

register = template.Library()


@register.inclusion_tag("movies/browse/_facet.html")
def facet_choices(facet: Facet) -> dict[str, Any]:
    """Each choice as a link that makes it, or takes it back."""
    return {"facet": facet}


@register.inclusion_tag("movies/browse/_order_options.html")
def order_options(
    asked: BrowseQuery, orders: Mapping[str, tuple], personal: Mapping[str, PersonalOrder]
) -> dict[str, Any]:
    """The orders to choose from; search results are ordered by how well they match."""
    options = [(key, order.label) for key, order in personal.items()]
    options += [(key, order[0]) for key, order in orders.items()]
    if asked.q:
        options.insert(0, ("", gettext("Best match")))
    return {"options": options, "chosen": asked.order or ("" if asked.q else DEFAULT_ORDER)}
