"""The built-in catalogue with people in it, in the database that the environment names.

    python -m tests.demo_site

fills an empty database and prints, as JSON, the sessions of a member with a history, of a new
member and of the operator, and the addresses of every page. Pictures and page weights come from
here: nothing of MovieLens or of anybody real is in them.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User, set_profile  # noqa: E402
from accounts.sessions import SessionStore  # noqa: E402
from movies.lists import entries, lifecycle  # noqa: E402
from movies.models import Mark, Movie, MovieList, Rating, Viewing  # noqa: E402
from movies.periods import Period  # noqa: E402
from tests.movies.facts.made import give_the_third_man  # noqa: E402
from tests.movies.my_imports.states import imports_in_every_state  # noqa: E402
from tests.site_pages import pages  # noqa: E402

STARS = (5.0, 4.0, 3.5, 4.5, 2.0, 4.0, 3.0, 5.0, 1.5, 3.5)
N_RATED = 60


def fill() -> dict[str, dict]:
    """Returns `{"sessions": {who: key}, "pages": {who: {name: path}}}`."""
    call_command("migrate", verbosity=0)
    call_command("load_data", source="demo", stdout=sys.stderr)
    call_command("refit", "--if-needed", stdout=sys.stderr)
    member, newcomer = (User.objects.create_user(name) for name in ("maria", "noah"))
    operator = User.objects.create_superuser("operator")
    _history(member)
    give_the_third_man(Movie.objects.get(title="The Third Man"))
    imports_in_every_state(member, Movie.objects.most_rated()[:3])
    people = {"member": member, "newcomer": newcomer, "operator": operator}
    return {
        "sessions": {who: session_of(user) for who, user in people.items()},
        "pages": pages(*_shown(member), _shared(member), _diary(member)),
    }


def _history(member: User) -> None:
    """Sixty ratings over the past two years, of the better known two of three movies."""
    known = Movie.objects.most_rated()[: N_RATED + 30]
    now = timezone.now()
    for number, movie in enumerate(known):
        if number % 3 == 2:
            if number % 4 == 0:
                Mark.objects.add(member, movie, Mark.Kind.WATCHLIST)
            continue
        Rating.objects.rate(member, movie, STARS[number * 7 % len(STARS)])
        days = timedelta(days=number * number * 700 // len(known) ** 2, hours=number % 12)
        Rating.objects.filter(user=member, movie=movie).update(rated_at=now - days)


def _shown(member: User) -> tuple[Movie, Movie]:
    """A movie that the member may like, and one they loved."""
    loved = Rating.objects.filter(user=member, half_stars=10).order_by("movie_id").first()
    return Movie.objects.get(title="The Third Man"), loved.movie


def _shared(member: User) -> MovieList:
    """What the member made for others: a profile, and three lists of which two are public."""
    shown = dict.fromkeys(("shows_ratings", "shows_watchlist", "shows_taste"), True)
    words = "Projectionist by night.\nBlack and white at weekends."
    set_profile(member, level="public", display_name="Maria S.", bio=words, **shown)
    known = list(Movie.objects.most_rated()[:200])
    for name, every, visibility in (("Heists", 17, "link"), ("Long flights", 13, "public")):
        other = lifecycle.create(member, name, visibility=visibility)
        for movie in known[3::every]:
            entries.add(other, movie)
    about = "What we put on when nobody wants to decide."
    made = lifecycle.create(
        member, "Rainy Sundays", description=about, visibility="public", is_numbered=True
    )
    for number, movie in enumerate(known[1::6]):
        entries.add(made, movie, note="" if number else "Best with tea.")
    return made


def _diary(member: User) -> Viewing:
    """Forty viewings of the past two years, some of them rewatches, with notes and tags."""
    rated = Rating.objects.filter(user=member).select_related("movie").order_by("rated_at")
    for number, rating in enumerate(rated[::2]):
        day = timezone.localdate(rating.rated_at)
        period = Period(day.year, day.month, day.day if number % 9 else None)
        note = "Better than I remembered, and the ending still works." if number % 3 == 0 else ""
        tags = [("cinema", "with Anna", "on a train")[number % 3]] if number % 2 else []
        Viewing.objects.log(
            member, rating.movie, period, is_rewatch=number % 5 == 0, note=note, tags=tags
        )
    last = rated.last().movie
    Viewing.objects.log(member, last, Period(2019))
    Viewing.objects.log(member, last, None, note="At school, I think.\n" * 30)
    today = Period.of_day(timezone.localdate())
    return Viewing.objects.log(
        member, last, today, is_rewatch=True, note="Third time.", tags=["cinema"]
    )


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


if __name__ == "__main__":
    print(json.dumps(fill()))
