"""The environment variables of the site: each with what it may be and what it is without one.

`settings.py` reads them all at once, so that an operator is told of every mistake in one message.
An empty variable counts as not set.
"""

from __future__ import annotations

import difflib
import json
import math
import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
import idna
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
LONGEST_SITE_NAME = 60
MOST_COUNTRIES = 40
MOST_REPLICAS = 20
SHORTEST_KEY = 50
OWN_PREFIX = "CFSITE_"


class Refused(ValueError):
    """With the sentence after the variable's name."""


class InvalidEnvironment(ImproperlyConfigured):
    """Variables that are not what they may be, each told in one line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["The environment is not valid:", *problems]))

    def as_findings(self) -> str:
        """What `manage.py doctor --json` prints if it cannot start."""
        fix = "Change the variable (docs/configuration.md)."
        findings = [
            {"topic": "configuration", "status": "error", "message": problem, "fix": fix}
            for problem in self.problems
        ]
        return json.dumps({"ok": False, "findings": findings}, indent=2)


@dataclass(frozen=True)
class Kind:
    """What a variable may be: in words after "must be", and as a parser.

    The parser raises ValueError for anything else, or Refused with a better sentence.
    """

    words: str
    parse: Callable[[str], Any]


@dataclass(frozen=True)
class Variable:
    name: str
    kind: Kind
    default: Any
    # Its value is never printed.
    secret: bool = False
    # "" is refused instead of meaning the default.
    reads_empty: bool = False

    def read(self, environment: Mapping[str, str]) -> Any:
        given = environment.get(self.name)
        if given is None or (given == "" and not self.reads_empty):
            return self.default
        try:
            return self.kind.parse(given)
        except Refused as refused:
            said = str(refused)
        except ValueError:
            said = f"must be {self.kind.words}"
        value = "" if self.secret else f" (it is {given[:80]!r})"
        raise ValueError(f"{self.name} {said}{value}.")


# --- Kinds -------------------------------------------------------------------------------------


def text() -> Kind:
    return Kind("text", str.strip)


def whole(least: int, most: int, unit: str = "") -> Kind:
    def parse(given: str) -> int:
        # int() also takes "1_000" and digits of other scripts.
        if not re.fullmatch(r"\s*-?[0-9]{1,18}\s*", given) or not least <= int(given) <= most:
            raise ValueError
        return int(given)

    return Kind(f"a whole number{' of ' * bool(unit)}{unit} from {least} to {most}", parse)


def yes_or_no() -> Kind:
    words = dict.fromkeys(("1", "true", "yes", "on"), True)
    words |= dict.fromkeys(("0", "false", "no", "off"), False)

    def parse(given: str) -> bool:
        try:
            return words[given.strip().lower()]
        except KeyError:
            raise ValueError from None

    return Kind("1 or 0 (also true, false, yes, no, on, off)", parse)


def one_of(*choices: str) -> Kind:
    by_lower_case = {choice.lower(): choice for choice in choices}

    def parse(given: str) -> str:
        try:
            return by_lower_case[given.strip().lower()]
        except KeyError:
            raise ValueError from None

    return Kind(f"{', '.join(choices[:-1])} or {choices[-1]}", parse)


def several(of: Kind, words: str, most: int = 100) -> Kind:
    """Separated by commas."""

    def parse(given: str) -> list[Any]:
        parts = [part.strip() for part in given.split(",")]
        found = [of.parse(part) for part in parts if part]
        if not 1 <= len(found) <= most:
            raise ValueError
        return found

    return Kind(f"{words}, separated by commas", parse)


def _android_app(given: str) -> str:
    if not re.fullmatch(r"android:apk-key-hash:[A-Za-z0-9_-]{43}", given):
        raise ValueError
    return given


ANDROID_APP = Kind("an origin like android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1z...", _android_app)


def _site_name(given: str) -> str:
    name = given.strip()
    if not name:
        raise Refused("must not be empty")
    if not name.isprintable():
        raise Refused("must be one line of printable characters")
    if len(name) > LONGEST_SITE_NAME:
        raise Refused(f"has {len(name)} characters; at most {LONGEST_SITE_NAME} are allowed")
    return name


def _rate(given: str) -> str:
    found = re.fullmatch(r"([1-9][0-9]{0,8})/(s|sec|second|min|minute|h|hour|d|day)", given.strip())
    if not found:
        raise ValueError
    return found[0]


def _time_zone(given: str) -> str:
    try:
        return zoneinfo.ZoneInfo(given.strip()).key
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        raise ValueError from error


def split_url(given: str) -> SplitResult:
    """An address over HTTP, with its host as browsers send it (punycode, lower case)."""
    parts = urlsplit(given.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    host = parts.hostname
    if re.search(r"[^\x00-\x7f]", host):
        host = idna.encode(host, uts46=True).decode()
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host):
        raise ValueError
    port = "" if parts.port in (None, 80 if parts.scheme == "http" else 443) else f":{parts.port}"
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=shown + port)


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(origin: str) -> str:
    """As Django compares it: without the port, IPv6 in brackets."""
    host = urlsplit(origin).hostname or ""
    return f"[{host}]" if ":" in host else host


def _site_url(given: str) -> SplitResult:
    parts = split_url(given)
    path = parts.path.rstrip("/")
    if parts.query or parts.fragment or not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", path):
        raise ValueError
    return parts._replace(path=path)


def _origin(given: str) -> str:
    parts = _site_url(given)
    if parts.path:
        raise ValueError
    return parts.geturl()


def _outside_url(given: str) -> str:
    return split_url(given).geturl().rstrip("/")


def _country(given: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", given):
        raise ValueError
    return given.upper()


def _host(given: str) -> str:
    if not re.fullmatch(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]", given):
        raise ValueError
    return given


def _teacher_weight(given: str) -> float | None:
    if given == "auto":
        return None
    weight = float(given)
    if not (math.isfinite(weight) and 0 < weight <= 1):
        raise ValueError
    return weight


def _database(given: str) -> dict[str, Any]:
    engines = ("sqlite", "postgres", "postgresql", "psql", "pgsql")
    if urlsplit(given).scheme not in engines:
        raise ValueError
    return environ.Env.db_url_config(given)


def _postgresql(given: str) -> dict[str, Any]:
    found = _database(given)
    if not found["ENGINE"].endswith("postgresql") or not found["NAME"]:
        raise ValueError
    return found


def _redis(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"redis", "rediss", "unix"} or not (parts.hostname or parts.path):
        raise ValueError
    _ = parts.port  # ValueError if it is no port
    return given


def _scheduler(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"tcp", "tls"} or not (parts.hostname and parts.port):
        raise ValueError
    return given


def _mail(given: str) -> dict[str, Any]:
    parts = urlsplit(given)
    if parts.scheme not in environ.Env.EMAIL_SCHEMES:
        raise ValueError
    _ = parts.port
    if parts.scheme.startswith("smtp") and not parts.hostname:
        raise ValueError
    return environ.Env.email_url_config(given)


def _sender(given: str) -> str:
    if "\n" in given or not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(given)[1]):
        raise ValueError
    return given


def _browser_origin(given: str) -> str:
    """As browsers send it in `Origin`: in lower case, without a path."""
    parts = split_url(given.rstrip("/"))
    if parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}".lower()


def _ios_app(given: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{10}(\.[A-Za-z0-9-]+)+", given):
        raise ValueError
    return given


def _android_app(given: str) -> tuple[str, str]:
    package, _, fingerprint = given.partition("=")
    if not re.fullmatch(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", package, re.ASCII):
        raise ValueError
    if not re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", fingerprint.upper()):
        raise ValueError
    return package, fingerprint.upper()


def _folder(given: str) -> Path:
    return Path(given).expanduser().resolve()


def _long_key(given: str) -> str:
    if len(given) < SHORTEST_KEY:
        raise Refused(f"must have at least {SHORTEST_KEY} characters (cfsite.E003)")
    return given


def _alert_emails(given: str) -> list[str]:
    """An empty list: no mail."""
    if given.strip().lower() == "none":
        return []
    addresses = [address.strip() for address in given.split(",") if address.strip()]
    if not addresses or not all(re.fullmatch(r"[^@\s,]+@[^@\s,]+", one) for one in addresses):
        raise ValueError
    return addresses


def _ntfy_topic(given: str) -> str:
    parts = split_url(given)
    if parts.query or parts.fragment or not re.fullmatch(r"/[A-Za-z0-9_-]{1,64}", parts.path):
        raise ValueError
    return parts.geturl()


def _webhook(given: str) -> str:
    return split_url(given).geturl()


def _sentry_dsn(given: str) -> str:
    parts = urlsplit(given.strip())
    if parts.scheme not in {"http", "https"} or not (parts.hostname and parts.username):
        raise ValueError
    if not re.fullmatch(r"(/[^/]+)*/[0-9]+", parts.path):
        raise ValueError
    return parts.geturl()


def _metrics_token(given: str) -> str:
    if not re.fullmatch(r"[!-~]{16,200}", given.strip()):
        raise ValueError
    return given.strip()


def _backup_place(given: str) -> Path | str:
    if given.startswith("s3:"):
        return _bucket(given)
    path = Path(given).expanduser()
    if "://" in given or not path.is_absolute():
        raise ValueError
    return path.resolve()


def _bucket(given: str) -> str:
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w!.*'()-]+)*/?", given):
        raise ValueError
    return given.rstrip("/")


FOLDER = Kind("a folder", _folder)
REPLICA = Kind("an address like postgres://user:password@host/name", _postgresql)
SECONDS = whole(1, 86_400, "seconds")
RATE = Kind("a number per sec, min, hour or day, like 60/min", _rate)
ADDRESS = Kind("an address that begins with http:// or https://", _outside_url)
HOST = Kind("a host name", _host)
BROWSER_ORIGIN = Kind("an address without a path", _browser_origin)
IOS_APP = Kind("an app id with its team", _ios_app)
ANDROID_APP = Kind("a package with the fingerprint of its certificate", _android_app)
ORIGIN = Kind("an address", _origin)
KEY = Kind("a key of at least 50 characters", _long_key)

# --- The table ---------------------------------------------------------------------------------

VARIABLES = (
    Variable("CFSITE_ENV", one_of("development", "production"), "development"),
    # The site
    Variable(
        "CFSITE_NAME", Kind("one line of text", _site_name), default="cfsite", reads_empty=True
    ),
    Variable(
        "CFSITE_SITE_URL",
        Kind("an address like https://films.example.org, perhaps with a path", _site_url),
        default=urlsplit("http://127.0.0.1:8000"),
    ),
    Variable(
        "CFSITE_TRUSTED_ORIGINS",
        several(ORIGIN, "addresses without a path, like https://films.example.net"),
        default=[],
    ),
    Variable("CFSITE_ALLOWED_HOSTS", several(HOST, "host names"), default=[]),
    Variable("CFSITE_TRUSTED_PROXIES", whole(0, 10), default=0),
    Variable("CFSITE_HSTS_SECONDS", whole(0, 63_072_000, "seconds"), default=3600),
    Variable("CFSITE_DATA_DIR", FOLDER, default=BASE_DIR / "var"),
    Variable("CFSITE_STATIC_DIR", FOLDER, default=None),
    Variable("CFSITE_MODEL_DIR", FOLDER, default=None),
    Variable("CFSITE_DEMO_DATA", text(), default="auto"),
    Variable("CFSITE_SECRET_KEY", KEY, default="", secret=True),
    Variable(
        "CFSITE_SECRET_KEY_FALLBACKS",
        several(KEY, "keys of at least 50 characters"),
        default=[],
        secret=True,
    ),
    Variable("CFSITE_DEBUG", yes_or_no(), default=False),
    Variable(
        "CFSITE_LOG_LEVEL", one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), default="INFO"
    ),
    Variable("CFSITE_MAINTENANCE", yes_or_no(), default=False),
    Variable("CFSITE_TIME_ZONE", Kind("a time zone like Europe/Berlin", _time_zone), default="UTC"),
    # Database and queue
    Variable(
        "DATABASE_URL",
        Kind(
            "an address like postgres://user:password@host/name or sqlite:////path/to/file",
            _database,
        ),
        default=None,
        secret=True,
    ),
    Variable(
        "REDIS_URL", Kind("an address like redis://host:6379/0", _redis), default="", secret=True
    ),
    # Several hosts
    Variable("CFSITE_SEVERAL_HOSTS", yes_or_no(), default=False),
    Variable(
        "CFSITE_REPLICA_URLS",
        several(REPLICA, "addresses like postgres://user:password@host/name", MOST_REPLICAS),
        default=[],
        secret=True,
    ),
    Variable("CFSITE_REPLICA_MAX_LAG", whole(1, 3600, "seconds"), default=5),
    Variable("CFSITE_PGBOUNCER", yes_or_no(), default=False),
    Variable(
        "CFSITE_MEDIA_TO",
        Kind("a bucket like s3://bucket/prefix", _bucket),
        default=None,
    ),
    Variable("CFSITE_MEDIA_URL", ADDRESS, default=""),
    # Privacy
    Variable("CFSITE_MIN_PUBLIC_RATERS", whole(1, 1000), default=5),
    Variable("CFSITE_EXPORT_ROWS", whole(1, 100_000_000, "rows"), default=20_000),
    # Backups
    Variable(
        "CFSITE_BACKUP_TO",
        Kind("the full path of a folder, or s3://bucket/prefix", _backup_place),
        default=None,
    ),
    Variable("CFSITE_BACKUP_INTERVAL", whole(0, 8760, "hours"), default=24),
    Variable("CFSITE_BACKUP_KEEP", whole(1, 1000), default=7),
    Variable("CFSITE_BACKUP_DAYS", whole(0, 3650, "days"), default=0),
    # Accounts and mail
    Variable("CFSITE_SIGNUP_OPEN", yes_or_no(), default=True),
    Variable(
        "CFSITE_PASSKEY_APP_ORIGINS",
        several(ANDROID_APP, "origins like android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1z..."),
        default=[],
    ),
    Variable("CFSITE_APP_SESSION_DAYS", whole(1, 3650, "days"), default=90),
    Variable(
        "CFSITE_EMAIL_VERIFICATION", one_of("none", "optional", "mandatory"), default="optional"
    ),
    Variable(
        "EMAIL_URL",
        Kind("an address like smtp+tls://user:password@host:587", _mail),
        default=None,
        secret=True,
    ),
    Variable("CFSITE_EMAIL_FROM", Kind("a mail address", _sender), default=""),
    # Learning
    Variable("CFSITE_REFIT_TICK", SECONDS, default=60),
    Variable("CFSITE_REFIT_INTERVAL", whole(0, 2_592_000, "seconds"), default=900),
    Variable("CFSITE_REFIT_MIN_CHANGES", whole(1, 1_000_000_000), default=1),
    Variable("CFSITE_REFIT_TIME_LIMIT", whole(10, 604_800, "seconds"), default=3600),
    Variable("CFSITE_FIT_ENGINE", one_of("local", "dask"), default="local"),
    Variable("DASK_SCHEDULER", Kind("an address like tcp://10.0.0.5:8786", _scheduler), default=""),
    Variable("CFSITE_FIT_DIR", FOLDER, default=None),
    Variable(
        "CFSITE_TEACHER_WEIGHT",
        Kind("auto, or a number above 0 and at most 1", _teacher_weight),
        default=None,
    ),
    Variable("CFSITE_EVALUATE_INTERVAL", whole(0, 31_536_000, "seconds"), default=86_400),
    Variable("CFSITE_TUNE_INTERVAL", whole(0, 3650, "days"), default=30),
    Variable("CFSITE_TUNE_MINUTES", whole(1, 1440, "minutes"), default=20),
    # Imports of personal ratings
    Variable("CFSITE_IMPORT_ADDS_MOVIES", yes_or_no(), default=False),
    Variable("CFSITE_IMPORT_MAX_MB", whole(1, 1000, "megabytes"), default=20),
    Variable("CFSITE_IMPORT_MAX_ROWS", whole(1, 100_000_000, "rows"), default=100_000),
    # Posters, facts, where to watch
    Variable("CFSITE_TMDB_KEY", text(), default="", secret=True),
    Variable("CFSITE_WIKIDATA_FACTS", yes_or_no(), default=False),
    Variable(
        "CFSITE_COUNTRIES",
        several(
            Kind("a code", _country),
            f"up to {MOST_COUNTRIES} two-letter codes like DE,AT,CH",
            MOST_COUNTRIES,
        ),
        default=["US", "GB", "DE", "FR", "ES"],
    ),
    Variable("CFSITE_JELLYFIN_URL", ADDRESS, default=""),
    Variable("CFSITE_JELLYFIN_API_KEY", text(), default="", secret=True),
    Variable("CFSITE_JELLYFIN_WEB_URL", ADDRESS, default=""),
    # Watching the site
    Variable(
        "CFSITE_ALERT_EMAILS",
        Kind("email addresses separated by commas, or none", _alert_emails),
        default=None,
    ),
    Variable(
        "CFSITE_ALERT_WEBHOOK",
        Kind("an address that begins with http:// or https://", _webhook),
        default="",
        secret=True,
    ),
    Variable(
        "CFSITE_ALERT_NTFY",
        Kind("the address of a topic, like https://ntfy.sh/your-topic", _ntfy_topic),
        default="",
        secret=True,
    ),
    Variable("CFSITE_ALERT_DISK_MB", whole(0, 10_000_000, "megabytes"), default=500),
    Variable("CFSITE_LOG_FORMAT", one_of("line", "json"), default="line"),
    Variable("CFSITE_ACCESS_LOG", yes_or_no(), default=False),
    Variable(
        "CFSITE_METRICS_TOKEN",
        Kind("at least 16 printable ASCII characters without blanks", _metrics_token),
        default="",
        secret=True,
    ),
    Variable(
        "CFSITE_SENTRY_DSN",
        Kind("an address like https://key@sentry.example.org/1", _sentry_dsn),
        default="",
        secret=True,
    ),
    # API
    # Phones of one mobile network share few addresses.
    Variable("CFSITE_API_RATE_ANONYMOUS", RATE, default="600/min"),
    Variable("CFSITE_API_RATE_ANONYMOUS_WRITES", RATE, default="60/min"),
    Variable("CFSITE_API_RATE_MEMBER", RATE, default="600/min"),
    Variable("CFSITE_API_RATE_MEMBER_WRITES", RATE, default="300/min"),
    Variable(
        "CFSITE_CORS_ORIGINS",
        several(BROWSER_ORIGIN, "addresses without a path, like https://app.example.org"),
        default=[],
    ),
    Variable(
        "CFSITE_IOS_APPS",
        several(IOS_APP, "app ids with their team, like A1B2C3D4E5.org.example.films"),
        default=[],
    ),
    Variable(
        "CFSITE_ANDROID_APPS",
        several(
            ANDROID_APP,
            "packages with the SHA-256 of their certificate, like org.example.films=AB:CD:...",
        ),
        default=[],
    ),
)


def read(environment: Mapping[str, str]) -> dict[str, Any]:
    """All variables by name.

    Raises:
        InvalidEnvironment: Some are not what they may be, or unknown.
    """
    found: dict[str, Any] = {}
    problems = []
    for variable in VARIABLES:
        try:
            found[variable.name] = variable.read(environment)
        except ValueError as error:
            problems.append(str(error))
    problems += _unknown(environment)
    problems = problems or _missing_beside(found)
    if problems:
        raise InvalidEnvironment(problems)
    return found


# Variables that need another one, and that need an installed package: (name, what it needs).
_NEEDS = (
    ("CFSITE_JELLYFIN_URL", "CFSITE_JELLYFIN_API_KEY"),
    ("CFSITE_MEDIA_URL", "CFSITE_MEDIA_TO"),
)
_NEED_POSTGRESQL = ("CFSITE_REPLICA_URLS", "CFSITE_PGBOUNCER", "CFSITE_SEVERAL_HOSTS")
_SHARED_BY_HOSTS = ("REDIS_URL", "CFSITE_SECRET_KEY", "CFSITE_MEDIA_TO")


def _missing_beside(found: Mapping[str, Any]) -> list[str]:
    """What variables need that are set."""
    problems = [
        f"{name} needs {other}." for name, other in _NEEDS if found[name] and not found[other]
    ]
    if not (found["DATABASE_URL"] or {}).get("ENGINE", "").endswith("postgresql"):
        problems += [
            f"{name} needs a DATABASE_URL of PostgreSQL."
            for name in _NEED_POSTGRESQL
            if found[name]
        ]
    if found["CFSITE_SEVERAL_HOSTS"]:
        problems += [
            f"CFSITE_SEVERAL_HOSTS needs {name}, the same on every host."
            for name in _SHARED_BY_HOSTS
            if not found[name]
        ]
    if found["CFSITE_FIT_ENGINE"] == "dask":
        if not found["DASK_SCHEDULER"]:
            problems.append("CFSITE_FIT_ENGINE=dask needs DASK_SCHEDULER.")
        problems += _missing_packages("CFSITE_FIT_ENGINE=dask", "distributed", "dask")
    if found["CFSITE_MEDIA_TO"]:
        problems += _missing_packages("CFSITE_MEDIA_TO", "storages", "s3")
    return problems


def _missing_packages(setting: str, module: str, extra: str) -> list[str]:
    if find_spec(module):
        return []
    return [f"{setting} needs packages: .venv/bin/pip install -r requirements-{extra}.txt."]


def _unknown(environment: Mapping[str, str]) -> list[str]:
    """A mistyped name would leave its default in force without a word."""
    own = [variable.name for variable in VARIABLES if variable.name.startswith(OWN_PREFIX)]
    known = {name.removeprefix(OWN_PREFIX) for name in own}
    problems = []
    for name in sorted(environment):
        if not name.startswith(OWN_PREFIX) or name in own:
            continue
        near = difflib.get_close_matches(name.removeprefix(OWN_PREFIX), known, n=1, cutoff=0.7)
        said = f" Is it {OWN_PREFIX}{near[0]}?" if near else ""
        problems.append(f"{name} is not known.{said}")
    return problems
