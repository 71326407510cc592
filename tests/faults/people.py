"""Members and movies in an empty database that the environment names.

    python -m tests.faults.people N

prints, as JSON, the members' sessions, their ids and the movies' ids.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from accounts.models import User  # noqa: E402
from movies.models import Movie  # noqa: E402
from tests.demo_site import session_of  # noqa: E402


def fill(n: int) -> dict[str, list]:
    call_command("migrate", verbosity=0)
    people = [User.objects.create_user(f"writer{k}", f"writer{k}@example.org") for k in range(n)]
    movies = [Movie.objects.create(title=f"Movie {number}") for number in range(40)]
    return {
        "sessions": [session_of(user) for user in people],
        "people": [user.pk for user in people],
        "movies": [movie.pk for movie in movies],
    }


if __name__ == "__main__":
    print(json.dumps(fill(int(sys.argv[1]))))
