"""The site's settings, with the cheap passwords of fixtures and static files not collected."""

from cfsite.settings import *  # noqa: F403
from cfsite.settings import PASSWORD_HASHERS, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
