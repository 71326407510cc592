"""A site for generated requests: two movies' fans, who have something of every kind."""

from __future__ import annotations

from accounts.models import User, create_token
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, Person, Rating, Viewing
from recommender.groups import membership
from tests.api.test_access import sign_up


def give_everything(member: User, movies: list[Movie]) -> None:
    """Something behind every address, so that generated requests find more than 404."""
    for place, movie in enumerate(movies[:6]):
        Rating.objects.rate(member, movie, 1 + place / 2)
    Mark.objects.add(member, movies[7], Mark.Kind.WATCHLIST)
    Mark.objects.add(member, movies[8], Mark.Kind.NOT_INTERESTED)
    Viewing.objects.log(member, movies[0], tags=["cinema"])
    shared = lifecycle.create(member, "Rainy Sundays", visibility="link")
    entries.add(shared, movies[1])
    membership.create(member, "Friday")
    Person.objects.create(name="Ridley Scott")


def headers_of(who: str, client: object, movies: list[Movie]) -> dict[str, str]:
    """The credential of `anonymous`, `member`, `staff` or `read_token`."""
    if who == "anonymous":
        return {}
    session = sign_up(client, "carol")
    carol = User.objects.get(username="carol")
    give_everything(carol, movies)
    if who == "staff":
        User.objects.filter(pk=carol.pk).update(is_staff=True, is_superuser=True)
    if who == "read_token":
        _, token = create_token(carol, "Script", "read")
        return {"Authorization": f"Bearer {token}"}
    return {"Authorization": f"Bearer {session['X-Session-Token']}"}
