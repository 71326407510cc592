"""Groups as pages: who gets in, who may do what, and what a link is worth."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.groups import membership
from recommender.models import Group, Guest, GuestRating, Member, TrainingRun

CLOSED_TO_STRANGERS = ("rate", "leave", "rule", "invitation", "remove", "delete")


def url(group: Group, action: str = "") -> str:
    return group.get_absolute_url() + (f"{action}/" if action else "")


def names(group: Group) -> list[str]:
    return [member.name for member in group.members.present()]


def test_it_works(
    fitted: TrainingRun, even_fan: User, alices_client: Client, bobs_client: Client, odd_fan: User
) -> None:
    made = alices_client.post("/together/make/", {"name": "Friday", "rule": "least_misery"})
    group = Group.objects.get()
    assert made.url == url(group)
    assert (group.name, group.rule, group.owner) == ("Friday", "least_misery", even_fan)
    assert group.token in alices_client.get(made.url).content.decode()

    invitation = bobs_client.get(url(group))
    assert "alice invites you" in invitation.content.decode()
    assert names(group) == ["alice"], "looking at a link joins nobody"
    assert bobs_client.post(url(group, "join")).url == url(group)
    assert names(group) == ["alice", "bob"]
    page = bobs_client.get(url(group))
    assert len(page.context["rows"]) == 12
    assert [taste.member.name for taste in page.context["rows"][0].tastes] == ["alice", "bob"]
    assert "alice" in page.content.decode()
    assert "Friday" in bobs_client.get("/together/").content.decode()


def test_joining_twice_is_joining_once(group: Group, bobs_client: Client) -> None:
    for _ in range(2):
        assert bobs_client.post(url(group, "join")).status_code == 302
    assert names(group) == ["alice", "bob"]


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "x" * 61, "\x00"])
def test_a_group_has_a_name_one_can_see(alices_client: Client, name: str) -> None:
    answer = alices_client.post("/together/make/", {"name": name, "rule": "average"})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Group.objects.exists()


def test_names_are_text_on_one_line(alices_client: Client) -> None:
    name = "<b>Fri\u202eday</b>\n {{ x }}"
    made = alices_client.post("/together/make/", {"name": name, "rule": "veto"})
    assert Group.objects.get().name == "<b>Friday</b> {{ x }}"
    assert "<b>Friday" not in alices_client.get(made.url).content.decode()


def test_an_unknown_rule_is_refused(group: Group, alices_client: Client) -> None:
    assert alices_client.post("/together/make/", {"name": "X", "rule": "x"}).status_code == 422
    alices_client.post(url(group, "rule"), {"rule": "dictatorship"})
    group.refresh_from_db()
    assert (Group.objects.count(), group.rule) == (1, "average")
    alices_client.post(url(group, "rule"), {"rule": "veto"})
    group.refresh_from_db()
    assert group.rule == "veto"


def test_a_person_owns_so_many_groups(alice: User, alices_client: Client) -> None:
    for number in range(membership.MOST_OWNED):
        membership.create(alice, f"Group {number}")
    page = alices_client.post("/together/make/", {"name": "X", "rule": "veto"}, follow=True)
    assert "Delete one to make another" in page.content.decode()
    assert Group.objects.count() == membership.MOST_OWNED


def test_a_visitor_makes_no_group(client: Client, db: None) -> None:
    answer = client.post("/together/make/", {"name": "X", "rule": "average"})
    assert answer.url.startswith("/accounts/login/")
    assert not Group.objects.exists()
    assert client.get("/together/").status_code == 200


@pytest.mark.parametrize("action", CLOSED_TO_STRANGERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_may_do_nothing(
    group: Group, client: Client, bobs_client: Client, action: str, method: str
) -> None:
    before = Group.objects.values().get()
    member = group.members.get()
    for stranger in (client, bobs_client):
        body = {"member": member.pk, "rule": "veto", "end": 1, "post": "yes"}
        answer = getattr(stranger, method)(url(group, action), body)
        assert answer.status_code in ({404} if method == "post" else {404, 405})
    assert Group.objects.values().get() == before
    assert names(group) == ["alice"]


@pytest.mark.parametrize("action", ["rule", "invitation", "remove", "delete"])
def test_members_may_not_do_what_is_the_owners(
    group: Group, bob: User, bobs_client: Client, guest_client: Client, action: str
) -> None:
    membership.join(group, bob)
    before = Group.objects.values().get()
    body = {"member": group.members.first().pk, "rule": "veto", "end": 1}
    for member in (bobs_client, guest_client):
        assert member.post(url(group, action), body).status_code == 404
    assert Group.objects.values().get() == before
    assert names(group) == ["alice", "Dora", "bob"]


def test_the_owner_of_one_group_has_no_say_in_another(
    group: Group, bob: User, bobs_client: Client
) -> None:
    own = membership.create(bob, "Bob's")
    alices = group.members.get()
    bobs_client.post(url(own, "remove"), {"member": alices.pk})
    assert names(group) == ["alice"]


def test_an_address_that_leads_nowhere_says_so(client: Client, db: None) -> None:
    for path in ("/together/" + "x" * 22 + "/", "/together/" + "x" * 5000 + "/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "leads to no group" in answer.content.decode()
    assert client.post("/together/xxxxxxxxxxxxxxxxxxxxxx/join/", {"name": "X"}).status_code == 404


def test_an_invitation_ends(
    group: Group, client: Client, bobs_client: Client, alices_client: Client
) -> None:
    Group.objects.update(invites_until=timezone.now() - timedelta(seconds=1))
    for stranger in (client, bobs_client):
        answer = stranger.get(url(group))
        assert answer.status_code == 410
        assert "has ended" in answer.content.decode()
        stranger.post(url(group, "join"), {"name": "X"})
    assert names(group) == ["alice"]
    assert alices_client.get(url(group)).status_code == 200, "it stays the members' own"


def test_the_owner_ends_the_invitation_and_makes_another(
    group: Group, alices_client: Client, bobs_client: Client, bob: User
) -> None:
    alices_client.post(url(group, "invitation"), {"end": "1"})
    assert bobs_client.get(url(group)).status_code == 410
    old = url(group)
    new = alices_client.post(url(group, "invitation"), {"renew": "1"}).url
    assert new != old
    assert bobs_client.get(old).status_code == 404
    assert bobs_client.post(f"{old}join/").status_code == 404
    assert bobs_client.get(new).status_code == 200
    assert bobs_client.post(f"{new}join/").status_code == 302


def test_whoever_is_removed_does_not_come_back_by_the_same_link(
    group: Group, alices_client: Client, bobs_client: Client, bob: User
) -> None:
    member = membership.join(group, bob)
    old = url(group)
    page = alices_client.post(url(group, "remove"), {"member": member.pk}, follow=True)
    assert "bob is out" in page.content.decode()
    assert names(group) == ["alice"]
    assert bobs_client.get(old).status_code == 404
    assert bobs_client.post(f"{old}join/").status_code == 404


@pytest.mark.parametrize("member", ["", "abc", "-1", "9" * 30, "0", "①"])
def test_removing_nobody_changes_nothing(group: Group, alices_client: Client, member: str) -> None:
    page = alices_client.post(url(group, "remove"), {"member": member}, follow=True)
    assert "not here any more" in page.content.decode()
    assert names(group) == ["alice"]


def test_the_owner_stays_or_deletes(
    group: Group, alice: User, alices_client: Client, guest_client: Client, bob: User
) -> None:
    membership.join(group, bob)
    own = group.members.get(user=alice)
    alices_client.post(url(group, "leave"))
    alices_client.post(url(group, "remove"), {"member": own.pk})
    group.refresh_from_db()
    assert names(group) == ["alice", "Dora", "bob"]
    assert "Delete Friday evening?" in alices_client.get(url(group, "delete")).content.decode()
    assert Group.objects.exists(), "asking deletes nothing"
    assert alices_client.post(url(group, "delete")).url == "/together/"
    assert not Group.objects.exists()
    assert not Guest.objects.exists()
    assert User.objects.filter(pk=bob.pk).exists()


def test_leaving(group: Group, bob: User, bobs_client: Client) -> None:
    membership.join(group, bob)
    assert bobs_client.post(url(group, "leave")).url == "/together/"
    assert names(group) == ["alice"]
    assert "Friday evening" not in bobs_client.get("/together/").context["groups"]


def test_a_group_is_full_at_twelve(
    group: Group, make_user: Callable[..., User], bobs_client: Client, bob: User
) -> None:
    for number in range(membership.MOST_MEMBERS - 1):
        membership.join(group, make_user(f"friend{number}"))
    page = bobs_client.post(url(group, "join"), follow=True)
    assert "room for 12" in page.content.decode()
    assert len(names(group)) == membership.MOST_MEMBERS


def test_whoever_closed_their_account_is_not_there(
    group: Group, bob: User, alices_client: Client
) -> None:
    membership.join(group, bob)
    bob.is_active = False
    bob.save()
    assert names(group) == ["alice"]
    page = alices_client.get(url(group))
    assert "bob" not in page.content.decode()
    bob.delete()
    assert group.members.count() == 1
    User.objects.get(username="alice").delete()
    assert not Group.objects.exists()
    assert not Member.objects.exists()


def test_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    group: Group, client: Client, alices_client: Client
) -> None:
    for caller in (client, alices_client):
        answer = caller.get(url(group))
        assert "no-store" in answer["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert answer["Referrer-Policy"] == "same-origin"


def test_without_a_model_and_without_movies_the_page_stands(
    group: Group, alices_client: Client, make_movie: Callable[..., Movie]
) -> None:
    assert "No movie is left" in alices_client.get(url(group)).content.decode()
    make_movie("Alien")
    page = alices_client.get(url(group)).content.decode()
    assert "Alien" in page
    assert "well-loved" in page


def test_a_group_where_everything_is_vetoed_says_so(
    fitted: TrainingRun,
    even_fan: User,
    odd_fan: User,
    group: Group,
    alices_client: Client,
    two_tastes: list[Movie],
) -> None:
    membership.join(group, odd_fan)
    for movie in two_tastes:
        Mark.objects.add(even_fan, movie, Mark.Kind.SEEN)
    Group.objects.update(rule="veto")
    assert "nobody would veto" in alices_client.get(url(group)).content.decode()


def test_queries_do_not_grow_with_members(
    fitted: TrainingRun,
    even_fan: User,
    group: Group,
    alices_client: Client,
    guest_client: Client,
    make_user: Callable[..., User],
    two_tastes: list[Movie],
    django_assert_max_num_queries: Callable,
) -> None:
    alices_client.get(url(group))
    with django_assert_max_num_queries(14) as few:
        alices_client.get(url(group))
    for number in range(8):
        user = make_user(f"friend{number}")
        Rating.objects.rate(user, two_tastes[number + 20], 4)
        membership.join(group, user)
    with django_assert_max_num_queries(14) as many:
        assert len(alices_client.get(url(group)).context["members"]) == 10
    assert len(few) == len(many)


# --- Guests --------------------------------------------------------------------------------------


def test_a_guest_rates_and_gets_the_list(
    fitted: TrainingRun,
    even_fan: User,
    group: Group,
    guest_client: Client,
    dora: Guest,
    two_tastes: list[Movie],
) -> None:
    rate = guest_client.get(url(group, "rate"))
    asked = [movie for movie, *_ in rate.context["rows"]]
    assert len(asked) == 12
    body = {f"stars-{asked[0].pk}": "4.5", f"stars-{asked[1].pk}": "1.0"}
    body |= {f"stars-{movie.pk}": "" for movie in asked[2:]}
    page = guest_client.post(url(group, "rate"), body, follow=True)
    assert "You have rated 2 movies" in page.content.decode()
    rated = dict(dora.ratings.values_list("movie", "half_stars"))
    assert rated == {asked[0].pk: 9, asked[1].pk: 2}
    assert (
        not Rating.objects.filter(movie__in=asked)
        .exclude(user__is_dataset_member=True)
        .filter(half_stars=9, user__username="Dora")
    )
    listed = [row.movie.pk for row in page.context["rows"]]
    assert not set(rated) & set(listed)

    again = guest_client.get(url(group, "rate"))
    shown = {movie.pk: half for movie, half, _ in again.context["rows"] if half}
    assert shown == rated
    guest_client.post(url(group, "rate"), {f"stars-{asked[0].pk}": ""})
    assert dict(dora.ratings.values_list("movie", "half_stars")) == {asked[1].pk: 2}


def test_guests_are_offered_more_a_page_at_a_time(
    fitted: TrainingRun, group: Group, guest_client: Client
) -> None:
    seen: list[int] = []
    for page in (1, 2, 3):
        rows = guest_client.get(url(group, "rate"), {"page": page}).context["rows"]
        seen += [movie.pk for movie, *_ in rows]
    assert len(seen) == len(set(seen)) == 36
    on = guest_client.post(url(group, "rate"), {"more": "2"})
    assert on.url == f"{url(group, 'rate')}?page=2"
    for odd in ("0", "-3", "x", "9" * 400, "①"):
        assert guest_client.get(url(group, "rate"), {"page": odd, "movie": odd}).status_code == 200
        assert guest_client.post(url(group, "rate"), {"more": odd}).status_code == 302


def test_a_movie_of_the_list_can_be_rated_by_a_guest_who_has_seen_it(
    fitted: TrainingRun, group: Group, guest_client: Client, two_tastes: list[Movie]
) -> None:
    rows = guest_client.get(url(group, "rate"), {"movie": two_tastes[7].pk}).context["rows"]
    assert rows[0][0] == two_tastes[7]


@pytest.mark.parametrize("stars", ["6", "0", "3.3", "nan", "-1", "1e0", "４", "x" * 5000, "\x00"])
def test_what_is_no_rating_is_refused_and_nothing_is_lost(
    fitted: TrainingRun,
    group: Group,
    guest_client: Client,
    dora: Guest,
    two_tastes: list[Movie],
    stars: str,
) -> None:
    first, second = two_tastes[:2]
    guest_client.post(url(group, "rate"), {f"stars-{first.pk}": "4"})
    body = {f"stars-{first.pk}": "2", f"stars-{second.pk}": stars}
    answer = guest_client.post(url(group, "rate"), body)
    assert answer.status_code == 422
    assert "half a star" in answer.content.decode()
    assert dict(dora.ratings.values_list("movie", "half_stars")) == {first.pk: 8}


def test_a_movie_that_is_not_there_is_refused(
    group: Group, guest_client: Client, dora: Guest
) -> None:
    for movie in ("1", "999999999999999999", "0"):
        answer = guest_client.post(url(group, "rate"), {f"stars-{movie}": "4"})
        assert answer.status_code == 422
    assert guest_client.post(url(group, "rate"), {"stars-9999999999999999999": "4"}).url
    assert not dora.ratings.exists()


def test_a_guest_rates_so_many_and_no_more(
    group: Group, guest_client: Client, dora: Guest, make_movie: Callable[..., Movie]
) -> None:
    movies = [make_movie(f"Movie {n}") for n in range(52)]
    body = {f"stars-{movie.pk}": "4" for movie in movies}
    assert guest_client.post(url(group, "rate"), body).status_code == 422
    assert not dora.ratings.exists()
    body = dict(list(body.items())[:50])
    assert guest_client.post(url(group, "rate"), body).status_code == 302
    one_more = {f"stars-{movies[51].pk}": "4"}
    answer = guest_client.post(url(group, "rate"), one_more)
    assert "up to 50" in answer.content.decode()
    assert dora.ratings.count() == 50


def test_members_rate_on_their_own_pages(group: Group, alices_client: Client) -> None:
    assert alices_client.post(url(group, "rate"), {"stars-1": "4"}).url == "/"
    assert not GuestRating.objects.exists()


@pytest.mark.parametrize("name", ["", " \t", "\u200b", "x" * 31, "ALICE", "ａlice"])
def test_a_guest_has_a_name_of_their_own(group: Group, client: Client, name: str) -> None:
    page = client.post(url(group, "join"), {"name": name}, follow=True)
    assert page.status_code in {200, 422}
    assert names(group) == ["alice"]
    assert not Guest.objects.exists()


def test_a_group_has_room_for_eight_guests(group: Group) -> None:
    for number in range(membership.MOST_GUESTS):
        membership.join_as_guest(group, f"Guest {number}")
    page = Client().post(url(group, "join"), {"name": "One more"}, follow=True)
    assert "room for 8 guests" in page.content.decode()
    assert Guest.objects.count() == membership.MOST_GUESTS
    Guest.objects.filter(name="Guest 3").update(expires_at=timezone.now())
    Client().post(url(group, "join"), {"name": "One more"})
    assert "One more" in names(group)
    assert not Guest.objects.filter(name="Guest 3").exists(), "forgotten on the way"


def test_too_many_guests_from_one_address_wait(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.groups.rate_limits.GuestsPerAddress.rate", "3/hour")
    groups = [membership.create(alice, f"Group {n}") for n in range(4)]
    for number, group in enumerate(groups):
        forged = {"X-Forwarded-For": f"10.0.0.{number}"}
        page = Client(headers=forged).post(url(group, "join"), {"name": "Eve"}, follow=True)
    assert "Too many guests" in page.content.decode()
    assert Guest.objects.count() == 3


def test_a_guest_is_one_browser(
    group: Group, guest_client: Client, client: Client, dora: Guest
) -> None:
    assert guest_client.get(url(group)).context["you"].guest == dora
    assert "invites you" in client.get(url(group)).content.decode()
    # Another browser that knows the id of the guest, but not the session, is nobody.
    client.cookies["guest"] = str(dora.pk)
    assert "invites you" in client.get(url(group)).content.decode()


def test_becoming_a_guest_changes_the_session_key(group: Group) -> None:
    victim = Client()
    session = victim.session
    session["planted"] = True
    session.save()
    before = victim.cookies["sessionid"].value
    victim.post(url(group, "join"), {"name": "Dora"})
    assert victim.cookies["sessionid"].value != before


def test_the_same_guest_in_a_second_group_keeps_the_ratings(
    group: Group, alice: User, guest_client: Client, dora: Guest, make_movie: Callable[..., Movie]
) -> None:
    guest_client.post(url(group, "rate"), {f"stars-{make_movie().pk}": "4"})
    second = membership.create(alice, "Saturday")
    guest_client.post(url(second, "join"), {"name": "Dora D."})
    assert Guest.objects.count() == 1
    assert names(second) == ["alice", "Dora D."]
    assert len(guest_client.get("/together/").context["groups"]) == 2
    guest_client.post(url(group, "leave"))
    assert dora.ratings.count() == 1
    guest_client.post(url(second, "leave"))
    assert not Guest.objects.exists()
    assert not GuestRating.objects.exists()


def test_after_seven_days_a_guest_is_forgotten(
    fitted: TrainingRun,
    even_fan: User,
    group: Group,
    guest_client: Client,
    rated_by_dora: Guest,
    alices_client: Client,
) -> None:
    left = rated_by_dora.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    Guest.objects.update(expires_at=timezone.now())
    page = alices_client.get(url(group))
    assert "Dora" not in page.content.decode(), "at once, before anything is deleted"
    assert "invites you" in guest_client.get(url(group)).content.decode()
    answer = guest_client.post(url(group, "rate"), {"stars-1": "4"})
    assert answer.status_code == 404

    from recommender.tasks import forget_guests

    assert forget_guests() == {"forgotten": 1}
    assert not Guest.objects.exists()
    assert not GuestRating.objects.exists()
    assert group.members.count() == 1
    assert forget_guests() == {"forgotten": 0}


def test_forgetting_guests_is_on_the_schedule() -> None:
    from django.conf import settings

    from cfsite.celery import app

    app.loader.import_default_modules()
    task = settings.CELERY_BEAT_SCHEDULE["forget guests"]["task"]
    assert task in app.tasks


def test_a_guest_who_signs_up_keeps_ratings_and_places(
    group: Group, guest_client: Client, dora: Guest, make_movie: Callable[..., Movie]
) -> None:
    movies = [make_movie(f"Movie {n}") for n in range(3)]
    guest_client.post(url(group, "rate"), {f"stars-{movie.pk}": "3.5" for movie in movies})
    sign_up = {"username": "dora", "email": "dora@example.org", "password1": "mauve-teapot-77"}
    assert guest_client.post("/accounts/signup/?next=/together/", sign_up).url == "/together/"
    assert not Rating.objects.exists(), "nothing moves unasked"
    assert "Keep them" in guest_client.get("/together/").content.decode()

    user = User.objects.get(username="dora")
    Rating.objects.rate(user, movies[0], 1)
    page = guest_client.post("/together/guest/keep/", follow=True)
    assert "2 ratings are yours now" in page.content.decode()
    assert dict(Rating.objects.of(user).values_list("movie", "half_stars")) == {
        movies[0].pk: 2, movies[1].pk: 7, movies[2].pk: 7,
    }  # fmt: skip
    assert Movie.objects.get(pk=movies[1].pk).n_ratings == 1
    assert not Guest.objects.exists()
    assert [(m.name, m.is_guest) for m in group.members.present()][1] == ("dora", False)
    assert guest_client.get(url(group)).context["you"].user == user


def test_keeping_what_a_member_of_the_group_rated_as_a_guest(
    group: Group, guest_client: Client, dora: Guest, bob: User, make_movie: Callable[..., Movie]
) -> None:
    guest_client.post(url(group, "rate"), {f"stars-{make_movie().pk}": "4"})
    membership.join(group, bob)
    login = {"login": "bob", "password": "a good password 1"}
    assert guest_client.post("/accounts/login/", login).status_code == 302
    guest_client.post("/together/guest/keep/")
    assert names(group) == ["alice", "bob"]
    assert Rating.objects.of(bob).count() == 1


def test_what_a_guest_rated_can_be_deleted_at_once(
    group: Group, guest_client: Client, rated_by_dora: Guest
) -> None:
    guest_client.post("/together/guest/forget/")
    assert not Guest.objects.exists()
    assert not GuestRating.objects.exists()
    assert names(group) == ["alice"]


def test_nobody_keeps_anothers_guest(
    group: Group, guest_client: Client, rated_by_dora: Guest, bobs_client: Client, client: Client
) -> None:
    bobs_client.post("/together/guest/keep/")
    bobs_client.post("/together/guest/forget/")
    client.post("/together/guest/keep/")
    client.post("/together/guest/forget/")
    assert rated_by_dora.ratings.count() == 3
    assert not Rating.objects.filter(user__username="bob").exists()


def test_every_write_needs_its_csrf_token(group: Group, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    actions = ("join", "leave", "rule", "invitation", "remove", "delete", "rate")
    paths = [url(group, action) for action in actions]
    for path in (*paths, "/together/make/", "/together/guest/keep/", "/together/guest/forget/"):
        assert client.post(path, {"name": "X", "rule": "veto"}).status_code == 403, path
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", Group.objects.get().token)
