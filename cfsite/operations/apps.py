from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "cfsite.operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        from accounts.account_deletion import erasing
        from accounts.kept_data import Kept, describe
        from cfsite.operations import (
            checks,  # noqa: F401  (registers them)
            server_errors,
        )

        server_errors.connect()
        erasing.connect(_forget_mail, dispatch_uid="cfsite.operations.mail")
        describe(
            Kept(
                ("operations.OutgoingMail",),
                _("Mail to you that is on its way"),
                _("Until it is sent. If it can’t be: its text for a day, the rest for two weeks."),
            )
        )


def _forget_mail(*arguments: Any, **named: Any) -> None:
    from cfsite.operations.models import OutgoingMail

    user = named["user"]
    addresses = user.emailaddress_set.values_list("email", flat=True)
    OutgoingMail.objects.forget({user.email, *addresses})
