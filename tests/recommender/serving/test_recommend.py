"""Lists, predictions and neighbours, as the pages and the API get them."""

from collections.abc import Callable

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.core.ranking import half_steps
from recommender.models import TrainingRun, UserFactors
from recommender.serving import model_cache, recommend, users
from recommender.serving.predictions import predict
from recommender.training import refit
from tests.recommender.similar_ids import similar_ids

Numbers = Callable[[list[int]], list[int]]


def ids(answer: recommend.Recommendations) -> list[int]:
    return [item.movie_id for item in answer.items]


def test_it_works(fitted: TrainingRun, even_fan: User, numbers: Numbers) -> None:
    answer = recommend.recommend(even_fan, n=10)

    assert answer.source == "personal"
    assert answer.run_id == fitted.pk
    assert all(number % 2 == 0 for number in numbers(ids(answer)))
    assert all(item.stars > 3.5 for item in answer.items)
    shown = [(half_steps(item.stars), item.score) for item in answer.items]
    assert shown == sorted(shown, reverse=True)


def test_one_rating_is_enough_and_counts_at_once(
    fitted: TrainingRun, bob: User, two_tastes: list[Movie], numbers: Numbers
) -> None:
    assert recommend.recommend(bob).source == "popular"
    Rating.objects.rate(bob, two_tastes[1], 5)
    answer = recommend.recommend(bob)
    assert answer.source == "personal"
    liked = [item.score for item in answer.items if numbers([item.movie_id])[0] % 2 == 1]
    assert np.mean(liked) > np.mean([item.score for item in answer.items])


def test_a_changed_rating_changes_the_list_and_undo_restores_it_exactly(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    before = recommend.recommend(even_fan, n=30)
    for number in (0, 2, 4, 6, 8):
        Rating.objects.rate(even_fan, two_tastes[number], 0.5)
    changed = recommend.recommend(even_fan, n=30)
    assert ids(changed) != ids(before)
    for number in (0, 2, 4, 6, 8):
        Rating.objects.rate(even_fan, two_tastes[number], 5)
    assert recommend.recommend(even_fan, n=30) == before


def test_a_removed_rating_of_someone_in_the_fit_comes_back(
    fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    member = User.objects.get(username="set:3")
    before = recommend.recommend(member, n=5)
    taken = Rating.objects.unrate(member, Rating.objects.of(member).first().movie)
    assert recommend.recommend(member, n=5) != before
    Rating.objects.rate(member, taken.movie, taken.stars, rated_at=taken.rated_at)
    # As a new rating, which the run has not learned from: the last digits differ.
    after = recommend.recommend(member, n=5)
    assert [item.movie_id for item in after.items] == [item.movie_id for item in before.items]
    stars = [[item.stars for item in listed.items] for listed in (before, after)]
    assert stars[1] == pytest.approx(stars[0], abs=0.02)


def test_the_live_solution_is_the_stored_row(fitted: TrainingRun) -> None:
    model = model_cache.current_model()
    for row in UserFactors.objects.filter(run=fitted).select_related("user"):
        folded_in = users.fold_in_user(model, row.user).vector
        assert folded_in.bias == pytest.approx(row.bias, abs=1e-5)
        for live, stored in ((folded_in.vector, row.vector), (folded_in.interest, row.interest)):
            np.testing.assert_allclose(live, np.frombuffer(stored, "<f4"), atol=1e-5)


@pytest.mark.parametrize("kind", [Mark.Kind.NOT_INTERESTED, Mark.Kind.SEEN])
def test_rated_hidden_and_seen_movies_never_come_back(
    fitted: TrainingRun, even_fan: User, kind: str, two_tastes: list[Movie]
) -> None:
    first = ids(recommend.recommend(even_fan, n=1))[0]
    Mark.objects.add(even_fan, Movie.objects.get(pk=first), kind)

    listed = ids(recommend.recommend(even_fan, n=100))
    rated = set(Rating.objects.of(even_fan).values_list("movie_id", flat=True))
    assert first not in listed
    assert not rated & set(listed)
    assert len(listed) == len(two_tastes) - len(rated) - 1
    assert first not in similar_ids(two_tastes[12], n=100, user=even_fan)


def test_the_watchlist_hides_nothing(fitted: TrainingRun, even_fan: User) -> None:
    before = ids(recommend.recommend(even_fan, n=5))
    Mark.objects.add(even_fan, Movie.objects.get(pk=before[0]), Mark.Kind.WATCHLIST)
    assert ids(recommend.recommend(even_fan, n=5)) == before


def test_bobs_ratings_change_nothing_for_alice(
    fitted: TrainingRun, even_fan: User, bob: User, two_tastes: list[Movie]
) -> None:
    before = recommend.recommend(even_fan)
    Rating.objects.rate(bob, two_tastes[11], 5)
    assert recommend.recommend(even_fan) == before


def test_a_visitor_gets_well_loved_movies_by_damped_mean(
    fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    answer = recommend.recommend(AnonymousUser(), n=5)
    best = Movie.objects.order_by("-damped_average", "-n_ratings", "pk")[:5]
    assert answer.source == "popular"
    assert ids(answer) == [movie.pk for movie in best]


def test_without_any_model_the_list_is_popular_and_nothing_is_predicted(
    even_fan: User, two_tastes: list[Movie]
) -> None:
    answer = recommend.recommend(even_fan, n=50)
    rated = set(Rating.objects.of(even_fan).values_list("movie_id", flat=True))
    assert answer.source == "popular"
    assert answer.run_id is None
    assert len(answer.items) == len(two_tastes) - len(rated)
    assert not rated & set(ids(answer))
    assert predict(even_fan, [two_tastes[9].pk]) == {}


def test_predictions_are_on_the_star_scale_and_follow_taste(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    stars = predict(even_fan, [movie.pk for movie in two_tastes])
    assert set(stars) == {movie.pk for movie in two_tastes}
    assert all(0.5 <= value <= 5 for value in stars.values())
    even, odd = ([stars[movie.pk] for movie in two_tastes[start::2]] for start in (0, 1))
    assert min(even) > max(odd)


def test_a_movie_added_after_the_fit_breaks_nothing(
    fitted: TrainingRun, even_fan: User, make_movie: Callable[..., Movie]
) -> None:
    new = make_movie("Brand new", 2026)
    before = recommend.recommend(even_fan)
    assert 0.5 <= predict(even_fan, [new.pk])[new.pk] <= 5  # placed by its genres and year
    Rating.objects.rate(even_fan, new, 5)
    assert recommend.recommend(even_fan) == before


def test_a_movie_deleted_after_the_fit_is_not_listed(fitted: TrainingRun, even_fan: User) -> None:
    first, second, *_ = ids(recommend.recommend(even_fan))
    Movie.objects.get(pk=first).delete()
    listed = ids(recommend.recommend(even_fan, n=10))
    assert first not in listed
    assert listed[0] == second
    assert len(listed) == 10


def test_similar_movies_share_their_audience(
    fitted: TrainingRun, two_tastes: list[Movie], numbers: Numbers
) -> None:
    neighbours = similar_ids(two_tastes[10], n=8)
    assert two_tastes[10].pk not in neighbours
    assert all(number % 2 == 0 for number in numbers(neighbours))


def test_a_movie_the_model_does_not_know_has_its_genre_for_neighbours(
    fitted: TrainingRun, make_movie: Callable[..., Movie], make_rating: Callable, bob: User
) -> None:
    other = make_movie("A western", 1960, "Western")
    make_rating(bob, other, 5)
    new = make_movie("Another western", 1961, "Western")
    assert similar_ids(new) == [other.pk]


def test_an_opted_out_person_still_gets_a_personal_list(
    two_tastes: list[Movie], even_fan: User, numbers: Numbers
) -> None:
    even_fan.trains_model = False
    even_fan.save()
    run = refit.refit(seed=7)
    assert not UserFactors.objects.filter(run=run, user=even_fan).exists()
    listed = numbers(ids(recommend.recommend(even_fan, n=8)))
    assert all(number % 2 == 0 for number in listed)


def test_a_switch_of_runs_is_seen_by_the_next_request(fitted: TrainingRun, even_fan: User) -> None:
    recommend.recommend(even_fan)
    second = refit.refit(seed=8)
    assert recommend.recommend(even_fan).run_id == second.pk
    refit.activate(fitted)
    assert recommend.recommend(even_fan).run_id == fitted.pk


def test_queries_do_not_grow_with_history(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie], django_assert_max_num_queries
) -> None:
    recommend.recommend(even_fan)
    with django_assert_max_num_queries(5) as few:
        recommend.recommend(even_fan)
    for movie in two_tastes[10:30]:
        Rating.objects.rate(even_fan, movie, 3)
    with django_assert_max_num_queries(5) as many:
        recommend.recommend(even_fan)
    assert _count(few) == _count(many)


def _count(captured: CaptureQueriesContext) -> int:
    return len(captured.captured_queries)
