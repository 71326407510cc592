"""Which user names are allowed: one place for sign-up, API, admin and `createsuperuser`."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# Alphabets with letters that look like those of another. Names in other scripts (Japanese next to
# Latin, say) may be mixed.
ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})

# Lower-case letters that most fonts draw like a Latin one, from Unicode's confusables.txt. Digits
# are left out: "anna1" next to "annal" is more often honest than not.
LOOKS_LIKE = str.maketrans(
    "асԁеһіјкӏорԛѕуԝх" + "αγικνορυχ" + "հոօս" + "ıȷɑɡ",
    "acdehijklopqsywx" + "ayikvopux" + "hnou" + "ijag",
)
_DOT_ABOVE = "\u0307"


def username_key(username: str) -> str:
    """The user name normalized: the same for any case and Unicode composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())


def skeleton(username: str) -> str:
    """The same for names that look alike. For comparison only, never shown.

    After Unicode Technical Standard 39, section 4, with the few letters that matter to an
    alphabet that is not mixed with another (see `check_characters`).
    """
    decomposed = unicodedata.normalize("NFD", username_key(username)).translate(LOOKS_LIKE)
    # "İ" becomes an i with a second dot above, which is not visible.
    return unicodedata.normalize("NFC", decomposed.replace("i" + _DOT_ABOVE, "i"))


def is_reserved(username: str) -> bool:
    """Whether the name is, or looks like, one that only operators may give to an account."""
    return skeleton(username) in {skeleton(name) for name in settings.RESERVED_USERNAMES}


def check_characters(username: str) -> None:
    """What the name alone tells.

    Raises:
        ValidationError: The sentence to show.
    """
    if "@" in username:
        raise ValidationError(_("A user name can’t contain @ or be an email address."), "at")
    if not any(char.isalnum() for char in username):
        raise ValidationError(_("A user name needs at least one letter or digit."), "no-letter")
    if len(_alphabets(username)) > 1:
        raise ValidationError(
            _("A user name can’t mix alphabets, such as Latin and Cyrillic letters."),
            "mixed",
        )


def _alphabets(username: str) -> set[str]:
    names = (unicodedata.name(char, "").partition(" ")[0] for char in username if char.isalpha())
    return ALPHABETS.intersection(names)


class UsernameField(models.CharField):
    """A user name, normalized and checked.

    A stored name that is not changed is not checked again: accounts older than a rule stay usable.
    """

    default_validators = [
        UnicodeUsernameValidator(message=_("Use only letters, digits and the characters . + - _"))
    ]

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return unicodedata.normalize("NFKC", value) if isinstance(value, str) else value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        users = self.model._default_manager
        if model_instance is not None and model_instance.pk is not None:
            if users.filter(pk=model_instance.pk, username=value).exists():
                return
            users = users.exclude(pk=model_instance.pk)
        check_characters(value)
        if users.filter(username=value).exists():
            raise ValidationError(self.error_messages["unique"], "unique")
        if users.filter(username_skeleton=skeleton(value)).exists():
            raise ValidationError(
                _("This user name is too similar to another member’s."), "look-alike"
            )

    def deconstruct(self) -> Any:
        """As a CharField: for the database it is one, so migrations need not know this class."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
