"""Environment variables: what each may be, and how a mistake is told."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cfsite import environment
from cfsite.environment import InvalidEnvironment, read

LONG_KEY = "cN8sV2qYx0bT5rLk9WmZ3hDf7JgPa1UeXi6oBtQyRsKn4vCw"
ROOT = Path(__file__).parents[2]


def test_it_works() -> None:
    found = read({"CFSITE_REFIT_TICK": " 30 ", "CFSITE_DEBUG": "Yes", "PATH": "/bin"})
    assert found["CFSITE_REFIT_TICK"] == 30
    assert found["CFSITE_DEBUG"] is True
    assert found["CFSITE_REFIT_INTERVAL"] == 900


def test_an_empty_variable_counts_as_not_set() -> None:
    empty = {v.name: "" for v in environment.VARIABLES if v.name != "CFSITE_NAME"}
    assert read(empty) == read({})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CFSITE_REFIT_TICK", "0", "a whole number of seconds from 1 to 86400 (it is '0')"),
        ("CFSITE_REFIT_INTERVAL", "-5", "a whole number of seconds from 0 to 2592000"),
        ("CFSITE_REFIT_TIME_LIMIT", "1e3", "a whole number"),
        ("CFSITE_REFIT_MIN_CHANGES", "٣", "a whole number"),
        ("CFSITE_EXPORT_ROWS", "1_000", "a whole number"),
        ("CFSITE_TRUSTED_PROXIES", "-1", "from 0 to 10"),
        ("CFSITE_TUNE_MINUTES", "9" * 5000, "from 1 to 1440"),
        ("CFSITE_DEBUG", "maybe", "must be 1 or 0"),
        ("CFSITE_ENV", "prod", "must be development or production (it is 'prod')"),
        ("CFSITE_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("CFSITE_TIME_ZONE", "Berlin", "a time zone like Europe/Berlin"),
        ("CFSITE_TIME_ZONE", "../../etc/passwd", "a time zone like"),
        ("CFSITE_API_RATE_MEMBER", "lots", "like 60/min"),
        ("CFSITE_API_RATE_MEMBER", "0/min", "like 60/min"),
        ("CFSITE_TEACHER_WEIGHT", "nan", "auto, or a number above 0"),
        ("CFSITE_TEACHER_WEIGHT", "some", "auto, or a number above 0"),
        ("CFSITE_SITE_URL", "films.example.org", "an address like https://films.example.org"),
        ("CFSITE_SITE_URL", "https://films.example.org/?a=1", "an address like"),
        ("CFSITE_SITE_URL", "https://films.example.org:99999", "an address like"),
        ("CFSITE_SITE_URL", "https://user@films.example.org", "an address like"),
        ("CFSITE_SITE_URL", "https://films.example.org/a b", "an address like"),
        ("CFSITE_TRUSTED_ORIGINS", "https://a.example/films", "addresses without a path"),
        ("CFSITE_ALLOWED_HOSTS", "https://a.example", "host names, separated by commas"),
        ("CFSITE_JELLYFIN_WEB_URL", "jellyfin", "begins with http:// or https://"),
        ("CFSITE_COUNTRIES", "Germany", "two-letter codes"),
        ("CFSITE_EMAIL_FROM", "nobody", "a mail address"),
        ("CFSITE_REPLICA_URLS", "sqlite:///x", "like postgres://user:password@host/name"),
        ("CFSITE_MEDIA_TO", "/var/media", "a bucket like s3://bucket/prefix"),
        ("CFSITE_BACKUP_TO", "backups", "the full path of a folder, or s3://bucket/prefix"),
        ("CFSITE_BACKUP_TO", "ftp://host/folder", "the full path of a folder"),
        ("CFSITE_BACKUP_TO", "s3://", "s3://bucket/prefix"),
        ("CFSITE_BACKUP_TO", "s3://Films/a b", "s3://bucket/prefix"),
        ("CFSITE_BACKUP_INTERVAL", "daily", "a whole number of hours from 0 to 8760"),
        ("CFSITE_BACKUP_KEEP", "0", "from 1 to 1000"),
        ("CFSITE_ALERT_EMAILS", "operator", "email addresses separated by commas, or none"),
        ("CFSITE_ALERT_WEBHOOK", "example.org/hook", "begins with http:// or https://"),
        ("CFSITE_ALERT_NTFY", "https://ntfy.sh/", "the address of a topic"),
        ("CFSITE_ALERT_NTFY", "https://ntfy.sh/a/b", "the address of a topic"),
        ("CFSITE_ALERT_DISK_MB", "-1", "a whole number of megabytes"),
        ("CFSITE_LOG_FORMAT", "xml", "line or json"),
        ("CFSITE_METRICS_TOKEN", "short", "at least 16 printable ASCII characters"),
        ("CFSITE_SENTRY_DSN", "https://sentry.example.org/1", "like https://key@"),
        ("CFSITE_EMAIL_VERIFICATION", "always", "none, optional or mandatory"),
    ],
)
def test_a_mistake_is_told_with_the_name_and_what_is_allowed(
    name: str, value: str, told: str
) -> None:
    with pytest.raises(InvalidEnvironment) as refused:
        read({name: value})
    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].startswith(f"{name} must be")
    assert told in refused.value.problems[0]
    assert len(refused.value.problems[0]) < 250


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CFSITE_SECRET_KEY", "hunter2"),
        ("CFSITE_SECRET_KEY_FALLBACKS", f"{LONG_KEY}{LONG_KEY},hunter2"),
        ("DATABASE_URL", "mysql://root:hunter2@localhost/films"),
        ("DATABASE_URL", "hunter2"),
        ("REDIS_URL", "http://:hunter2@localhost"),
        ("REDIS_URL", "redis://:hunter2@localhost:none/0"),
        ("EMAIL_URL", "smtp+tls://user:hunter2@"),
        ("EMAIL_URL", "gmail:hunter2"),
        ("CFSITE_METRICS_TOKEN", "hunter2"),
        ("CFSITE_SENTRY_DSN", "hunter2"),
        ("CFSITE_ALERT_WEBHOOK", "hunter2"),
        ("CFSITE_ALERT_NTFY", "hunter2"),
    ],
)
def test_a_secret_is_never_printed(name: str, value: str) -> None:
    with pytest.raises(InvalidEnvironment, match=name) as refused:
        read({name: value})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("CFSITE_ALERT_EMAILS", "a@example.org, b@example.org", ["a@example.org", "b@example.org"]),
        ("CFSITE_ALERT_EMAILS", "none", []),
        ("CFSITE_ALERT_NTFY", "https://ntfy.sh/films_42", "https://ntfy.sh/films_42"),
        ("CFSITE_ALERT_WEBHOOK", "https://a.example/x/?t=1", "https://a.example/x/?t=1"),
        ("CFSITE_SENTRY_DSN", "https://abc@sentry.example/7", "https://abc@sentry.example/7"),
    ],
)
def test_whom_alerts_and_errors_go_to(name: str, value: str, found: object) -> None:
    assert read({name: value})[name] == found


def test_where_backups_go() -> None:
    assert read({"CFSITE_BACKUP_TO": "/mnt/nas/"})["CFSITE_BACKUP_TO"] == Path("/mnt/nas").resolve()
    assert read({"CFSITE_BACKUP_TO": "s3://films/club/"})["CFSITE_BACKUP_TO"] == "s3://films/club"


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InvalidEnvironment) as refused:
        read({"CFSITE_REFIT_TICK": "0", "CFSITE_DEBUG": "?", "CFSITE_BOGUS": "1"})
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CFSITE_SITEURL", "CFSITE_SITEURL is not known. Is it CFSITE_SITE_URL?"),
        ("CFSITE_REFIT_INTERVALL", "Is it CFSITE_REFIT_INTERVAL?"),
        ("CFSITE_XQZ", "CFSITE_XQZ is not known."),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_one(name: str, told: str) -> None:
    with pytest.raises(InvalidEnvironment) as refused:
        read({name: "1"})
    assert told in refused.value.problems[0]


def test_jellyfin_needs_its_key() -> None:
    with pytest.raises(InvalidEnvironment, match="needs CFSITE_JELLYFIN_API_KEY"):
        read({"CFSITE_JELLYFIN_URL": "http://jellyfin:8096"})


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://films.example.org/", "https://films.example.org"),
        ("HTTPS://Films.Example.org:443", "https://films.example.org"),
        ("https://kinö.example", "https://xn--kin-una.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://example.org/films/", "https://example.org/films"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_site_address_is_as_browsers_send_it(given: str, address: str) -> None:
    assert read({"CFSITE_SITE_URL": given})["CFSITE_SITE_URL"].geturl() == address


def settings_of(tmp_path: Path, names: str, **variables: str) -> Any:
    """Named settings of a process with this environment; its error output if it does not start."""
    done = subprocess.run(
        [sys.executable, "-c", f"import cfsite.settings as s; print({names})"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CFSITE_DATA_DIR": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else done.stderr


def test_hosts_and_origins_follow_the_addresses(tmp_path: Path) -> None:
    told = settings_of(
        tmp_path,
        "s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS, s.FORCE_SCRIPT_NAME, s.CSRF_COOKIE_PATH",
        CFSITE_SITE_URL="https://kinö.example/films",
        CFSITE_TRUSTED_ORIGINS="https://films.tailnet.ts.net:8443",
    )
    hosts = ["xn--kin-una.example", "films.tailnet.ts.net", "127.0.0.1", "localhost", "[::1]"]
    origins = ["https://xn--kin-una.example", "https://films.tailnet.ts.net:8443"]
    assert told == f"{hosts} {origins} /films /films/"


def test_a_mistake_ends_a_process_without_a_traceback(tmp_path: Path) -> None:
    told = settings_of(tmp_path, "s.DEBUG", CFSITE_REFIT_TICK="0", CFSITE_BOGUS="1")
    assert told.splitlines() == [
        "The environment is not valid:",
        "CFSITE_REFIT_TICK must be a whole number of seconds from 1 to 86400 (it is '0').",
        "CFSITE_BOGUS is not known.",
    ]


def test_several_hosts_need_what_they_share() -> None:
    shared = {
        "DATABASE_URL": "postgres://site@database.example/site",
        "REDIS_URL": "redis://redis.example:6379/0",
        "CFSITE_SECRET_KEY": LONG_KEY + "zZ",
        "CFSITE_MEDIA_TO": "s3://films/club",
    }
    assert read({"CFSITE_SEVERAL_HOSTS": "1", **shared})["CFSITE_SEVERAL_HOSTS"] is True
    for left_out in shared:
        rest = {name: value for name, value in shared.items() if name != left_out}
        with pytest.raises(InvalidEnvironment, match=f"CFSITE_SEVERAL_HOSTS needs .*{left_out}"):
            read({"CFSITE_SEVERAL_HOSTS": "1", **rest})


@pytest.mark.parametrize("name", ["CFSITE_REPLICA_URLS", "CFSITE_PGBOUNCER"])
def test_what_is_of_postgresql_needs_it(name: str) -> None:
    value = "1" if name == "CFSITE_PGBOUNCER" else "postgres://site@replica.example/site"
    with pytest.raises(InvalidEnvironment, match=f"{name} needs a DATABASE_URL of PostgreSQL"):
        read({name: value})


def test_an_address_of_pictures_needs_a_bucket() -> None:
    with pytest.raises(InvalidEnvironment, match="CFSITE_MEDIA_URL needs CFSITE_MEDIA_TO"):
        read({"CFSITE_MEDIA_URL": "https://pictures.example.org"})
