"""Who you are."""

from typing import Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserQuerySet(models.QuerySet["User"]):
    def people(self) -> Self:
        """Those who signed up here, without the raters that came with a data set."""
        return self.filter(is_dataset_member=False)


class PeopleManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's user manager with our queryset's sentences."""


class User(AbstractUser):
    email = models.EmailField(_("e-mail address"), blank=True)
    is_dataset_member = models.BooleanField(
        _("came with a data set"),
        default=False,
        help_text=_("A rater of an imported data set: cannot log in, is hidden from lists."),
    )
    trains_model = models.BooleanField(
        _("ratings train the model"),
        default=True,
        help_text=_("Off: this person still gets recommendations, and teaches nobody else's."),
    )

    objects = PeopleManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="accounts_user_email_unique",
                violation_error_message=_("A user with that e-mail address already exists."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_dataset_member=False) | models.Q(is_active=False),
                name="accounts_user_dataset_member_inactive",
                violation_error_message=_("A rater of a data set cannot be active."),
            ),
        ]
