"""Many who guess passwords at once, while others read."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.models import User
from movies.models import Movie
from tests.site import Site
from tests.web_processes.conftest import API, Caller, start

pytestmark = pytest.mark.slow

LOGIN = "/_allauth/app/v1/auth/login"
TRIES = 150  # tests/accounts/test_hashes_of_a_login.py counts the hashes of 500


def test_a_flood_is_refused_unhashed_and_reads_go_on(site: Site, two_tastes: list[Movie]) -> None:
    User.objects.create_user("alice", password="a good password 1")
    url = start(site, workers=2)

    def guess(number: int) -> int:
        body = {"username": f"alice{number % 3 or ''}", "password": f"wrong {number}"}
        return Caller(url).call("POST", LOGIN, body)[0]

    with ThreadPoolExecutor(8) as guessers:
        flood = guessers.map(guess, range(TRIES))
        read = [Caller(url).call("GET", f"{API}/movies/")[0] for _ in range(20)]
        statuses = Counter(flood)
    # 400 is a password that was hashed and compared; 429 comes before that.
    assert statuses.keys() == {400, 429}
    assert statuses[400] <= 20
    assert read == [200] * 20
