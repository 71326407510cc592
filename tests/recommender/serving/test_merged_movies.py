"""After a merge, the surviving movie stands on the better known row of the run, at once."""

import numpy as np
import pytest

from accounts.models import User
from movies.catalogue_care.merging import merge, undo
from movies.models import Movie, Rating
from recommender.core import ItemFactors
from recommender.merged_movies import Merges
from recommender.models import MovieFactors, TrainingRun
from recommender.serving import model_cache
from recommender.serving.predictions import predict
from recommender.serving.recommend import recommend
from recommender.serving.similar import similar_movies


@pytest.fixture
def unknown(fitted: TrainingRun) -> Movie:
    """Added after the run: a duplicate that nobody knows."""
    return Movie.objects.create(title="Movie 0 (again)", year=1980)


def test_predictions_follow_the_better_known_movie(
    two_tastes: list[Movie], unknown: Movie, even_fan: User
) -> None:
    known = two_tastes[10]
    before = predict(even_fan, [known.pk])[known.pk]
    assert predict(even_fan, [unknown.pk])[unknown.pk].spread > before.spread  # only placed
    done = merge(unknown.pk, known.pk)
    after = predict(even_fan, [unknown.pk, known.pk])
    assert after == {unknown.pk: before}
    assert after[unknown.pk].spread == pytest.approx(before.spread)
    undo(done.pk)
    assert predict(even_fan, [known.pk]) == {known.pk: before}


def test_lists_and_similar_movies_follow(
    two_tastes: list[Movie], unknown: Movie, even_fan: User
) -> None:
    first = recommend(even_fan, n=3).items[0].movie_id
    similar = similar_movies(Movie.objects.get(pk=first), n=5)
    merge(unknown.pk, first)
    assert recommend(even_fan, n=3).items[0].movie_id == unknown.pk
    assert similar_movies(unknown, n=5) == similar
    assert unknown in similar_movies(similar[0], n=20)


def test_a_members_own_rating_is_not_counted_into_the_movie_twice(
    two_tastes: list[Movie], unknown: Movie
) -> None:
    """The row holds ratings under the merged movie's id; predictions stay what they were."""
    member = User.objects.get(username="set:3")
    rated = Rating.objects.of(member).order_by("pk").first().movie
    others = [movie.pk for movie in two_tastes if movie != rated][:10]
    before = predict(member, others)
    merge(unknown.pk, rated.pk)
    assert Rating.objects.of(member).filter(movie=unknown).exists()
    after = predict(member, others)
    np.testing.assert_allclose(
        [after[pk] for pk in others], [before[pk] for pk in others], atol=1e-6
    )


def test_the_stored_rows_stay(two_tastes: list[Movie], fitted: TrainingRun) -> None:
    n = MovieFactors.objects.filter(run=fitted).count()
    merge(two_tastes[0].pk, two_tastes[2].pk)
    assert MovieFactors.objects.filter(run=fitted).count() == n


def test_another_process_notices(two_tastes: list[Movie], fitted: TrainingRun) -> None:
    other = model_cache.ModelCache()
    assert other.active_model().rows([two_tastes[2].pk])[0] >= 0
    done = merge(two_tastes[0].pk, two_tastes[2].pk)
    assert other.active_model().rows([two_tastes[2].pk])[0] == -1
    undo(done.pk)
    assert other.active_model().rows([two_tastes[2].pk])[0] >= 0


def test_of_several_rows_the_best_known_counts(fitted: TrainingRun) -> None:
    items = model_cache.current_model().items
    by_n = items.item_ids[np.argsort(items.n_ratings, kind="stable")].tolist()
    least, middle, most = by_n[0], by_n[20], by_n[-1]
    merged = Merges(1, {middle: least, most: least}).apply(items)
    _same_row(merged, least, items, most)
    assert not {middle, most} & set(merged.item_ids.tolist())
    assert np.all(np.diff(merged.item_ids) > 0)
    _same_row(merged, by_n[5], items, by_n[5])
    same = Merges(1, {least: most}).apply(items)
    _same_row(same, most, items, most)


def _same_row(a: ItemFactors, a_id: int, b: ItemFactors, b_id: int) -> None:
    [row], [other] = a.index_of([a_id]), b.index_of([b_id])
    for name in ("ranking", "implicit", "variance", "n_ratings", "bias"):
        np.testing.assert_array_equal(getattr(a, name)[row], getattr(b, name)[other])
