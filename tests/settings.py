"""The site's settings as the tests run them: the same, except where a test would only be slow."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# State of its own for each test process; the compiled kernels are kept from run to run.
if "TEST_DATA_DIR" not in os.environ:
    os.environ["TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="cfsite-test-")
    atexit.register(shutil.rmtree, os.environ["TEST_DATA_DIR"], ignore_errors=True)
os.environ["CFSITE_DATA_DIR"] = os.environ["TEST_DATA_DIR"]
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parent.parent / "var" / "numba"))

from cfsite.settings import *  # noqa: F403
from cfsite.settings import (
    CACHES,
    DATA_DIR,
    DATABASES,
    REST_FRAMEWORK,
    SPECTACULAR_SETTINGS,
    STATIC_ROOT,
    STORAGES,
)

# Passkeys belong to an address that the tests' own is not; those of passkeys set SITE_URL.
PASSKEYS = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The address that Django's test client asks for.
SITE_URL = SITE_ORIGIN = "http://testserver"
# A live server has a new address each time; the API's page calls the one it stands at.
SPECTACULAR_SETTINGS = {**SPECTACULAR_SETTINGS, "SERVERS": [{"url": "/"}]}

STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a missing folder

# A file, not memory: threads of a live server and worker processes see the same database, with the
# locks they will meet in production.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
elif "TEST_TEMPLATE_DATABASE" in os.environ:  # migrated already (tests/servers.py)
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ["TEST_TEMPLATE_DATABASE"]}

# Cheap on purpose: hashing is the library's to test, and every fixture user would pay for it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Emptied before each test, and apart in test processes that share a folder.
CACHES = {**CACHES, "limits": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Tests of the limits set their own.
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "100000/min"),
}
