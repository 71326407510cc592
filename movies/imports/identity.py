"""Which data set this is: its name is the prefix of its raters' usernames.

Two sets under one name would merge the rater 17 of both into one person; one set under two names
would count everybody twice. So a set is known by its ratings, not by the name of a folder, and
whoever imports is asked where that does not decide.
"""

from __future__ import annotations

import re

from django.utils import timezone

from accounts.models import User
from movies.imports.dataset import DataSet, SourceError
from movies.models import ImportedDataSet

_NAME = re.compile(r"[^\W_][\w.-]{0,59}")


def identify(data_set: DataSet, *, name: str = "", is_same: bool = False) -> DataSet:
    """The data set under the name of its raters.

    Args:
        name: Instead of the name of the file or folder.
        is_same: The set of that name that is here is this one, with other ratings.

    Raises:
        SourceError: The name is unusable, or it is unclear whether this set is here already.
    """
    if name and not _NAME.fullmatch(name):
        raise SourceError(
            f"{name!r} isn't a name for a data set: use up to 60 letters, digits, dots and hyphens."
        )
    known = ImportedDataSet.objects.filter(fingerprint=data_set.fingerprint).first()
    if known and name not in ("", known.name):
        raise SourceError(
            f"These ratings were already imported as {known.name}; imported as {name} as well, they"
            f" would count twice. Import them again without a name, or as {known.name}."
        )
    if known:
        return data_set.named(known.name)
    name = name or data_set.name
    if not name:
        raise SourceError("The folder's name can't be used for the data set: use --name NAME.")
    if not is_same and _is_here(name):
        raise SourceError(
            f"There is already a data set named {name}, with other ratings. If this is the same"
            " set, changed or continued, so that its rater 1 is the same person, use --same-set."
            " If it is another set or release, use --name NAME with a new name."
        )
    return data_set.named(name)


def remember(data_set: DataSet) -> None:
    """Before the first rating is written: a killed import is recognized too."""
    ImportedDataSet.objects.update_or_create(
        name=data_set.name,
        defaults={"fingerprint": data_set.fingerprint, "imported_at": timezone.now()},
    )


def _is_here(name: str) -> bool:
    """Also sets that were imported before their fingerprints were kept."""
    return (
        ImportedDataSet.objects.filter(name=name).exists()
        or User.objects.filter(is_dataset_member=True, username__startswith=f"{name}:").exists()
    )
