"""The taste page: what it shows, to whom, and from how little."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from movies.models import Genre, Movie, Rating
from recommender.models import LoggedPrediction, TasteMap, TrainingRun
from recommender.serving import model_cache
from recommender.taste.map import MovieMap
from recommender.taste.map_plot import plot
from recommender.taste.rated_movies import Shelf
from recommender.taste.report import taste_of
from recommender.training import refit

PAGE, API = "/me/taste/", "/api/v1/me/taste/"
HTMX = {"HX-Request": "true"}


def page_of(client: Client, address: str = PAGE, **extra: object) -> str:
    answer = client.get(address, **extra)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def told(fitted: TrainingRun, even_fan: User, alices_client: Client) -> Callable[[], dict]:
    """What the API says of alice's taste now."""
    return lambda: alices_client.get(API).json()


def test_it_works(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    content = page_of(alices_client)
    assert "What 7 ratings say about you" in content
    for heading in ("Where you stand", "How you give stars", "What you lean to", "We said"):
        assert heading in content
    assert content.count("<circle id=") == 40
    assert 'id="map-you"' in content
    assert "Movie 12 (1992)" in content


def test_the_first_axis_tells_the_two_tastes_apart_and_alice_stands_on_her_side(
    told: Callable[[], dict], numbers: Callable[[list[int]], list[int]]
) -> None:
    axis = told()["axes"][0]
    sides = [{n % 2 for n in numbers([m["id"] for m in axis[end]])} for end in ("low", "high")]
    assert sorted(map(tuple, sides)) == [(0,), (1,)]
    assert axis["share"] > 0.5
    place = axis["standing"]["place"]
    assert (place > 0) == (sides[1] == {0})
    assert abs(place) > axis["standing"]["uncertainty"]
    # Worth more stars to her than to the mean person, and further out than half of the people.
    assert (axis["standing"]["stars"] > 0) == (place > 0)
    assert (axis["standing"]["below"] > 0.5) == (place > 0)


def test_stars_along_an_axis_are_those_of_the_prediction(
    fitted: TrainingRun, even_fan: User
) -> None:
    """One deviation along each axis changes the prediction by what the page says."""
    taste = taste_of(even_fan)
    atlas, items = taste.atlas, model_cache.current_model().items
    person = np.array([one.place * one.axis.people_spread for one in taste.standing])
    for number, standing in enumerate(taste.standing):
        step = atlas.loadings[:, number] * atlas.spreads[number]
        assert atlas.loadings.T @ step == pytest.approx(
            np.eye(atlas.n_axes)[number] * atlas.spreads[number], abs=1e-4
        )
        assert person[number] * atlas.spreads[number] == pytest.approx(standing.stars)
    rows = model_cache.current_model().rows(atlas.movie_ids)
    np.testing.assert_allclose(atlas.places_of(items, rows), atlas.places, atol=1e-4)


def test_a_rating_moves_the_person_at_once(
    told: Callable[[], dict], even_fan: User, two_tastes: list[Movie]
) -> None:
    before = told()
    for number in (0, 2, 4, 6, 8):
        Rating.objects.rate(even_fan, two_tastes[number], 0.5)
    for number in (1, 3):
        Rating.objects.rate(even_fan, two_tastes[number], 5)
    after = told()
    was, now = (answer["axes"][0]["standing"]["place"] for answer in (before, after))
    assert was * now < 0
    assert after["map"] == before["map"]


class TestWho:
    def test_visitors_are_led_to_the_login(self, client: Client, db: None) -> None:
        answer = client.get(PAGE)
        assert answer.status_code == 302
        assert answer.url == f"/accounts/login/?next={PAGE}"
        assert client.get(API).status_code == 401

    def test_bob_sees_nothing_of_alices_taste(
        self, fitted: TrainingRun, even_fan: User, alices_client: Client, bobs_client: Client
    ) -> None:
        before = page_of(bobs_client)
        for movie in Movie.objects.all():
            Rating.objects.rate(even_fan, movie, 5)
        # Movies' public means moved with her ratings; his page has no figure of hers.
        assert re.sub(r'value="\w{64}"|"X-CSRFToken": "\w+"', "", page_of(bobs_client)) == re.sub(
            r'value="\w{64}"|"X-CSRFToken": "\w+"', "", before
        )
        assert "alice" not in page_of(bobs_client)

    def test_members_find_it_in_the_navigation(
        self, alices_client: Client, client: Client, db: None
    ) -> None:
        assert f'href="{PAGE}"' in page_of(alices_client, "/movies/")
        assert f'href="{PAGE}"' not in page_of(client, "/movies/")


class TestLittle:
    def test_nobody_rated_anything(self, alices_client: Client, make_movie: Callable) -> None:
        content = page_of(alices_client)
        assert "You have not rated anything yet" in content
        assert "come with the next refit" in content
        assert alices_client.get(API).json()["axes"] == []

    def test_without_own_ratings_there_is_the_map_and_the_way_to_rate(
        self, fitted: TrainingRun, bobs_client: Client
    ) -> None:
        content = page_of(bobs_client)
        assert "The map of movies" in content
        assert 'id="map-you"' not in content
        assert "Rate your first movies" in content
        assert bobs_client.get(API).json()["axes"][0]["standing"] is None

    @pytest.mark.parametrize("n", [1, 2])
    def test_one_rating_is_a_place_with_much_left_open(
        self, n: int, fitted: TrainingRun, bob: User, bobs_client: Client, two_tastes: list[Movie]
    ) -> None:
        for movie in two_tastes[:n]:
            Rating.objects.rate(bob, movie, 4)
        content = page_of(bobs_client)
        assert 'id="map-you"' in content
        assert "No genre has three of your ratings" in content
        answer = bobs_client.get(API).json()
        assert answer["figures"]["generosity"] is None
        assert answer["axes"][0]["standing"]["uncertainty"] > 0.1

    def test_the_uncertainty_shrinks_with_ratings(
        self, fitted: TrainingRun, bob: User, two_tastes: list[Movie]
    ) -> None:
        left_open = []
        for movie in two_tastes[:20]:
            Rating.objects.rate(bob, movie, 4)
            left_open.append(taste_of(bob).standing[0].uncertainty)
        assert left_open[0] > left_open[5] > left_open[19] > 0

    def test_without_a_run_own_figures_stand_alone(
        self, even_fan: User, alices_client: Client
    ) -> None:
        content = page_of(alices_client)
        assert "come with the next refit" in content
        assert "How you give stars" in content
        figures = alices_client.get(API).json()["figures"]
        assert figures["n"] == 7
        assert figures["everyones_mean"] is None

    def test_a_run_from_before_the_map_says_that_it_comes(
        self, fitted: TrainingRun, even_fan: User, alices_client: Client
    ) -> None:
        TasteMap.objects.all().delete()
        assert "come with the next refit" in page_of(alices_client)

    def test_a_site_with_few_movies_has_no_map(
        self, alice: User, alices_client: Client, make_movie: Callable, make_rating: Callable
    ) -> None:
        for number in range(12):
            make_rating(alice, make_movie(f"Movie {number}"), 0.5 + number % 10 / 2)
        run = refit.refit(seed=1, force=True)
        assert run.is_active
        assert "too few rated movies" in page_of(alices_client)

    def test_movies_deleted_since_the_run_are_gone_from_the_map(
        self, fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
    ) -> None:
        for movie in two_tastes[10:]:
            movie.delete()
        content = page_of(alices_client)
        assert content.count("<circle id=") == 10
        assert "Movie 12" not in content


class TestFigures:
    def test_the_distribution_is_ones_own_beside_everybodys(self, told: Callable) -> None:
        figures = told()["figures"]
        own = {step["stars"]: step for step in figures["distribution"]}
        assert own[5.0]["n"] == 5
        assert own[1.0]["share"] == pytest.approx(2 / 7)
        assert sum(step["everyone"] for step in figures["distribution"]) == pytest.approx(1)
        assert own[3.0]["everyone"] == 0
        assert figures["mean"] == pytest.approx(27 / 7)

    def test_the_others_mean_leaves_oneself_out(
        self, alice: User, make_movie: Callable, make_user: Callable
    ) -> None:
        movie = make_movie("Divisive", 1999, "Horror")
        for number in range(6):
            Rating.objects.rate(make_user(f"u{number}"), movie, 2)
        Rating.objects.rate(alice, movie, 5)
        (contrarian,) = taste_of(alice).figures.contrarian
        assert (contrarian.stars, contrarian.others, contrarian.n_others) == (5, 2, 6)

    def test_what_four_others_gave_is_not_told(
        self, alice: User, make_movie: Callable, make_user: Callable
    ) -> None:
        movie = make_movie()
        for number in range(4):
            Rating.objects.rate(make_user(f"u{number}"), movie, 1)
        Rating.objects.rate(alice, movie, 5)
        figures = taste_of(alice).figures
        assert not figures.contrarian
        assert figures.genres == []

    @pytest.mark.parametrize(
        ("stars", "said"),
        [
            ((3, 3, 3, 3, 3, 3), "About as generous as others"),
            ((5, 1, 5, 1, 5, 2), "About as generous as others"),  # 0.17 more, give or take 0.83
            ((4, 3.5, 4, 3.5, 4, 3.5), "More generous than others"),
            ((2, 2.5, 2, 2.5, 2, 2.5), "Stricter than others"),
        ],
    )
    def test_generous_is_only_who_clearly_is(
        self, alices_client: Client, alice: User, make_movie: Callable, make_user: Callable,
        stars: tuple[float, ...], said: str,
    ) -> None:  # fmt: skip
        others = [make_user(f"u{number}") for number in range(5)]
        for number, own in enumerate(stars):
            movie = make_movie(f"Story {number}", 1980)
            for other in others:
                Rating.objects.rate(other, movie, 3)
            Rating.objects.rate(alice, movie, own)
        content = page_of(alices_client)
        assert said in content
        assert sum(content.count(f"{one} than others") for one in ("generous", "Stricter")) == (
            "than" in said
        )

    def test_a_leaning_is_damped_and_compared_with_ones_usual_distance(
        self, alice: User, make_movie: Callable, make_user: Callable
    ) -> None:
        others = [make_user(f"u{number}") for number in range(5)]
        for number in range(8):
            movie = make_movie(f"Story {number}", 1980, "Horror" if number < 4 else "Comedy")
            for other in others:
                Rating.objects.rate(other, movie, 3)
            Rating.objects.rate(alice, movie, 5 if number < 4 else 4)
        horror, comedy = taste_of(alice).figures.genres
        assert (horror.name, horror.n, horror.mean, horror.others) == ("Horror", 4, 5, 3)
        # 2 stars above the others there, 1.5 usually; four ratings and five that show nothing.
        assert horror.lean == pytest.approx(4 * (2 - 1.5) / 9)
        assert comedy.lean == pytest.approx(-horror.lean)
        (eighties,) = taste_of(alice).figures.decades
        assert (eighties.name, eighties.lean) == ("1980s", pytest.approx(0))

    def test_two_ratings_are_no_leaning(
        self, alice: User, make_movie: Callable, make_user: Callable
    ) -> None:
        others = [make_user(f"u{number}") for number in range(5)]
        for number in range(2):
            movie = make_movie(f"Story {number}", None, "Horror")
            for other in (*others, alice):
                Rating.objects.rate(other, movie, 3)
        (horror,) = taste_of(alice).figures.genres
        assert horror.lean is None
        assert taste_of(alice).figures.decades == []

    def test_months_without_ratings_are_counted_too(
        self, alice: User, make_movie: Callable
    ) -> None:
        def rate(number: int, moment: datetime) -> None:
            Rating.objects.rate(alice, make_movie(f"M{number}"), 3, rated_at=moment)

        moment = timezone.make_aware(datetime(2023, 11, 5, 12))
        rate(0, moment)
        rate(1, moment + timedelta(days=90))
        periods = taste_of(alice).figures.periods
        assert [(one.first.month, one.n) for one in periods] == [(11, 1), (12, 0), (1, 0), (2, 1)]
        rate(2, moment.replace(year=1903))
        periods = taste_of(alice).figures.periods
        assert len(periods) == 40
        assert not periods[0].is_month
        assert periods[-1].n == 1

    def test_everyone_is_silent_while_they_are_few(
        self, alice: User, bob: User, make_movie: Callable
    ) -> None:
        for number in range(30):
            movie = make_movie(f"Movie {number}")
            Rating.objects.rate(alice, movie, 4)
            Rating.objects.rate(bob, movie, 0.5 + number % 10 / 2)
        assert refit.refit(seed=1, force=True).is_active
        figures = taste_of(alice).figures
        assert figures.everyones_mean is None
        assert all(step.everyone is None for step in figures.distribution)


class TestSaid:
    def test_errors_are_counted_and_the_largest_shown(
        self,
        fitted: TrainingRun,
        even_fan: User,
        alices_client: Client,
        two_tastes: list[Movie],
    ) -> None:
        assert "Nothing to compare yet" in page_of(alices_client)
        for number, predicted, shown in ((0, 4.5, True), (1, 4.0, False), (2, 4.9, True)):
            rating = Rating.objects.get(user=even_fan, movie=two_tastes[number])
            LoggedPrediction.objects.create(
                user=even_fan,
                movie=rating.movie,
                run=fitted,
                predicted=predicted,
                half_stars=rating.half_stars,
                prediction_shown=shown,
                rated_at=rating.rated_at,
            )
        said = alices_client.get(API).json()["said"]
        assert said["n"] == 3
        assert said["mean_error"] == pytest.approx((0.5 + 3.0 + 0.1) / 3)
        assert (said["n_shown"], said["n_hidden"], said["hidden_error"]) == (2, 1, 3.0)
        first = said["surprises"][0]
        assert (first["movie"]["title"], first["predicted"], first["stars"]) == ("Movie 1", 4, 1)
        content = page_of(alices_client)
        assert "from 3 ratings that we had predicted" in content
        assert "So few say little" in content


class TestMap:
    def test_planes_and_genres_are_chosen_by_address(
        self, fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
    ) -> None:
        western = Genre.objects.create(name="Western", slug="western")
        western.movies.add(*two_tastes[:3])
        content = page_of(alices_client, f"{PAGE}?x=3&y=1&genre=western")
        assert "axes 3 and 1" in content
        dimmed = re.findall(r'<g class="\w+ dim">(.*?)</g>', content)
        assert "".join(dimmed).count("<circle") == 37
        # The same in words comes when it is asked for.
        assert content.count("data-point=") == 0
        table = page_of(alices_client, f"{PAGE}?x=3&y=1&genre=western&table=1")
        assert table.count("data-point=") == 3

    @pytest.mark.parametrize(
        "query", ["x=9&y=0", "x=-1", "x=%C2%B2&y=1e9", "genre=%00", "genre=nothing", "x=1&y=1"]
    )
    def test_nonsense_is_the_first_plane(
        self, query: str, fitted: TrainingRun, even_fan: User, alices_client: Client
    ) -> None:
        content = page_of(alices_client, f"{PAGE}?{query}")
        assert "axes 1 and 2" in content
        assert " dim" not in content

    def test_htmx_gets_the_map_alone(
        self, fitted: TrainingRun, even_fan: User, alices_client: Client
    ) -> None:
        content = page_of(alices_client, f"{PAGE}?x=2&y=3", headers=HTMX)
        assert content.lstrip().startswith('<div id="taste-map">')
        assert "axes 2 and 3" in content
        assert "<h1>" not in content

    def test_labels_collide_with_nothing_and_stay_inside(
        self, fitted: TrainingRun, even_fan: User
    ) -> None:
        taste = taste_of(even_fan)
        drawn = plot(taste.atlas, taste.shelf, taste.standing)
        from movies.posters.drawn.font_metrics import width

        for labels, size in zip((drawn.wide_labels, drawn.narrow_labels), drawn.fonts, strict=True):
            assert len(labels) >= 5
            boxes = []
            for label in labels:
                long = width(label.text, "display") * size
                left = label.x - {"start": 0, "middle": long / 2, "end": long}[label.anchor]
                boxes.append((left, label.y - 0.8 * size, left + long, label.y))
            for k, (left, top, right, bottom) in enumerate(boxes):
                assert left >= 0
                assert top >= 0
                assert max(right, bottom) <= drawn.size
                for other in boxes[k + 1 :]:
                    apart = right <= other[0] or other[2] <= left
                    assert apart or bottom <= other[1] or other[3] <= top

    def test_the_ones_own_movies_beside_the_best_known_are_there(
        self, fitted: TrainingRun, even_fan: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("recommender.taste.map_builder.N_MOVIES", 20)
        refit.refit(seed=8, force=True)
        model_cache.forget_model()
        taste = taste_of(even_fan)
        assert len(taste.atlas.movie_ids) == 20
        drawn = plot(taste.atlas, taste.shelf, taste.standing, more=taste.beside)
        rated = {one.movie.pk for one in taste.shelf.rated}
        assert rated <= {point.movie.pk for point in drawn.points}
        assert len(taste.beside[0]) > 0


def correlation(before: MovieMap, after: MovieMap, axis: int = 0) -> float:
    """Of the movies' places along an axis of two maps."""
    order = [before.movie_ids.tolist().index(pk) for pk in after.movie_ids.tolist()]
    return float(np.corrcoef(before.places[order, axis], after.places[:, axis])[0, 1])


class TestRefits:
    def test_a_refit_with_another_seed_keeps_the_picture(self, fitted: TrainingRun) -> None:
        before = MovieMap.of_run(fitted.pk)
        second, third = refit.refit(seed=99), refit.refit(seed=4)
        assert third.is_active
        # Both onto the first: turned onto the last one each time, axes would walk away.
        for run in (second, third):
            assert TasteMap.objects.get(run=run).content["aligned_to"] == fitted.pk
            assert correlation(before, MovieMap.of_run(run.pk)) > 0.95

    def test_a_mirrored_picture_is_kept_mirrored(self, fitted: TrainingRun) -> None:
        """What is on show decides, not the rule for a first picture."""
        stored = TasteMap.objects.get()
        stored.content["places"] = (-np.array(stored.content["places"])).tolist()
        stored.save()
        before = MovieMap.of_run(fitted.pk)
        again = refit.refit(seed=7)
        assert correlation(before, MovieMap.of_run(again.pk)) > 0.95

    def test_a_picture_that_no_longer_fits_is_drawn_anew(self, fitted: TrainingRun) -> None:
        stored = TasteMap.objects.get()
        shuffled = np.random.default_rng(3).permutation(np.array(stored.content["places"]))
        stored.content["places"] = shuffled.tolist()
        stored.save()
        again = refit.refit(seed=7)
        assert TasteMap.objects.get(run=again).content["aligned_to"] is None

    def test_maps_of_pruned_runs_are_deleted(self, fitted: TrainingRun) -> None:
        for seed in range(4):
            refit.refit(seed=seed)
        assert TasteMap.objects.count() == refit.RUNS_KEPT
        assert not TasteMap.objects.filter(run=fitted).exists()

    def test_a_map_that_fails_does_not_keep_the_run_from_serving(
        self, two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch, caplog: object
    ) -> None:
        def fail(*args: object) -> None:
            raise np.linalg.LinAlgError("did not converge")

        monkeypatch.setattr("recommender.taste.map_builder.principal_components", fail)
        run = refit.refit(seed=7)
        assert run.is_active
        assert not TasteMap.objects.exists()
        assert "has no taste map" in caplog.text

    def test_what_is_stored_is_small_json(self, fitted: TrainingRun) -> None:
        content = TasteMap.objects.get(run=fitted).content
        assert len(json.dumps(content)) < 30_000
        assert len(content["movies"]) == len(content["places"]) == 40
        assert content["everyone"]["raters"] == 40


@pytest.mark.parametrize("address", [PAGE, API])
def test_the_number_of_queries_is_small_and_constant(
    address: str,
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            alices_client.get(address)
        # Without those of the API's limits, which stand in a table where there is no Redis.
        return sum("FROM" in one["sql"] and "cfsite_cache" not in one["sql"] for one in asked)

    n_queries()
    few = n_queries()
    for movie in two_tastes[10:30]:
        Rating.objects.rate(even_fan, movie, 3)
    assert n_queries() == few <= 8


def test_the_policy_is_kept(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    answer = alices_client.get(PAGE)
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert not re.search(r"<[^>]+\sstyle=|<style|\son\w+=|<script>", answer.content.decode())


def test_the_shelf_asks_twice(
    even_fan: User, two_tastes: list[Movie], django_assert_num_queries: Callable
) -> None:
    ids = [movie.pk for movie in two_tastes[:20]]
    with django_assert_num_queries(2):
        shelf = Shelf.of(even_fan, ids)
        assert len(shelf.movies) == 20
        assert [str(one.movie) for one in shelf.rated][-1] == "Movie 0 (1980)"
