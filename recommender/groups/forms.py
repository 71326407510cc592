"""Forms of the group pages."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cfsite.lib.text import one_line
from movies.rating.forms import StarsField
from recommender.models import Group, Guest

_STARS_OF = re.compile(r"stars-([0-9]{1,18})")


class NameField(forms.CharField):
    """A visible name on one line."""

    def clean(self, value: Any) -> str:
        return super().clean(one_line(self.to_python(value)))


class GroupForm(forms.Form):
    name = NameField(label=_("Name"), max_length=Group._meta.get_field("name").max_length)
    rule = forms.ChoiceField(
        label=_("Rule"), choices=Group.Rule.choices, initial=Group.Rule.AVERAGE
    )


class RuleForm(forms.Form):
    rule = forms.ChoiceField(choices=Group.Rule.choices)


class GuestForm(forms.Form):
    name = NameField(label=_("Your name"), max_length=Guest._meta.get_field("name").max_length)


def posted_stars(posted: Mapping[str, str]) -> dict[int, int | None]:
    """Half-stars by movie id, from the form on which guests rate; None for "not seen".

    Raises:
        ValidationError: a value is not a number of stars.
    """
    field = StarsField(required=False)
    given: dict[int, int | None] = {}
    for name, value in posted.items():
        if match := _STARS_OF.fullmatch(name):
            stars = field.clean(value)
            given[int(match[1])] = None if stars is None else round(2 * stars)
    return given
