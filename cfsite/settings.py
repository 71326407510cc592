"""Settings.

Everything an operator may change is an environment variable, documented in docs/configuration.md.
cfsite/environment.py declares them all.
With none set, the site runs on one machine without other services: SQLite, a file-based broker,
mail written to files.
"""

import os
import re
from email.utils import formataddr

from csp.constants import NONE, SELF
from django.contrib.messages import constants as messages
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue
from pythonjsonlogger.core import RESERVED_ATTRS

from cfsite import data_folder, environment

VERSION = "0.2.0"
BASE_DIR = environment.BASE_DIR
env = environment.read(os.environ)
PRODUCTION = env["CFSITE_ENV"] == "production"

# --- Where state lives -------------------------------------------------------------------------

DATA_DIR = env["CFSITE_DATA_DIR"]
data_folder.make(DATA_DIR)

# numba writes its compiled kernels here, so that a worker child starts without compiling.
os.environ.setdefault("NUMBA_CACHE_DIR", str(DATA_DIR / "numba"))

SECRET_KEY = env["CFSITE_SECRET_KEY"] or data_folder.secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env["CFSITE_SECRET_KEY_FALLBACKS"]

# --- Where the site answers --------------------------------------------------------------------

DEBUG = env["CFSITE_DEBUG"]
SITE_NAME = env["CFSITE_NAME"]
_site = env["CFSITE_SITE_URL"]
SITE_URL = _site.geturl()
# Links that leave the site, in mails, feeds and the API, begin with it (cfsite/lib/web/links.py).
SITE_ORIGIN = f"{_site.scheme}://{_site.netloc}"
HTTPS = _site.scheme == "https"
# For a site under a path of its host (cfsite/lib/web/site_path.py); without one, from the server.
FORCE_SCRIPT_NAME = _site.path or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{_site.path}/"

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
TRUSTED_ORIGINS = env["CFSITE_TRUSTED_ORIGINS"]
ALLOWED_HOSTS = [
    *(environment.host_of(origin) for origin in (SITE_ORIGIN, *TRUSTED_ORIGINS)),
    *LOOPBACK,
    *env["CFSITE_ALLOWED_HOSTS"],
]
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN, *TRUSTED_ORIGINS]

# How many proxies of ours add to X-Forwarded-For. With 0 the header is ignored, because anyone may
# send it and slip under every limit that counts by address.
TRUSTED_PROXIES = env["CFSITE_TRUSTED_PROXIES"]
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = _site.netloc
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = env["CFSITE_HSTS_SECONDS"]
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

MAINTENANCE = env["CFSITE_MAINTENANCE"]
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
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_celery_beat",
    "import_export",
    "csp",
    "corsheaders",
]

MIDDLEWARE = [
    "cfsite.operations.request_log.log_requests",
    "cfsite.pages.health.probes",
    "cfsite.lib.web.links.follow_the_site_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "cfsite.lib.web.brotli_compression.compress_with_brotli",
    "cfsite.lib.web.caching.private_unless_public",
    "cfsite.lib.web.caching.ConditionalApiMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.sessions.LivingSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cfsite.pages.maintenance.closed_for_maintenance",
    "cfsite.operations.list_use.count_list_use",
    "accounts.language.preferred_language",
    "movies.scales.preferred_scale",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "movies.catalogue_care.answers.tell_askers",
    "accounts.login.limits.tell_when_to_retry",
    "accounts.login.bodies.refuse_unreadable",
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
_database = env["DATABASE_URL"] or {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(DATA_DIR / "cfsite.sqlite3"),
}
DATABASES = {"default": _database}
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
else:
    _database.setdefault("CONN_MAX_AGE", 60)
    _database["CONN_HEALTH_CHECKS"] = True
    # A machine that is gone answers nothing at all; without a bound each request waits minutes.
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

SEVERAL_HOSTS = env["CFSITE_SEVERAL_HOSTS"]
# Pages read from the replicas (movies/sync/replica_reads.py) unless they lag too many seconds.
REPLICAS = [f"replica_{number}" for number, _ in enumerate(env["CFSITE_REPLICA_URLS"], 1)]
REPLICA_MAX_LAG = env["CFSITE_REPLICA_MAX_LAG"]
for _alias, _replica in zip(REPLICAS, env["CFSITE_REPLICA_URLS"], strict=True):
    # Pages wait for one that is gone, so not for long: then they read from the primary.
    _limits = {"connect_timeout": 2, "tcp_user_timeout": 3000}
    _limits |= {"keepalives_idle": 3, "keepalives_interval": 1, "keepalives_count": 3}
    DATABASES[_alias] = {
        "CONN_MAX_AGE": 60,
        **_replica,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_limits, **_replica.get("OPTIONS", {})},
        "TEST": {"MIRROR": "default"},
    }
if REPLICAS:
    DATABASE_ROUTERS = ["movies.sync.replica_reads.Router"]
    _behind = MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1
    MIDDLEWARE.insert(_behind, "movies.sync.replica_reads.ReadFromReplicas")
# In transaction mode the next transaction may be on another connection to the server, where a
# cursor of the last one does not exist.
PGBOUNCER = env["CFSITE_PGBOUNCER"]
if PGBOUNCER:
    for _one in DATABASES.values():
        _one["DISABLE_SERVER_SIDE_CURSORS"] = True

# --- Cache, queue and schedule -----------------------------------------------------------------

REDIS_URL = env["REDIS_URL"]
CACHES = {
    # Shared by all processes, so that a login limit is one limit; and in the database with Redis
    # too, so that people can log in, and nobody can try more passwords, while Redis is away.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cfsite_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
# The limits of the API, asked with each of its requests: see cfsite/lib/api/throttling.py.
if REDIS_URL:
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    CACHES["limits"] = {
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
            "REDIS_CLIENT_CLASS": "cfsite.lib.queue.redis_client.CircuitBreakerRedis",
        },
    }
else:
    CACHES["limits"] = {
        "BACKEND": "cfsite.lib.sqlite_cache.SqliteCache",
        "LOCATION": str(DATA_DIR / "limits.sqlite3"),
    }

# Where {% cache %} keeps parts of pages that are alike for many readers: in each process.
CACHES["template_fragments"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "template-fragments",
    "OPTIONS": {"MAX_ENTRIES": 2000},
}

REFIT_INTERVAL = env["CFSITE_REFIT_INTERVAL"]  # seconds between two refits
REFIT_MIN_CHANGES = env["CFSITE_REFIT_MIN_CHANGES"]  # ratings changed since
REFIT_TICK = env["CFSITE_REFIT_TICK"]  # seconds between two looks at what is due
REFIT_TIME_LIMIT = env["CFSITE_REFIT_TIME_LIMIT"]  # seconds for one refit of up to ten million
REFIT_TIME_LIMIT_FACTOR = 24  # the most that more ratings lengthen it by
FIT_ENGINE = env["CFSITE_FIT_ENGINE"]
DASK_SCHEDULER = env["DASK_SCHEDULER"]
FIT_FOLDER = env["CFSITE_FIT_DIR"]  # that this process and all workers see; None: a temporary one

# Of each rating from a data set, beside 1 for the site's own; None: from their shares.
TEACHER_WEIGHT = env["CFSITE_TEACHER_WEIGHT"]

EVALUATE_INTERVAL = env["CFSITE_EVALUATE_INTERVAL"]  # between two evaluations

TUNE_INTERVAL = env["CFSITE_TUNE_INTERVAL"]  # days between two searches; 0: never
TUNE_MINUTES = env["CFSITE_TUNE_MINUTES"]  # for one search
TUNE_TICK = 300  # seconds between two looks at whether a search is due or can go on

# Averages and histograms are public from so many raters on, and change only by so many at once.
MIN_PUBLIC_RATERS = env["CFSITE_MIN_PUBLIC_RATERS"]

# Backups: a folder or s3://bucket/prefix, hours between two (0: none by itself), how many are kept.
BACKUP_TO = env["CFSITE_BACKUP_TO"] or DATA_DIR / "backups"
BACKUP_INTERVAL = env["CFSITE_BACKUP_INTERVAL"]
BACKUP_KEEP = env["CFSITE_BACKUP_KEEP"]
BACKUP_TICK = 600  # seconds between two looks at whether one is due
# After how many days a backup is deleted at the latest, which the data notice says; 0: to ask the
# operator.
BACKUP_DAYS = env["CFSITE_BACKUP_DAYS"]

# Exports of more rows are made by the worker instead of within a request.
EXPORT_ROWS = env["CFSITE_EXPORT_ROWS"]
# Personal imports: whether members may add movies that the catalogue lacks, and how much they may
# upload at once.
IMPORT_ADDS_MOVIES = env["CFSITE_IMPORT_ADDS_MOVIES"]
IMPORT_MAX_MB = env["CFSITE_IMPORT_MAX_MB"]
IMPORT_MAX_ROWS = env["CFSITE_IMPORT_MAX_ROWS"]

# Posters and facts from TMDB; '' asks nobody for anything.
TMDB_KEY = env["CFSITE_TMDB_KEY"]
# Facts from Wikidata's public query service, which is told the IMDb ids of the catalogue.
WIKIDATA_FACTS = env["CFSITE_WIKIDATA_FACTS"]
FACTS_TICK = 300  # seconds between two rounds of asking for facts

# Where to watch: the countries whose services are fetched from TMDB, the default one first, and a
# Jellyfin server; '' asks none.
WATCHING_COUNTRIES = env["CFSITE_COUNTRIES"]
JELLYFIN_URL = env["CFSITE_JELLYFIN_URL"]
JELLYFIN_API_KEY = env["CFSITE_JELLYFIN_API_KEY"]
# Where members' browsers reach it.
JELLYFIN_WEB_URL = env["CFSITE_JELLYFIN_WEB_URL"] or JELLYFIN_URL

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
    # See cfsite/lib/queue/file_queue.py. Without a host kombu warns.
    CELERY_BROKER_URL = "files://localhost//"
    _queue, _control = DATA_DIR / "queue" / "messages", DATA_DIR / "queue" / "control"
    for _folder in (_queue, _control):
        _folder.mkdir(parents=True, exist_ok=True)  # kombu does not make them
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_control),
    }
# Fits have a queue of their own, so that an import need not wait for one: a second worker may take
# them. A worker that is told no queues takes both.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("celery", "fits")]
CELERY_TASK_ROUTES = {
    f"recommender.tasks.{name}": {"queue": "fits"}
    for name in ("refit_if_due", "measure_if_due", "search_if_due")
}
# A backup of a large site takes minutes, and mail need not wait for it either.
CELERY_TASK_ROUTES["cfsite.operations.tasks.back_up_if_due"] = {"queue": "fits"}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # else beat schedules a clean-up of results that nobody stores
CELERY_TASK_TIME_LIMIT = REFIT_TIME_LIMIT + 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A child that has run a fit keeps the kernels and its arrays; a new one costs half a second.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "cfsite.operations.scheduler:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = min(60, REFIT_TICK)
CELERY_BEAT_SCHEDULE = {
    "refit when due": {
        "task": "recommender.tasks.refit_if_due",
        "schedule": float(REFIT_TICK),
        # Ticks that piled up while nobody listened are worth one, not many.
        "options": {"expire_seconds": REFIT_TICK},
    },
    "measure when due": {
        "task": "recommender.tasks.measure_if_due",
        "schedule": float(REFIT_TICK),
        "options": {"expire_seconds": REFIT_TICK},
    },
    "search hyper-parameters when due": {
        "task": "recommender.tasks.search_if_due",
        "schedule": float(TUNE_TICK),
        "options": {"expire_seconds": TUNE_TICK},
    },
    "publish figures": {
        "task": "movies.tasks.publish_figures",
        "schedule": float(REFIT_TICK),
        "options": {"expire_seconds": REFIT_TICK},
    },
    "look after merges": {
        "task": "movies.tasks.look_after_merges",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "fetch posters": {
        "task": "movies.tasks.fetch_posters",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "fetch facts": {
        "task": "movies.tasks.fetch_facts",
        "schedule": float(FACTS_TICK),
        "options": {"expire_seconds": FACTS_TICK},
    },
    "erase expired facts": {
        "task": "movies.tasks.erase_expired_facts",
        "schedule": 86400.0,
        "options": {"expire_seconds": 3600},
    },
    "fetch offers": {
        "task": "movies.tasks.fetch_offers",
        "schedule": float(FACTS_TICK),
        "options": {"expire_seconds": FACTS_TICK},
    },
    "read library": {
        "task": "movies.tasks.read_library",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "run imports": {
        "task": "movies.tasks.run_due_imports",
        "schedule": float(REFIT_TICK),
        "options": {"expire_seconds": REFIT_TICK},
    },
    "forget old imports": {
        "task": "movies.tasks.forget_old_imports",
        "schedule": 86400.0,
        "options": {"expire_seconds": 3600},
    },
    "forget old changes": {
        "task": "movies.tasks.forget_old_changes",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "forget guests": {
        "task": "recommender.tasks.forget_guests",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "forget visitors": {
        "task": "recommender.tasks.forget_visitors",
        "schedule": 86400.0,
        "options": {"expire_seconds": 3600},
    },
    "prepare data exports": {
        "task": "accounts.tasks.prepare_exports",
        "schedule": float(REFIT_TICK),
        "options": {"expire_seconds": REFIT_TICK},
    },
    "back up when due": {
        "task": "cfsite.operations.tasks.back_up_if_due",
        "schedule": float(BACKUP_TICK),
        "options": {"expire_seconds": BACKUP_TICK},
    },
    "erase leftovers": {
        "task": "accounts.tasks.erase_leftovers",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "delete expired sessions": {
        "task": "accounts.tasks.delete_expired_sessions",
        "schedule": 86400.0,
        "options": {"expire_seconds": 3600},
    },
}

# --- Accounts ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.login.backend.OneHashBackend"]
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
ACCOUNT_EMAIL_VERIFICATION = env["CFSITE_EMAIL_VERIFICATION"]
# A sign-up tells nothing of who is here, see accounts/login/addresses.py; where nobody confirms
# addresses, it has to.
ACCOUNT_PREVENT_ENUMERATION = "strict" if ACCOUNT_EMAIL_VERIFICATION == "optional" else True
_email = "email*" if ACCOUNT_EMAIL_VERIFICATION == "mandatory" else "email"
ACCOUNT_SIGNUP_FIELDS = ["username*", _email, "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.login.forms.LoginForm",
    "signup": "accounts.login.forms.SignupForm",
    "change_password": "accounts.login.forms.ChangePasswordForm",
    "set_password": "accounts.login.forms.SetPasswordForm",
    "reset_password_from_key": "accounts.login.forms.ResetPasswordKeyForm",
}
ACCOUNT_SIGNUP_OPEN = env["CFSITE_SIGNUP_OPEN"]
ACCOUNT_SIGNUP_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
# With all names that look like one of them; the operator may use them for own accounts.
RESERVED_USERNAMES = ["admin", "administrator", "root", "staff", "support", "system"]
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_TIMEOUT = 900
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.login.app_sessions.AppSessions"  # noqa: S105
ALLAUTH_SETTING_GETTER = "accounts.login.by_client.setting"
# Seconds for which codes sent by mail hold.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True

# Sessions end this long after their last use.
SESSION_COOKIE_AGE = 14 * 86400
APP_SESSION_DAYS = env["CFSITE_APP_SESSION_DAYS"]

MFA_ADAPTER = "accounts.login.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.login.second_factor.AuthenticateForm",
    "reauthenticate": "accounts.login.second_factor.ReauthenticateForm",
    "activate_totp": "accounts.login.second_factor.ActivateTOTPForm",
    "add_webauthn": "accounts.login.passkeys.AddForm",
    "edit_webauthn": "accounts.login.passkeys.EditForm",
    "authenticate_webauthn": "accounts.login.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "accounts.login.passkeys.ReauthenticateForm",
    "login_webauthn": "accounts.login.passkeys.LoginForm",
}
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # one step of 30 seconds: phones' clocks are not exact
# Browsers make passkeys for names served over HTTPS, and for localhost; never for IP addresses.
PASSKEYS = (HTTPS and not re.fullmatch(r"[\d.]+|.*:.*", _site.hostname)) or (
    _site.hostname == "localhost"
)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if PASSKEYS else [])]
MFA_PASSKEY_LOGIN_ENABLED = PASSKEYS
PASSKEY_APP_ORIGINS = env["CFSITE_PASSKEY_APP_ORIGINS"]

# What the worker sends the outbox with; '' without a mail server.
EMAIL_DELIVERY_BACKEND = ""
if env["EMAIL_URL"]:
    vars().update(env["EMAIL_URL"])
    if vars()["EMAIL_BACKEND"].startswith("django.core.mail.backends.smtp."):
        EMAIL_DELIVERY_BACKEND = vars()["EMAIL_BACKEND"]
        EMAIL_BACKEND = "cfsite.operations.mail.outbox.Outbox"
else:
    EMAIL_BACKEND = "cfsite.lib.mail_folder.MailFolder"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env["CFSITE_EMAIL_FROM"] or formataddr(
    (SITE_NAME, f"noreply@{environment.host_of(SITE_ORIGIN)}")
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
if EMAIL_DELIVERY_BACKEND:
    CELERY_BEAT_SCHEDULE["send mail"] = {
        "task": "cfsite.operations.tasks.send_mail",
        "schedule": float(min(30, REFIT_TICK)),
        "options": {"expires": float(min(30, REFIT_TICK))},
    }

# --- API ---------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.AccessTokenAuthentication",
        "accounts.api.authentication.AppSessionAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cfsite.lib.api.rest.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "cfsite.lib.api.paging.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "cfsite.lib.api.api_schema.AutoSchema",
    "EXCEPTION_HANDLER": "cfsite.lib.api.problems.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        f"cfsite.lib.api.throttling.{name}"
        for name in ("VisitorReads", "VisitorWrites", "MemberReads", "MemberWrites")
    ],
    "DEFAULT_THROTTLE_RATES": {
        "visitor_reads": env["CFSITE_API_RATE_ANONYMOUS"],
        "visitor_writes": env["CFSITE_API_RATE_ANONYMOUS_WRITES"],
        "member_reads": env["CFSITE_API_RATE_MEMBER"],
        "member_writes": env["CFSITE_API_RATE_MEMBER_WRITES"],
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
}
# Browsers of other origins: none, unless named. Tokens go in headers, so no cookies are allowed.
CORS_ALLOWED_ORIGINS = env["CFSITE_CORS_ORIGINS"]
CORS_URLS_REGEX = r"^.*/(api|_allauth)/"
CORS_ALLOW_HEADERS = [
    *("accept", "accept-language", "authorization", "content-type", "idempotency-key"),
    *("if-none-match", "x-session-token"),
]
CORS_EXPOSE_HEADERS = [
    *("Deprecation", "ETag", "Link", "Location", "RateLimit-Limit", "RateLimit-Remaining"),
    *("RateLimit-Reset", "Retry-After", "Sunset"),
]

# Apps that phones open links of this site in.
IOS_APPS = env["CFSITE_IOS_APPS"]
ANDROID_APPS = env["CFSITE_ANDROID_APPS"]

SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "DESCRIPTION": "Movies, ratings and recommendations of this site.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    # Closed: Swagger UI takes a minute to draw all operations of an OpenAPI 3.1 document.
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "defaultModelsExpandDepth": -1},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": SITE_URL}],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cfsite.api.urls.number_ids",
        "cfsite.lib.api.api_schema.no_empty_parameters",
        "cfsite.lib.api.api_schema.no_defaults_in_bodies",
        "cfsite.lib.api.schema_errors.describe_errors",
        "cfsite.api.names.name_operations",
        "cfsite.api.names.name_types",
        "cfsite.api.account_operations.add_account_operations",
        "cfsite.api.nulls.null_is_a_type",
    ],
    "ENUM_NAME_OVERRIDES": {"MarkKind": "movies.models.Mark.Kind"},
}

# --- Languages, time, files --------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env["CFSITE_TIME_ZONE"]
USE_TZ = True

# Relative: Django puts the path of the site in front.
STATIC_URL = "static/"
STATIC_ROOT = env["CFSITE_STATIC_DIR"] or DATA_DIR / "static"
MODEL_DIR = env["CFSITE_MODEL_DIR"] or DATA_DIR / "models"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "cfsite.lib.asset_bundles.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "cfsite.lib.media.folder.Folder"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
# A bucket instead of the folder, for several hosts; and its public address, if browsers are to
# fetch pictures from there.
MEDIA_TO = env["CFSITE_MEDIA_TO"]
MEDIA_ADDRESS = env["CFSITE_MEDIA_URL"] and f"{env['CFSITE_MEDIA_URL']}/"
if MEDIA_TO:
    _bucket, _, _prefix = MEDIA_TO.removeprefix("s3://").partition("/")
    STORAGES["default"] = {
        "BACKEND": "cfsite.lib.media.bucket.Bucket",
        "OPTIONS": {"bucket_name": _bucket, "location": _prefix},
    }
if MEDIA_ADDRESS:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append(environment.origin_of(MEDIA_ADDRESS))
WHITENOISE_MAX_AGE = 3600
# Pages name the hashed files alone; compressing the plain copies too would double the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br"),
    *("woff", "woff2", "map"),
)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- Watching the site -------------------------------------------------------------------------

# Who is told when something is wrong. None: staff; an empty list: nobody by mail.
ALERT_EMAILS = env["CFSITE_ALERT_EMAILS"]
ALERT_WEBHOOK = env["CFSITE_ALERT_WEBHOOK"]
ALERT_NTFY = env["CFSITE_ALERT_NTFY"]
ALERT_DISK_MB = env["CFSITE_ALERT_DISK_MB"]  # free where the data folder is

METRICS_TOKEN = env["CFSITE_METRICS_TOKEN"]
if METRICS_TOKEN:
    # Read when prometheus_client is imported: see cfsite/operations/metrics/requests.py.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(DATA_DIR / "metrics"))

SENTRY_DSN = env["CFSITE_SENTRY_DSN"]
if SENTRY_DSN:
    from cfsite.operations import error_reports

    error_reports.start(SENTRY_DSN, VERSION)

# --- Logs --------------------------------------------------------------------------------------

LOG_FORMAT = env["CFSITE_LOG_FORMAT"]
ACCESS_LOG = env["CFSITE_ACCESS_LOG"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s [%(request_id)s]",
        },
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(levelname)s %(name)s %(message)s %(request_id)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "time",
            # Django adds the request, whose path may hold names of people.
            "reserved_attrs": [*RESERVED_ATTRS, "request"],
        },
    },
    "filters": {
        "routes": {"()": "cfsite.lib.web.log_paths.RoutesForPaths"},
        "request_id": {"()": "cfsite.operations.request_log.WithRequestId"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["routes", "request_id"],
        }
    },
    # Celery says with each message that it received a task and that it succeeded.
    "loggers": {name: {"level": "WARNING"} for name in ("celery", "django_celery_beat")},
    "root": {
        "handlers": ["console"],
        "level": env["CFSITE_LOG_LEVEL"],
    },
}

SILENCED_SYSTEM_CHECKS = (
    # Whether sub-domains and the preload list are served by HTTPS is the operator's to know.
    ["security.W005", "security.W021"] if HTTPS else []
)
