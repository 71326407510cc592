"""Users left out of the fit, known by their first few ratings."""

import numpy as np
import pytest

from recommender.core import Ratings
from recommender.core.evaluation.new_users import BUCKETS, NewUsers
from recommender.core.evaluation.splits import PROTOCOLS


def test_newcomers_are_strangers_to_the_fit(ratings: Ratings) -> None:
    split = PROTOCOLS["temporal"].split(ratings)[0]
    new_users = NewUsers.draw(ratings, split, in_order=True)
    people = np.unique(new_users.held_out.user_index)
    assert people.size == 12  # a fifth of sixty
    assert not np.isin(new_users.others.user_index, people).any()
    assert np.isin(new_users.own.user_index, people).all()


@pytest.mark.parametrize("bucket", BUCKETS)
def test_only_the_first_ratings_of_a_newcomer_are_known(ratings: Ratings, bucket) -> None:
    split = PROTOCOLS["temporal"].split(ratings)[0]
    new_users = NewUsers.draw(ratings, split, in_order=True)
    known, held_out = new_users.in_bucket(bucket)
    for user in np.unique(held_out.user_index):
        n_given = np.count_nonzero(known.user_index == user)
        assert bucket.lowest <= n_given <= (bucket.highest or len(ratings))
        own = new_users.own.take(new_users.own.user_index == user)
        first = known.times[known.user_index == user]
        assert sorted(first) == sorted(own.times)[:n_given]
