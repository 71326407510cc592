"""The site's settings as the tests run them: the same, except where a test would only be slow."""

from cfsite.settings import *  # noqa: F403
from cfsite.settings import STORAGES

# Cheap on purpose: hashing is the library's to test, and every fixture user would pay for it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
