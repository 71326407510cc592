#!/usr/bin/env python
"""Django's command line for the site."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed here. Run bin/demo once, then use .venv/bin/python manage.py."
        ) from error
    from cfsite.environment import InvalidEnvironment

    try:
        execute_from_command_line(sys.argv)
    except InvalidEnvironment as error:
        # `doctor` cannot run without settings, and still answers as asked.
        as_json = "doctor" in sys.argv[1:2] and "--json" in sys.argv
        print(error.as_findings() if as_json else error, file=None if as_json else sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
