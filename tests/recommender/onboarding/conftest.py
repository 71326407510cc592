"""What the pages of onboarding show, for their tests."""

from django.test import Client

from accounts.models import User
from movies.models import Movie
from recommender.onboarding.views import GroupChoice
from recommender.serving import recommend


def asked(client: Client) -> Movie | None:
    return client.get("/start/rate/").context["movie"]


def groups(client: Client) -> list[GroupChoice]:
    return client.get("/start/").context["groups"]


def is_even(group: GroupChoice) -> bool:
    return all(int(movie.title.split()[1]) % 2 == 0 for movie in group.movies)


def even_values(client: Client) -> list[str]:
    return [group.value for group in groups(client) if is_even(group)]


def listed(user: User, n: int = 10) -> list[int]:
    return [item.movie_id for item in recommend.recommend(user, n=n).items]
