"""Fill the database for benchmarks/heavy_members.py.

    python benchmarks/web/heavy_site.py MOVIES RATINGS...

A large site (large_site.py) with one member for each number of ratings. They rated during this
year, half of it with a prediction on record; they show their profiles and are in a group each.
Every movie has published figures, as on a site of millions of ratings.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import django

django.setup()

sys.path.insert(0, str(Path(__file__).parent))

from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402
from large_site import Size, describe, fill  # noqa: E402

from accounts.models import User, set_profile  # noqa: E402
from movies.models import Movie, Rating  # noqa: E402
from recommender.groups import membership  # noqa: E402
from recommender.models import LoggedPrediction, TrainingRun  # noqa: E402

RATERS_OF_EACH_MOVIE = 50


def prepare(n_movies: int, numbers: list[int]) -> dict[str, object]:
    size = Size(n_movies, own_ratings=50, ratings_of_first=numbers, askers=len(numbers) + 1)
    *members, friend = fill(size)
    for member in members:
        _spread_over_the_year(member)
        _log_predictions(member)
    Movie.objects.update(
        published_count=RATERS_OF_EACH_MOVIE,
        published_half_star_sum=RATERS_OF_EACH_MOVIE * (4 + F("pk") % 5),
        published_at=timezone.now(),
    )
    return {
        **describe(members),
        "names": [member.username for member in members],
        "friend": friend.username,
        "groups": [_group_of(member, friend) for member in members],
        "rated": [_first_rated(member) for member in members],
    }


def _spread_over_the_year(member: User) -> None:
    """From the first of January to now, in the order of the rows."""
    now = timezone.now()
    start = datetime(now.year, 1, 1, tzinfo=now.tzinfo)
    ratings = list(Rating.objects.of(member).order_by("pk"))
    for place, rating in enumerate(ratings, 1):
        rating.rated_at = start + (now - start) * place / len(ratings)
    Rating.objects.bulk_update(ratings, ["rated_at"], batch_size=500)


def _log_predictions(member: User) -> None:
    run = TrainingRun.objects.active()
    LoggedPrediction.objects.bulk_create(
        LoggedPrediction(
            user=member,
            movie_id=rating.movie_id,
            run=run,
            predicted=3.5,
            half_stars=rating.half_stars,
            prediction_shown=place % 4 == 0,
            rated_at=rating.rated_at,
        )
        for place, rating in enumerate(Rating.objects.of(member).order_by("pk")[::2])
    )


def _group_of(member: User, friend: User) -> str:
    """The path of a group of both; each shows the other what they rated."""
    for one in (member, friend):
        set_profile(one, level="members", shows_ratings=True, shows_taste=True)
    group = membership.create(member, "Friday")
    membership.join(group, friend)
    return group.get_absolute_url()


def _first_rated(member: User) -> str:
    return Rating.objects.of(member).order_by("pk").first().movie.get_absolute_url()


if __name__ == "__main__":
    n_movies, *numbers = map(int, sys.argv[1:])
    json.dump(prepare(n_movies, numbers), sys.stdout)
