"""Deletion of an account with all its data."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account import app_settings
from allauth.core import ratelimit
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models.functions import Cast
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.kept_data import relations_to
from accounts.models import User
from cfsite.lib import deleted_bytes, mail_folder
from cfsite.lib.api.throttling import forget_member

# Sent with `user`, inside the transaction, before anything is deleted: other apps can save what
# other users need, and take out what would stay behind.
erasing = Signal()


class LastOperator(Exception):
    """Deleting this account would leave no active superuser."""


def erase(user: User) -> None:
    """Delete the user with all ratings, marks and settings, and every trace elsewhere.

    Raises:
        LastOperator: Nothing was deleted.
    """
    with transaction.atomic():
        # A rating that another request saves in between would make the deletion fail.
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.is_superuser and not _other_operators(locked):
            raise LastOperator
        addresses = {locked.email, *locked.emailaddress_set.values_list("email", flat=True)}
        _forget_in_admin_log_of(locked)
        erasing.send(sender=User, user=locked)
        locked.delete()
        transaction.on_commit(lambda: _erase_outside_database(user.pk, addresses))


def erase_leftovers() -> None:
    """What an erasure could not overwrite at once, and mails that were kept long enough."""
    deleted_bytes.overwrite()
    mail_folder.forget_old()


def forget_in_admin_log(rows: models.QuerySet) -> None:
    """Take what the admin's log says about these rows out of it; that something was done stays."""
    about = ContentType.objects.get_for_model(rows.model, for_concrete_model=False)
    ids = rows.order_by().annotate(id_in_log=Cast("pk", models.CharField())).values("id_in_log")
    entries = LogEntry.objects.filter(content_type=about, object_id__in=ids)
    entries.update(object_id=None, object_repr=_("erased"), change_message="")


def _other_operators(user: User) -> bool:
    return User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()


def _forget_in_admin_log_of(user: User) -> None:
    """Entries about the user and about everything of theirs."""
    forget_in_admin_log(User.objects.filter(pk=user.pk))
    logged = set(LogEntry.objects.order_by().values_list("content_type", flat=True).distinct())
    for relation in relations_to(User):
        model = relation.related_model
        if model is LogEntry:
            continue
        if ContentType.objects.get_for_model(model, for_concrete_model=False).pk in logged:
            forget_in_admin_log(model._base_manager.filter(**{relation.field.name: user}))


def _erase_outside_database(user_id: int, addresses: Iterable[str]) -> None:
    _forget_limits(user_id)
    mail_folder.forget(addresses)
    deleted_bytes.overwrite()


def _forget_limits(user_id: int) -> None:
    """Drop the counts of requests that are kept under the user's id."""
    user = User(pk=user_id)
    for action, rates in app_settings.RATE_LIMITS.items():
        if rates and all(rate.endswith("/user") for rate in rates.split(",")):
            ratelimit.clear(HttpRequest(), action=action, user=user)
    forget_member(user_id)
