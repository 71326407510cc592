"""What the site keeps about people, for the data notice: read from the models themselves.

Apps describe their models here in their AppConfig. A model with a path to the user that nobody
described still appears, under its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

Text = str | Promise

ERASED_WITH_ACCOUNT = _("Until you delete it or erase your account.")


@dataclass(frozen=True)
class Kept:
    """Models that hold one kind of data, by their labels: "movies.Rating"."""

    models: tuple[str, ...]
    what: Text
    until: Text = ERASED_WITH_ACCOUNT
    files: tuple[str, ...] = ()  # of the export


@dataclass(frozen=True)
class KeptTable:
    name: str
    fields: list[str]


@dataclass(frozen=True)
class Notice:
    """One entry of the page."""

    what: Text
    until: Text
    files: tuple[str, ...]
    tables: list[KeptTable]


_kept: list[Kept] = []
_remarks: list[Callable[[], str]] = []


def describe(kept: Kept) -> None:
    _kept.append(kept)


def add_remark(remark: Callable[[], str]) -> None:
    """A sentence on the page about what is learned; left out while it is ''."""
    _remarks.append(remark)


def remarks() -> list[str]:
    return [text for remark in _remarks if (text := remark())]


def notices() -> Iterator[Notice]:
    """What is described, then what is not."""
    for kept in _kept:
        tables = [_table(apps.get_model(label)) for label in kept.models]
        yield Notice(kept.what, kept.until, kept.files, tables)
    for model in undescribed():
        name = capfirst(model._meta.verbose_name_plural)
        yield Notice(name, ERASED_WITH_ACCOUNT, (), [_table(model)])


def undescribed() -> list[type[models.Model]]:
    described = {apps.get_model(label) for kept in _kept for label in kept.models}
    return [model for model in personal_models() if model not in described]


def personal_models() -> list[type[models.Model]]:
    """The user, and all models whose rows are deleted with a user's, directly or through others."""
    found: list[type[models.Model]] = [get_user_model()]
    for model in found:  # grows while it is walked
        found.extend(other for other in _deleted_with(model) if other not in found)
    return found


def relations_to(model: type[models.Model]) -> Iterator[models.ForeignObjectRel]:
    """Foreign keys to this model, also those without a way back (`related_name="+"`)."""
    for field in model._meta.get_fields(include_hidden=True):
        if field.auto_created and (field.one_to_many or field.one_to_one):
            yield field


def _deleted_with(model: type[models.Model]) -> Iterable[type[models.Model]]:
    for relation in relations_to(model):
        other = relation.related_model
        # The rows of a many-to-many field hold nothing but two keys.
        if relation.on_delete is models.CASCADE and not other._meta.auto_created:
            yield other


def _table(model: type[models.Model]) -> KeptTable:
    names = [
        str(field.verbose_name)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    ]
    return KeptTable(capfirst(model._meta.verbose_name_plural), names)


describe(
    Kept(
        ("accounts.User", "account.EmailAddress", "account.EmailConfirmation"),
        _("Your account: user name, email addresses, password (only a hash of it) and settings"),
        _("Until you erase it."),
        ("account.json",),
    )
)
describe(Kept(("accounts.Profile",), _("Your profile"), files=("account.json",)))
describe(
    Kept(
        ("accounts.Session", "usersessions.UserSession"),
        _(
            "Where you’re logged in, with browser and IP address; for visitors, the movies they"
            " tried out, and messages"
        ),
        _("Until you log out there, or haven’t used it for a while: a browser for two weeks."),
        ("sign_ins.csv",),
    )
)
describe(
    Kept(
        ("mfa.Authenticator",),
        _("Your authenticator app, passkeys and recovery codes (secrets encrypted)"),
        _("Until you remove them or erase your account."),
        ("second_factors.csv",),
    )
)
describe(
    Kept(
        ("accounts.AccessToken",),
        _("Your access tokens (only hashes of them)"),
        _("Until you revoke them, reset a forgotten password or erase your account."),
        ("access_tokens.csv",),
    )
)
describe(
    Kept(
        ("accounts.DataExport", "accounts.DataExportPiece"),
        _("An export that takes a while to prepare"),
        _("Three days."),
    )
)
describe(
    Kept(
        ("admin.LogEntry",),
        _("What operators did in the admin"),
        _("Until the operator’s account is erased. Anything about other people goes with theirs."),
    )
)
