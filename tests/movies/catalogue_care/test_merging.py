"""Merging duplicates: what follows, which of two rows stays."""

from collections.abc import Callable

import pytest

from accounts.models import User
from movies.catalogue_care.merging import MergeError, merge, move_late_rows
from movies.catalogue_care.movie_rows import FOLLOWING, STAYING
from movies.models import (
    EarlierRating,
    ListEntry,
    Mark,
    Movie,
    MovieList,
    MovieMerge,
    Rating,
    TmdbPoster,
    Viewing,
)
from tests.movies.catalogue_care.conftest import LONG_AGO

Pair = tuple[Movie, Movie]


def test_it_works(everything: Pair, bob: User) -> None:
    kept, double = everything
    merge(kept.pk, double.pk)
    assert Rating.objects.get(user=bob).movie == kept
    assert Movie.objects.filter(title="Solaris").count() == 0
    double.refresh_from_db()
    assert double.merged_into == kept
    assert double.retired_at is not None


def test_every_model_with_a_movie_is_thought_of() -> None:
    found = {
        relation.related_model._meta.label
        for relation in Movie._meta.get_fields(include_hidden=True)
        if relation.one_to_many or relation.one_to_one
        if not relation.related_model._meta.auto_created
    }
    assert found == {rows.label for rows in FOLLOWING} | STAYING


def test_nothing_is_left_with_the_duplicate(everything: Pair) -> None:
    kept, double = everything
    n = {rows.label: rows.of(kept.pk).count() + rows.of(double.pk).count() for rows in FOLLOWING}
    assert all(n.values()), "the fixture has a row of each kind"
    merge(kept.pk, double.pk)
    for rows in FOLLOWING:
        assert not rows.of(double.pk).exists(), rows.label


def test_the_newer_rating_stays_and_the_older_becomes_history(
    everything: Pair, alice: User
) -> None:
    kept, double = everything
    merge(kept.pk, double.pk)
    assert [one.stars for one in Rating.objects.of(alice)] == [4.5]
    earlier = EarlierRating.objects.get(user=alice)
    assert (earlier.movie, earlier.stars, earlier.rated_at) == (kept, 2, LONG_AGO)


def test_an_older_rating_of_the_duplicate_gives_way(pair: Pair, alice: User) -> None:
    kept, double = pair
    Rating.objects.rate(alice, double, 1, rated_at=LONG_AGO)
    Rating.objects.filter(movie=double).update(updated_at=LONG_AGO)
    Rating.objects.rate(alice, kept, 5)
    merge(kept.pk, double.pk)
    assert [(one.movie, one.stars) for one in Rating.objects.of(alice)] == [(kept, 5)]


def test_lists_marks_and_diary_follow(everything: Pair, alice: User, bob: User) -> None:
    kept, double = everything
    merge(kept.pk, double.pk)
    for user in (alice, bob):
        assert Mark.objects.get(user=user).movie == kept
        assert ListEntry.objects.get(movie_list__owner=user).movie == kept
    assert Viewing.objects.of(alice).filter(movie=kept).count() == 2
    assert MovieList.objects.with_counts().get(owner=alice).n_entries == 1


def test_counts_and_published_figures_are_right(everything: Pair) -> None:
    kept, double = everything
    merge(kept.pk, double.pk)
    kept.refresh_from_db()
    double.refresh_from_db()
    given = list(Rating.objects.filter(movie=kept).values_list("half_stars", flat=True))
    assert (kept.n_ratings, kept.half_star_sum) == (8, sum(given)) == (len(given), sum(given))
    assert (kept.published_count, kept.published_half_star_sum) == (8, sum(given))
    assert sum(kept.published_spread) == 8
    assert (double.n_ratings, double.half_star_sum) == (0, 0)


def test_missing_facts_are_filled_in_and_own_ones_stand(everything: Pair) -> None:
    kept, double = everything
    merge(kept.pk, double.pk)
    kept.refresh_from_db()
    assert (kept.title, kept.imdb_id, kept.year) == ("Solyaris", "tt0069293", 1972)
    assert (kept.runtime, kept.movielens_id, kept.countries) == (167, 2069, "SU")
    assert kept.fact_sources["runtime"]["source"] == "wikidata"
    assert sorted(genre.name for genre in kept.genres.all()) == ["Drama", "Sci-Fi"]
    assert sorted(kept.credits.values_list("role", flat=True)) == ["cast", "director"]
    titles = set(kept.alternative_titles.values_list("title", flat=True))
    assert titles == {"Solaris", "Soljaris"}
    assert kept.original_title == "Солярис"


def test_the_picture_follows_with_the_day_it_has_to_go(everything: Pair) -> None:
    kept, double = everything
    merge(kept.pk, double.pk)
    kept.refresh_from_db()
    assert kept.poster_file == f"{double.pk}-tmdb-abc"
    assert TmdbPoster.objects.get(movie=kept).fetched_at is not None


def test_a_chain_of_merges_leads_to_the_last(make_movie: Callable[..., Movie]) -> None:
    first, second, third = (make_movie(f"Alien {n}") for n in range(3))
    merge(second.pk, first.pk)
    merge(third.pk, second.pk)
    assert Movie.everything.survivors([first.pk, second.pk, third.pk]) == {
        first.pk: third.pk,
        second.pk: third.pk,
        third.pk: third.pk,
    }


def test_a_rating_that_came_too_late_follows(pair: Pair, alice: User) -> None:
    kept, double = pair
    merge(kept.pk, double.pk)
    Rating.objects.rate(alice, double, 4)  # a request that had read the movie before
    assert move_late_rows() == 1
    assert Rating.objects.get(user=alice).movie == kept


def test_what_cannot_be_merged(pair: Pair, make_movie: Callable[..., Movie]) -> None:
    kept, double = pair
    for survivor, merged in ((kept.pk, kept.pk), (kept.pk, 10**6), (10**6, kept.pk)):
        with pytest.raises(MergeError):
            merge(survivor, merged)
    merge(kept.pk, double.pk)
    other = make_movie("Other")
    for survivor, merged in ((kept.pk, double.pk), (double.pk, other.pk)):
        with pytest.raises(MergeError):
            merge(survivor, merged)
    assert MovieMerge.objects.count() == 1
