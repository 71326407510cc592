"""What a deployment is refused or warned of, each fault alone in a site that passes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from cfsite.operations.checks import can_be_guessed

GOOD_KEY = "0kM4vT9xQ2bY7nS5zH8cLdR3wJ6fPgAaUeXiOoBtDyEsKrNuVq"
ROOT = Path(__file__).parents[3]
Checked = Callable[..., set[str]]


@pytest.fixture
def checked(settings: Any, tmp_path: Path) -> Checked:
    """The ids that the checks of a good production site give, with some settings changed."""
    (tmp_path / "staticfiles.json").write_text("{}")

    def check(**changed: Any) -> set[str]:
        good = {
            "PRODUCTION": True,
            "DEBUG": False,
            "ALLOWED_HOSTS": ["films.example.org"],
            "SECRET_KEY": GOOD_KEY,
            "SECRET_KEY_FALLBACKS": [],
            "SITE_URL": "https://films.example.org",
            "HTTPS": True,
            "TRUSTED_PROXIES": 1,
            "TRUSTED_ORIGINS": [],
            "STATIC_ROOT": tmp_path,
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "FORCE_SCRIPT_NAME": None,
        }
        for name, value in {**good, **changed}.items():
            setattr(settings, name, value)
        found = run_checks(include_deployment_checks=True)
        return {message.id for message in found if message.id.startswith("cfsite.")}

    return check


def test_a_good_site_passes(checked: Checked) -> None:
    assert checked() == set()


MAIL = "django.core.mail.backends"
HTTP = {"SITE_URL": "http://films.example.org", "HTTPS": False}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"DEBUG": True}, "cfsite.E001"),
        ({"ALLOWED_HOSTS": ["films.example.org", "*"]}, "cfsite.E002"),
        ({"SECRET_KEY": "a" * 62}, "cfsite.E003"),
        ({"SECRET_KEY": "changeme" * 8}, "cfsite.E003"),
        ({"SECRET_KEY": "django-insecure-" + GOOD_KEY}, "cfsite.E003"),
        ({"SECRET_KEY_FALLBACKS": [GOOD_KEY, "x" * 50]}, "cfsite.E003"),
        (HTTP, "cfsite.E004"),
        ({"STATIC_ROOT": "/nonexistent"}, "cfsite.E005"),
        ({"EMAIL_BACKEND": f"{MAIL}.console.EmailBackend"}, "cfsite.E006"),
        ({"EMAIL_BACKEND": "cfsite.lib.mail_folder.MailFolder"}, "cfsite.E006"),
        ({"TRUSTED_PROXIES": 0}, "cfsite.W001"),
        ({"TRUSTED_ORIGINS": ["http://films.lan"]}, "cfsite.W003"),
    ],
)
def test_each_fault_is_named(changed: dict[str, Any], told: str, checked: Checked) -> None:
    assert checked(**changed) == {told}


def test_a_script_name_that_is_not_the_path_of_the_site(
    checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPT_NAME", "/films/")
    assert checked() == {"cfsite.W002"}
    assert checked(FORCE_SCRIPT_NAME="/films") == set()


@pytest.mark.parametrize(
    "changed",
    [
        {"SITE_URL": "http://localhost:8000", "HTTPS": False},
        {"SITE_URL": "http://127.0.0.1:8000", "HTTPS": False, "TRUSTED_PROXIES": 0},
        {"EMAIL_BACKEND": f"{MAIL}.dummy.EmailBackend"},
        {"TRUSTED_ORIGINS": ["https://films.tailnet.ts.net"]},
        {**HTTP, "PRODUCTION": False},
        {"DEBUG": True, "PRODUCTION": False, "STATIC_ROOT": "/nonexistent"},
    ],
)
def test_what_is_safe_passes(changed: dict[str, Any], checked: Checked) -> None:
    assert checked(**changed) == set()


@pytest.mark.parametrize("key", [GOOD_KEY, "9f8b6c1d" + "".join(f"{7**n:x}" for n in range(22))])
def test_random_keys_pass(key: str) -> None:
    assert not can_be_guessed(key)


UNSAFE = {"CFSITE_ENV": "production", "CFSITE_ALLOWED_HOSTS": "*"}


@pytest.mark.parametrize(
    "command",
    [
        ("gunicorn", "cfsite.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"),
        ("celery", "-A", "cfsite", "worker"),
        ("celery", "-A", "cfsite", "beat"),
    ],
    ids=["web", "worker", "beat"],
)
def test_no_process_of_an_unsafe_site_starts(command: tuple[str, ...], tmp_path: Path) -> None:
    """Without this, checks would run in `manage.py` alone."""
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "CFSITE_DATA_DIR": str(tmp_path), **UNSAFE},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 3
    for told in ("(cfsite.E002)", "(cfsite.E005)", "(cfsite.E006)", "List the names of this site"):
        assert told in ended.stderr
    assert "Traceback" not in ended.stderr
