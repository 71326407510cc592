"""People who disagree about the same five movies see different first pages, at once."""

import pytest

from accounts.models import User
from movies import scales
from movies.models import Movie, Rating
from recommender.training import refit
from tests.browser.conftest import Watched
from tests.browser.test_journeys import give, listed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Stars by number of the movie, of one of two people; the other one's are upside down.
PAIRS: tuple[dict[int, float], ...] = (
    {0: 5, 1: 0.5, 2: 4.5, 3: 1, 4: 5},
    {7: 4.5, 10: 1, 13: 4, 16: 1.5, 19: 5},
    {20: 4, 22: 4.5, 25: 2, 27: 1.5, 28: 4},
)


def test_opposite_people_see_different_first_pages_after_five_ratings(
    window: Watched, catalogue: list[Movie], alice: User, bob: User
) -> None:
    """Four of the ratings are there already; each gives the fifth in the browser."""
    refit.refit(seed=1)
    windows = {user: window.open(user) for user in (alice, bob)}
    for given in PAIRS:
        first_pages = []
        for user, page in windows.items():
            user.ratings.all().delete()
            stars = {n: own if user == alice else 5.5 - own for n, own in given.items()}
            last, of_last = stars.popitem()
            for number, own in stars.items():
                Rating.objects.rate(user, catalogue[number], own)
            give(page, catalogue[last], scales.active().in_words(of_last))
            page.goto("/")
            assert user.ratings.count() == 5
            first_pages.append(listed(page)[:12])
        one, other = first_pages
        assert len(one) == len(other) == 12
        assert one[0] != other[0]
        assert len(set(one) & set(other)) <= 4, (one, other)
