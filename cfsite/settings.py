"""Settings.

Everything an operator may change is an environment variable, documented in docs/configuration.md.
With none set, the site runs on one machine without other services: SQLite, a file-based broker,
mail written to files.
"""

import os
import re
import secrets
from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.contrib.messages import constants as messages
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

VERSION = "0.2.0"
BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where state lives -------------------------------------------------------------------------

DATA_DIR = Path(env.str("CFSITE_DATA_DIR", default=str(BASE_DIR / "var"))).expanduser().resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

# numba writes its compiled kernels here, so that a worker child starts without compiling.
os.environ.setdefault("NUMBA_CACHE_DIR", str(DATA_DIR / "numba"))


def _secret_key() -> str:
    """The key from the environment, else one drawn once and kept in a file only we may read."""
    if key := env.str("CFSITE_SECRET_KEY", default=""):
        if len(key) < 50:
            raise ImproperlyConfigured("CFSITE_SECRET_KEY must have at least 50 characters.")
        return key
    path = DATA_DIR / "secret_key"
    try:
        # O_EXCL: of two processes that start together, one writes and the other reads its key.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("CFSITE_SECRET_KEY_FALLBACKS", default=[])

# --- Where the site answers --------------------------------------------------------------------

DEBUG = env.bool("CFSITE_DEBUG", default=False)
SITE_URL = env.str("CFSITE_SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured("CFSITE_SITE_URL must look like https://films.example.org")


def _site_name() -> str:
    name = env.str("CFSITE_NAME", default="cfsite").strip()
    if not name:
        raise ImproperlyConfigured("CFSITE_NAME must not be empty.")
    if not name.isprintable():
        raise ImproperlyConfigured("CFSITE_NAME must be one line of printable characters.")
    if len(name) > LONGEST_SITE_NAME:
        raise ImproperlyConfigured(
            f"CFSITE_NAME has {len(name)} characters; at most {LONGEST_SITE_NAME} are allowed."
        )
    return name


LONGEST_SITE_NAME = 60
SITE_NAME = _site_name()

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [_site.hostname, *LOOPBACK, *env.list("CFSITE_ALLOWED_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]
HTTPS = _site.scheme == "https"

# How many proxies of ours add to X-Forwarded-For. With 0 the header is ignored, because anyone may
# send it and slip under every limit that counts by address.
TRUSTED_PROXIES = env.int("CFSITE_TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

if HTTPS:
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = env.int("CFSITE_HSTS_SECONDS", default=3600)
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "accounts.sessions"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cfsite.pages.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

MAINTENANCE = env.bool("CFSITE_MAINTENANCE", default=False)
MAINTENANCE_FILE = DATA_DIR / "maintenance"

# --- Apps --------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "movies",
    "recommender",
    "cfsite.operations",
    "cfsite.admin_site.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_celery_beat",
    "import_export",
    "csp",
]

MIDDLEWARE = [
    "cfsite.pages.health.probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "cfsite.lib.brotli_compression.compress_with_brotli",
    "cfsite.lib.caching.private_unless_public",
    "cfsite.lib.caching.ConditionalApiMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.sessions.StaleSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cfsite.pages.maintenance.closed_for_maintenance",
    "accounts.language.preferred_language",
    "movies.scales.preferred_scale",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "movies.catalogue_care.answers.tell_askers",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "recommender.middleware.one_model_per_request",
    "cfsite.pages.errors.page_for_405",
]

ROOT_URLCONF = "cfsite.urls"
WSGI_APPLICATION = "cfsite.wsgi.application"
ASGI_APPLICATION = "cfsite.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"layout": "cfsite.templatetags.layout"},
        },
    },
]
MESSAGE_TAGS = {messages.ERROR: "error"}

# --- Database ----------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'cfsite.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on while one writes. IMMEDIATE takes the write lock at BEGIN, where the
    # timeout applies; a lock upgraded later fails at once with "database is locked".
    _database.setdefault("CONN_MAX_AGE", 60)
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        # secure_delete fills deleted rows with zeros, so that nothing of an erased account stays
        # in free pages.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA secure_delete=ON;",
    }
elif _database["ENGINE"] == "django.db.backends.postgresql":
    _database.setdefault("CONN_MAX_AGE", 60)
    _database["CONN_HEALTH_CHECKS"] = True
    # A machine that is gone answers nothing at all; without a bound each request waits minutes.
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
else:
    raise ImproperlyConfigured("DATABASE_URL must point to SQLite or PostgreSQL.")

# --- Cache, queue and schedule -----------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "cfsite",
            "OPTIONS": {
                "SOCKET_CONNECT_TIMEOUT": 0.2,
                "SOCKET_TIMEOUT": 0.2,
                # One attempt; the client's own three, with pauses between, are seconds.
                "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0)},
                # A cache that is away must slow nobody and stop nothing.
                "IGNORE_EXCEPTIONS": True,
                "REDIS_CLIENT_CLASS": "cfsite.lib.redis_client.CircuitBreakerRedis",
            },
        }
    }
    CACHES["limits"] = CACHES["default"]
else:
    CACHES = {
        # Shared by all processes, so that a login limit is one limit.
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cfsite_cache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        },
        # Shared as well, without questions to the database: see cfsite/lib/throttling.py.
        "limits": {
            "BACKEND": "cfsite.lib.sqlite_cache.SqliteCache",
            "LOCATION": str(DATA_DIR / "limits.sqlite3"),
        },
    }

# Where {% cache %} keeps parts of pages that are alike for many readers: in each process.
CACHES["template_fragments"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "template-fragments",
    "OPTIONS": {"MAX_ENTRIES": 2000},
}

REFIT_INTERVAL = env.int("CFSITE_REFIT_INTERVAL", default=900)  # seconds between two refits
REFIT_MIN_CHANGES = env.int("CFSITE_REFIT_MIN_CHANGES", default=1)  # ratings changed since
REFIT_TICK = env.int("CFSITE_REFIT_TICK", default=60)  # seconds between two looks at what is due
REFIT_TIME_LIMIT = env.int("CFSITE_REFIT_TIME_LIMIT", default=3600)  # seconds for one refit


def _teacher_weight() -> float | None:
    """Of each rating from a data set, beside 1 for the site's own; None: from their shares."""
    given = env.str("CFSITE_TEACHER_WEIGHT", default="auto")
    try:
        weight = None if given == "auto" else float(given)
    except ValueError:
        weight = 0.0
    if weight is None or 0 < weight <= 1:
        return weight
    raise ImproperlyConfigured("CFSITE_TEACHER_WEIGHT must be auto, or above 0 and at most 1.")


TEACHER_WEIGHT = _teacher_weight()

EVALUATE_INTERVAL = env.int("CFSITE_EVALUATE_INTERVAL", default=86400)  # between two evaluations

TUNE_INTERVAL = env.int("CFSITE_TUNE_INTERVAL", default=30)  # days between two searches; 0: never
TUNE_MINUTES = env.int("CFSITE_TUNE_MINUTES", default=20)  # for one search
if TUNE_INTERVAL < 0 or TUNE_MINUTES < 1:
    raise ImproperlyConfigured(
        "CFSITE_TUNE_INTERVAL must be at least 0, CFSITE_TUNE_MINUTES at least 1."
    )
TUNE_TICK = 300  # seconds between two looks at whether a search is due or can go on

# Averages and histograms are public from so many raters on, and change only by so many at once.
MIN_PUBLIC_RATERS = env.int("CFSITE_MIN_PUBLIC_RATERS", default=5)
if MIN_PUBLIC_RATERS < 1:
    raise ImproperlyConfigured("CFSITE_MIN_PUBLIC_RATERS must be at least 1.")

# What the data notice says of backups; 0: to ask the operator.
BACKUP_DAYS = env.int("CFSITE_BACKUP_DAYS", default=0)

# Exports of more rows are made by the worker instead of within a request.
EXPORT_ROWS = env.int("CFSITE_EXPORT_ROWS", default=20_000)
# Personal imports: whether members may add movies that the catalogue lacks, and how much they may
# upload at once.
IMPORT_ADDS_MOVIES = env.bool("CFSITE_IMPORT_ADDS_MOVIES", default=False)
IMPORT_MAX_MB = env.int("CFSITE_IMPORT_MAX_MB", default=20)
IMPORT_MAX_ROWS = env.int("CFSITE_IMPORT_MAX_ROWS", default=100_000)
if IMPORT_MAX_MB < 1 or IMPORT_MAX_ROWS < 1:
    raise ImproperlyConfigured(
        "CFSITE_IMPORT_MAX_MB and CFSITE_IMPORT_MAX_ROWS must be at least 1."
    )

# Posters and facts from TMDB; '' asks nobody for anything.
TMDB_KEY = env.str("CFSITE_TMDB_KEY", default="").strip()
# Facts from Wikidata's public query service, which is told the IMDb ids of the catalogue.
WIKIDATA_FACTS = env.bool("CFSITE_WIKIDATA_FACTS", default=False)
FACTS_TICK = 300  # seconds between two rounds of asking for facts

# Where to watch: the countries whose services are fetched from TMDB, the default one first, and a
# Jellyfin server; '' asks none.
WATCHING_COUNTRIES = [
    code.strip().upper()
    for code in env.list("CFSITE_COUNTRIES", default=["US", "GB", "DE", "FR", "ES"])
    if code.strip()
]
if not WATCHING_COUNTRIES or not all(re.fullmatch("[A-Z]{2}", code) for code in WATCHING_COUNTRIES):
    raise ImproperlyConfigured(
        "CFSITE_COUNTRIES must be two-letter codes separated by commas, like DE,AT,CH."
    )
if len(WATCHING_COUNTRIES) > 40:
    raise ImproperlyConfigured("CFSITE_COUNTRIES may name up to 40 countries.")
JELLYFIN_URL = env.str("CFSITE_JELLYFIN_URL", default="").strip().rstrip("/")
JELLYFIN_API_KEY = env.str("CFSITE_JELLYFIN_API_KEY", default="").strip()
# Where members' browsers reach it.
JELLYFIN_WEB_URL = env.str("CFSITE_JELLYFIN_WEB_URL", default="").strip().rstrip("/")
for _name, _url in (
    ("CFSITE_JELLYFIN_URL", JELLYFIN_URL),
    ("CFSITE_JELLYFIN_WEB_URL", JELLYFIN_WEB_URL),
):
    if _url and not re.match(r"https?://[^/\s]+", _url):
        raise ImproperlyConfigured(f"{_name} must begin with http:// or https://.")
if JELLYFIN_URL and not JELLYFIN_API_KEY:
    raise ImproperlyConfigured("CFSITE_JELLYFIN_URL needs CFSITE_JELLYFIN_API_KEY.")
JELLYFIN_WEB_URL = JELLYFIN_WEB_URL or JELLYFIN_URL

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # Longer than any task may run: a message is never handed out twice while its task runs.
        "visibility_timeout": 4 * (REFIT_TIME_LIMIT + 600),
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost//"  # without a host kombu warns
    _queue, _control = DATA_DIR / "queue" / "messages", DATA_DIR / "queue" / "control"
    for _folder in (_queue, _control):
        _folder.mkdir(parents=True, exist_ok=True)  # kombu does not make them
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_control),
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = REFIT_TIME_LIMIT + 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A child that has run a fit keeps the kernels and its arrays; a new one costs half a second.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = min(60, REFIT_TICK)
CELERY_BEAT_SCHEDULE = {
    "refit when due": {
        "task": "recommender.tasks.refit_if_due",
        "schedule": float(REFIT_TICK),
        # Ticks that piled up while nobody listened are worth one, not many.
        "options": {"expires": float(REFIT_TICK)},
    },
    "measure when due": {
        "task": "recommender.tasks.measure_if_due",
        "schedule": float(REFIT_TICK),
        "options": {"expires": float(REFIT_TICK)},
    },
    "search hyper-parameters when due": {
        "task": "recommender.tasks.search_if_due",
        "schedule": float(TUNE_TICK),
        "options": {"expires": float(TUNE_TICK)},
    },
    "publish figures": {
        "task": "movies.tasks.publish_figures",
        "schedule": float(REFIT_TICK),
        "options": {"expires": float(REFIT_TICK)},
    },
    "look after merges": {
        "task": "movies.tasks.look_after_merges",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "fetch posters": {
        "task": "movies.tasks.fetch_posters",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "fetch facts": {
        "task": "movies.tasks.fetch_facts",
        "schedule": float(FACTS_TICK),
        "options": {"expires": float(FACTS_TICK)},
    },
    "erase expired facts": {
        "task": "movies.tasks.erase_expired_facts",
        "schedule": 86400.0,
        "options": {"expires": 3600.0},
    },
    "fetch offers": {
        "task": "movies.tasks.fetch_offers",
        "schedule": float(FACTS_TICK),
        "options": {"expires": float(FACTS_TICK)},
    },
    "read library": {
        "task": "movies.tasks.read_library",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "run imports": {
        "task": "movies.tasks.run_due_imports",
        "schedule": float(REFIT_TICK),
        "options": {"expires": float(REFIT_TICK)},
    },
    "forget old imports": {
        "task": "movies.tasks.forget_old_imports",
        "schedule": 86400.0,
        "options": {"expires": 3600.0},
    },
    "forget guests": {
        "task": "recommender.tasks.forget_guests",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "forget visitors": {
        "task": "recommender.tasks.forget_visitors",
        "schedule": 86400.0,
        "options": {"expires": 3600.0},
    },
    "prepare data exports": {
        "task": "accounts.tasks.prepare_exports",
        "schedule": float(REFIT_TICK),
        "options": {"expires": float(REFIT_TICK)},
    },
    "erase leftovers": {
        "task": "accounts.tasks.erase_leftovers",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "delete expired sessions": {
        "task": "accounts.tasks.delete_expired_sessions",
        "schedule": 86400.0,
        "options": {"expires": 3600.0},
    },
}

# --- Accounts ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3600

EMAIL_SUBJECT_PREFIX = ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ACCOUNT_ADAPTER = "accounts.login.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = env.str("CFSITE_EMAIL_VERIFICATION", default="optional")
if ACCOUNT_EMAIL_VERIFICATION not in {"none", "optional", "mandatory"}:
    raise ImproperlyConfigured("CFSITE_EMAIL_VERIFICATION is none, optional or mandatory.")
_email = "email*" if ACCOUNT_EMAIL_VERIFICATION == "mandatory" else "email"
ACCOUNT_SIGNUP_FIELDS = ["username*", _email, "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.login.forms.LoginForm",
    "signup": "accounts.login.forms.SignupForm",
    "change_password": "accounts.login.forms.ChangePasswordForm",
    "set_password": "accounts.login.forms.SetPasswordForm",
    "reset_password_from_key": "accounts.login.forms.ResetPasswordKeyForm",
}
ACCOUNT_SIGNUP_OPEN = env.bool("CFSITE_SIGNUP_OPEN", default=True)
ACCOUNT_SIGNUP_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
# With all names that look like one of them; the operator may use them for own accounts.
RESERVED_USERNAMES = ["admin", "administrator", "root", "staff", "support", "system"]
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_TIMEOUT = 900
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)

if "EMAIL_URL" in env:
    vars().update(env.email("EMAIL_URL"))
else:
    EMAIL_BACKEND = "cfsite.lib.mail_folder.MailFolder"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str(
    "CFSITE_EMAIL_FROM", default=formataddr((SITE_NAME, f"noreply@{_site.hostname}"))
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10

# --- API ---------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.AppTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cfsite.lib.rest.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "cfsite.lib.rest.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "cfsite.lib.api_schema.AutoSchema",
    "EXCEPTION_HANDLER": "cfsite.lib.problems.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        f"cfsite.lib.throttling.{name}"
        for name in ("VisitorReads", "VisitorWrites", "MemberReads", "MemberWrites")
    ],
    "DEFAULT_THROTTLE_RATES": {
        # Phones of one mobile network share few addresses.
        "visitor_reads": env.str("CFSITE_API_RATE_ANONYMOUS", default="600/min"),
        "visitor_writes": env.str("CFSITE_API_RATE_ANONYMOUS_WRITES", default="60/min"),
        "member_reads": env.str("CFSITE_API_RATE_MEMBER", default="600/min"),
        "member_writes": env.str("CFSITE_API_RATE_MEMBER_WRITES", default="300/min"),
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "DESCRIPTION": "Movies, ratings and recommendations of this site.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
}

# --- Languages, time, files --------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("CFSITE_TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cfsite.lib.asset_bundles.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_MAX_AGE = 3600
# Pages name the hashed files alone; compressing the plain copies too would double the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br"),
    *("woff", "woff2", "map"),
)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- Logs --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "filters": {"routes": {"()": "cfsite.lib.log_paths.RoutesForPaths"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["routes"],
        }
    },
    "root": {
        "handlers": ["console"],
        "level": env.str("CFSITE_LOG_LEVEL", default="INFO").upper(),
    },
}

SILENCED_SYSTEM_CHECKS = (
    # Whether sub-domains and the preload list are served by HTTPS is the operator's to know.
    ["security.W005", "security.W021"] if HTTPS else []
)
