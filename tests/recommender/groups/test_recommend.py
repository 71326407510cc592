"""The list of a group: whose taste, by which rule, and what never comes back."""

from collections.abc import Callable

import numpy as np
import pytest

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.core.group_ranking import VETO_BELOW, discounted_stars, half_steps, member_stars
from recommender.groups import guests, membership
from recommender.groups.recommend import MAX_PICKS, GroupPicks, recommend_to_group
from recommender.models import Group, Guest, GuestRating, Member, TrainingRun
from recommender.serving import model_cache, recommend
from recommender.serving.users import fold_in_user
from recommender.training import refit

Members = Callable[[], list[Member]]
RULE_DESCRIPTIONS = list(Group.Rule.values)


def ids(picks: GroupPicks) -> list[int]:
    return [pick.movie_id for pick in picks.items]


def test_it_works(
    fitted: TrainingRun, even_fan: User, odd_fan: User, group: Group, members: Members
) -> None:
    membership.join(group, odd_fan)
    picks = recommend_to_group(members(), "average", n=10)
    assert picks.source == "personal"
    assert picks.run_id == fitted.pk
    assert len(picks.items) == 10
    for pick in picks.items:
        assert len(pick.stars) == 2
        assert all(0.5 <= stars <= 5 and 2 * stars == int(2 * stars) for stars in pick.stars)


def test_a_group_of_one_gets_that_persons_own_list(
    fitted: TrainingRun, even_fan: User, members: Members, group: Group
) -> None:
    own = recommend.recommend(even_fan, n=20)
    assert ids(recommend_to_group(members(), "average", n=20)) == [
        item.movie_id for item in own.items
    ]


def test_alone_a_veto_is_ones_own_list_without_what_one_would_hate(
    fitted: TrainingRun, even_fan: User, members: Members, group: Group
) -> None:
    own = recommend.recommend(even_fan, n=40).items
    vetoed = ids(recommend_to_group(members(), "veto", n=40))
    assert vetoed == [item.movie_id for item in own if item.stars >= VETO_BELOW]
    assert len(vetoed) < len(own)


def test_least_misery_spares_the_least_happy(
    fitted: TrainingRun, even_fan: User, odd_fan: User, group: Group, members: Members
) -> None:
    membership.join(group, odd_fan)
    for number in (21, 23):  # Alice can stand what Bob loves, not the other way round
        Rating.objects.rate(even_fan, Movie.objects.get(title=f"Movie {number}"), 4)
    listed = recommend_to_group(members(), "least_misery", n=40).items
    model = model_cache.current_model()
    users = [fold_in_user(model, user).vector for user in (even_fan, odd_fan)]
    wary = half_steps(discounted_stars(model.items, users)).min(axis=0)
    least = wary[model.rows([pick.movie_id for pick in listed])].tolist()
    assert least == sorted(least, reverse=True)
    spared, by_average = (
        sum(min(pick.stars) for pick in recommend_to_group(members(), rule, n=12).items)
        for rule in ("least_misery", "average")
    )
    assert spared > by_average


def test_a_veto_leaves_out_what_one_of_them_would_hate(
    fitted: TrainingRun, even_fan: User, odd_fan: User, group: Group, members: Members
) -> None:
    membership.join(group, odd_fan)
    model = model_cache.current_model()
    users = [fold_in_user(model, user).vector for user in (even_fan, odd_fan)]
    stars = member_stars(model.items, users)
    hated = set(model.items.item_ids[(stars < VETO_BELOW).any(axis=0)].tolist())
    assert hated & set(ids(recommend_to_group(members(), "average", n=40)))
    assert not hated & set(ids(recommend_to_group(members(), "veto", n=40)))


@pytest.mark.parametrize("rule", RULE_DESCRIPTIONS)
def test_what_anybody_rated_hid_or_saw_never_comes(
    fitted: TrainingRun,
    even_fan: User,
    odd_fan: User,
    rated_by_dora: Guest,
    group: Group,
    members: Members,
    two_tastes: list[Movie],
    rule: str,
) -> None:
    membership.join(group, odd_fan)
    Mark.objects.add(odd_fan, two_tastes[30], Mark.Kind.NOT_INTERESTED)
    Mark.objects.add(even_fan, two_tastes[31], Mark.Kind.SEEN)
    listed = set(ids(recommend_to_group(members(), rule, n=40)))
    rated = set(Rating.objects.filter(user__in=[even_fan, odd_fan]).values_list("movie", flat=True))
    rated |= set(GuestRating.objects.values_list("movie", flat=True))
    assert not listed & (rated | {two_tastes[30].pk, two_tastes[31].pk})
    if rule != "veto":
        assert len(listed) == len(two_tastes) - len(rated) - 2


def test_without_any_model_the_same_movies_stay_out(
    two_tastes: list[Movie], even_fan: User, rated_by_dora: Guest, group: Group, members: Members
) -> None:
    Mark.objects.add(even_fan, two_tastes[30], Mark.Kind.SEEN)
    picks = recommend_to_group(members(), "veto", n=40)
    assert (picks.source, picks.run_id) == ("popular", None)
    assert all(pick.stars == () and pick.reason is None for pick in picks.items)
    rated = set(Rating.objects.of(even_fan).values_list("movie", flat=True))
    rated |= set(GuestRating.objects.values_list("movie", flat=True)) | {two_tastes[30].pk}
    assert not rated & set(ids(picks))
    assert len(picks.items) == len(two_tastes) - len(rated)


def test_a_rating_counts_at_once_and_taken_back_restores_the_list(
    fitted: TrainingRun, even_fan: User, group: Group, members: Members
) -> None:
    before = recommend_to_group(members(), "average", n=10)
    first = Movie.objects.get(pk=ids(before)[0])
    Rating.objects.rate(even_fan, first, 1)
    assert first.pk not in ids(recommend_to_group(members(), "average", n=40))
    Rating.objects.unrate(even_fan, first)
    assert recommend_to_group(members(), "average", n=10).items == before.items


def test_a_guests_ratings_count_like_a_members(
    fitted: TrainingRun,
    alice: User,
    bob: User,
    dora: Guest,
    group: Group,
    members: Members,
    two_tastes: list[Movie],
) -> None:
    halves = {two_tastes[n].pk: half for n, half in ((1, 10), (3, 10), (5, 9), (2, 1))}
    guests.rate(dora, halves)
    as_guest = recommend_to_group([m for m in members() if m.is_guest], "average", n=10)
    for movie_id, half in halves.items():
        Rating.objects.rate(bob, Movie.objects.get(pk=movie_id), half / 2)
    own = recommend.recommend(bob, n=10)
    assert ids(as_guest) == [item.movie_id for item in own.items]


def test_somebody_without_ratings_counts_as_the_mean_person(
    fitted: TrainingRun, even_fan: User, bob: User, group: Group, members: Members
) -> None:
    alone = recommend_to_group(members(), "average", n=40)
    membership.join(group, bob)
    picks = recommend_to_group(members(), "average", n=40)
    assert picks.source == "personal"
    assert set(ids(picks)) == set(ids(alone))
    model = model_cache.current_model()
    mean = fold_in_user(model, bob).vector
    expected = member_stars(model.items, [mean], model.rows(ids(picks)))[0]
    np.testing.assert_array_equal(
        [pick.stars[1] for pick in picks.items], np.round(2 * np.clip(expected, 0.5, 5)) / 2
    )


def test_nobody_with_ratings_gets_what_is_well_loved(
    fitted: TrainingRun, group: Group, members: Members
) -> None:
    picks = recommend_to_group(members(), "average", n=5)
    best = Movie.objects.best_loved().values_list("pk", flat=True)[:5]
    assert (picks.source, ids(picks)) == ("popular", list(best))


def test_the_reason_is_a_movie_one_likes_oneself(
    fitted: TrainingRun, even_fan: User, odd_fan: User, group: Group, members: Members
) -> None:
    membership.join(group, odd_fan)
    for user in (even_fan, odd_fan):
        asking = next(member for member in members() if member.user == user)
        picks = recommend_to_group(members(), "average", asking).items
        likes = {pick.reason.movie.pk for pick in picks if pick.reason}
        liked = Rating.objects.of(user).filter(half_stars__gte=7).values_list("movie", flat=True)
        assert likes
        assert likes <= set(liked)
    assert not any(pick.reason for pick in recommend_to_group(members(), "average").items)


def test_a_movie_deleted_after_the_fit_is_not_listed(
    fitted: TrainingRun, even_fan: User, group: Group, members: Members
) -> None:
    first, second, *_ = ids(recommend_to_group(members(), "average"))
    Movie.objects.get(pk=first).delete()
    listed = ids(recommend_to_group(members(), "average"))
    assert first not in listed
    assert listed[0] == second


def test_a_person_left_out_of_training_counts_like_anybody(
    two_tastes: list[Movie], even_fan: User, group: Group, members: Members, numbers: Callable
) -> None:
    even_fan.trains_model = False
    even_fan.save()
    refit.refit(seed=7)
    listed = numbers(ids(recommend_to_group(members(), "average", n=8)))
    assert all(number % 2 == 0 for number in listed)


def test_guests_teach_the_model_nothing_and_move_no_average(
    two_tastes: list[Movie], rated_by_dora: Guest
) -> None:
    counts = list(Movie.objects.order_by("pk").values_list("n_ratings", "half_star_sum"))
    with_guest = refit.refit(seed=7)
    rated_by_dora.delete()
    without = refit.refit(seed=7)
    assert with_guest.data == without.data
    one, other = (
        list(run.movie_factors.order_by("movie").values_list("vector", "bias", "n_ratings"))
        for run in (with_guest, without)
    )
    assert [(bytes(v), b, n) for v, b, n in one] == [(bytes(v), b, n) for v, b, n in other]
    assert list(Movie.objects.order_by("pk").values_list("n_ratings", "half_star_sum")) == counts


def test_queries_do_not_grow_with_members_or_ratings(
    fitted: TrainingRun,
    even_fan: User,
    odd_fan: User,
    rated_by_dora: Guest,
    group: Group,
    members: Members,
    make_user: Callable[..., User],
    two_tastes: list[Movie],
    django_assert_num_queries: Callable,
) -> None:
    membership.join(group, odd_fan)
    there = members()
    recommend_to_group(there, "least_misery", there[0])
    with django_assert_num_queries(5):
        recommend_to_group(there, "least_misery", there[0])
    for number in range(6):
        user = make_user(f"friend{number}")
        for movie in two_tastes[number : number + 10]:
            Rating.objects.rate(user, movie, 3)
        membership.join(group, user)
    there = members()
    assert len(there) == 9
    with django_assert_num_queries(5):
        recommend_to_group(there, "least_misery", there[0], n=MAX_PICKS)


def test_each_members_boldness_counts(
    fitted: TrainingRun, even_fan: User, group: Group, members: Members
) -> None:
    plain = ids(recommend_to_group(members(), "average", n=24))
    even_fan.boldness = 2
    even_fan.save()
    bold = ids(recommend_to_group(members(), "average", n=24))
    assert bold == [item.movie_id for item in recommend.recommend(even_fan, n=24).items]
    assert bold != plain


def test_a_watchlist_that_stays_out_of_lists_stays_out_of_the_groups(
    fitted: TrainingRun, even_fan: User, bob: User, group: Group, members: Members
) -> None:
    membership.join(group, bob)
    first = ids(recommend_to_group(members(), "average"))[0]
    Mark.objects.add(bob, Movie.objects.get(pk=first), Mark.Kind.WATCHLIST)
    assert first in ids(recommend_to_group(members(), "average"))
    bob.watchlist_in_lists = False
    bob.save()
    assert first not in ids(recommend_to_group(members(), "average"))
