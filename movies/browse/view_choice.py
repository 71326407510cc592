"""How a reader looks at Browse: posters or a list, and how many movies at once.

Kept in the session: a member's is gone with the logout, a visitor's with the visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cfsite.lib.web.pagination import PER_PAGE

SESSION_KEY = "browse_view"
LOOKS: Mapping[str, str | Promise] = {"posters": _("Posters"), "list": _("List")}
SIZES: Mapping[str, str | Promise] = {"24": "24", "48": "48", "endless": _("Endless")}


@dataclass(frozen=True)
class ViewChoice:
    look: str = "posters"  # a key of LOOKS
    size: str = "24"  # a key of SIZES

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        kept = request.session.get(SESSION_KEY, {})
        return cls().changed(look=kept.get("look"), size=kept.get("size"))

    def changed(self, look: str | None, size: str | None) -> Self:
        """With another look or size; what is not offered changes nothing."""
        return replace(
            self,
            look=look if look in LOOKS else self.look,
            size=size if size in SIZES else self.size,
        )

    def keep(self, request: HttpRequest) -> None:
        request.session[SESSION_KEY] = {"look": self.look, "size": self.size}

    @property
    def is_list(self) -> bool:
        return self.look == "list"

    @property
    def is_endless(self) -> bool:
        return self.size == "endless"

    @property
    def per_page(self) -> int:
        return PER_PAGE if self.is_endless else int(self.size)

    @property
    def looks(self) -> list[tuple[str, str | Promise, bool]]:
        """(value, label, whether it is chosen) of each button."""
        return [(key, label, key == self.look) for key, label in LOOKS.items()]

    @property
    def sizes(self) -> list[tuple[str, str | Promise, bool]]:
        return [(key, label, key == self.size) for key, label in SIZES.items()]
