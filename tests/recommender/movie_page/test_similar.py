"""Similar movies and the ways to steer them: on the movie's page, as a fragment, in the API."""

import random
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client

from accounts.models import User
from movies.models import Genre, Mark, Movie, Rating
from recommender.models import TrainingRun
from recommender.serving.similar_steering import DIRECTIONS, Steer
from recommender.training import refit
from tests.api.problems import wrong
from tests.recommender.similar_ids import similar_ids
from tests.saved_rows import SavedRows, made_and_removed

HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def saved_world(django_db_setup: None, django_db_blocker: Any) -> SavedRows:
    with django_db_blocker.unblock(), made_and_removed() as save:
        make_world()
        return save()


@pytest.fixture
def world(db: None, saved_world: SavedRows) -> list[Movie]:
    """90 movies of three genres, of all years and of very different fame, liked by genre."""
    saved_world.insert()
    return list(Movie.objects.order_by("pk"))


def make_world() -> None:
    draw = random.Random(3)
    names = ["Horror", "Comedy", "Western"]
    genres = [Genre.objects.create(name=name, slug=name.lower()) for name in names]
    movies = []
    for n in range(90):
        year = draw.randrange(1940, 2020) if n else None
        movies.append(Movie.objects.create(title=f"Movie {n}", year=year))
        movies[n].genres.add(genres[n % 3])
    for movie in movies[5::6]:
        movie.genres.add(genres[0])
    people = User.objects.bulk_create(
        User(username=f"set:{n}", is_active=False, is_dataset_member=True) for n in range(60)
    )
    known = [draw.uniform(0.15, 0.95) for _ in movies]
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=draw.choice((8, 9) if liked else (2, 4, 5)))
        for n, user in enumerate(people)
        for movie, fame in zip(movies, known, strict=True)
        if draw.random() < (fame if (liked := movie.pk % 3 == n % 3) else fame / 2)
    )
    assert refit.refit(seed=2).state == TrainingRun.State.READY


def mean(ids: list[int], fact: Callable[[Movie], float | None]) -> float:
    facts = [fact(movie) for movie in Movie.objects.filter(pk__in=ids)]
    return float(np.mean([value for value in facts if value is not None]))


def shown(content: bytes) -> list[int]:
    section = content.decode().split('id="similar"', 1)[1]
    return [int(pk) for pk in re.findall(r'<li class="movie">\s*<a href="/movies/(\d+)-', section)]


def test_it_works(world: list[Movie]) -> None:
    plain = similar_ids(world[4], n=12)
    assert len(plain) == 12
    same = [pk for pk in plain if pk % 3 == world[4].pk % 3]
    assert len(same) >= 10, "liked by the same people"


@pytest.mark.parametrize("place", [4, 20, 51])
def test_each_direction_does_what_it_says(world: list[Movie], place: int) -> None:
    def steered(*directions: str, genre: Genre | None = None) -> list[int]:
        return similar_ids(world[place], n=12, steer=Steer.towards(directions, genre))

    plain = steered()
    years = [mean(ids, lambda m: m.year) for ids in (steered("older"), plain, steered("newer"))]
    assert years == sorted(years)
    assert years[2] - years[0] > 15
    known = [
        mean(ids, lambda m: m.n_ratings)
        for ids in (steered("less-known"), plain, steered("better-known"))
    ]
    assert known == sorted(known)
    assert known[2] > 1.3 * known[0]
    for genre in Genre.objects.all():
        of_genre = set(genre.movies.values_list("pk", flat=True))
        more = len(of_genre & set(steered(genre=genre)))
        assert more > len(of_genre & set(plain)) or more == 12


def test_older_is_older_than_the_movie_itself(world: list[Movie]) -> None:
    """Also where one candidate is so old that, by plain years, all others would be alike."""
    movie = world[20]
    near = similar_ids(movie, n=40)
    Movie.objects.exclude(pk=movie.pk).update(year=movie.year + 8)
    Movie.objects.filter(pk__in=near[10:25]).update(year=movie.year - 3)
    Movie.objects.filter(pk=near[39]).update(year=movie.year - 90)
    older = similar_ids(movie, n=10, steer=Steer("older"))
    assert len({*near[10:25], near[39]} & set(older)) >= 9


def test_it_stays_close(world: list[Movie]) -> None:
    """Steered neighbours still come from the movie's own audience, more than chance would."""
    older = similar_ids(world[4], n=12, steer=Steer("older"))
    assert sum(pk % 3 == world[4].pk % 3 for pk in older) >= 6


def test_two_wishes_at_once(world: list[Movie]) -> None:
    plain = similar_ids(world[4], n=12)
    both = similar_ids(world[4], n=12, steer=Steer("newer", "less-known"))
    assert mean(both, lambda m: m.year) > mean(plain, lambda m: m.year)
    assert mean(both, lambda m: m.n_ratings) < mean(plain, lambda m: m.n_ratings)


@pytest.mark.parametrize("direction", ["", *DIRECTIONS])
def test_what_the_person_has_excluded_never_comes(
    world: list[Movie], alice: User, direction: str
) -> None:
    steer = Steer.towards([direction], Genre.objects.get(slug="horror"))
    first = similar_ids(world[4], n=6, user=alice, steer=steer)
    Rating.objects.rate(alice, Movie.objects.get(pk=first[0]), 5)
    for pk, kind in zip(first[1:4], Mark.Kind.values, strict=True):
        Mark.objects.add(alice, Movie.objects.get(pk=pk), kind)
    alice.prefer(watchlist_in_lists=False)
    again = similar_ids(world[4], n=100, user=alice, steer=steer)
    assert again
    assert not set(again) & {*first[:4], world[4].pk}


class TestWithoutRatings:
    """Neighbours of a movie that nobody has rated yet."""

    @pytest.mark.parametrize("genre", ["Horror", "Western"])
    def test_one_added_after_the_run_has_its_genres_neighbours_at_once(
        self, world: list[Movie], make_movie: Callable[..., Movie], genre: str
    ) -> None:
        new = make_movie("Brand new", 2026, genre)
        ids = similar_ids(new, n=12)
        assert len(ids) == 12
        assert all(
            genre in str(list(movie.genres.all())) for movie in Movie.objects.in_bulk(ids).values()
        )
        newer = similar_ids(new, n=12, steer=Steer("newer"))
        assert mean(newer, lambda m: m.year) > mean(ids, lambda m: m.year)

    def test_one_that_the_run_placed_by_its_genres(
        self, world: list[Movie], make_movie: Callable[..., Movie]
    ) -> None:
        new = make_movie("Unrated", 2026, "Comedy")
        before = similar_ids(new, n=12)
        refit.refit(seed=2)
        after = similar_ids(new, n=12)
        assert len(set(before) & set(after)) >= 10, "the run puts it where it stood before"

    def test_one_with_a_single_rating_still_stands_on_its_genres(
        self, world: list[Movie], make_movie: Callable[..., Movie], alice: User
    ) -> None:
        new = make_movie("Rated once", 2026, "Western")
        Rating.objects.rate(alice, new, 5)
        refit.refit(seed=2)
        westerns = set(Genre.objects.get(slug="western").movies.values_list("pk", flat=True))
        assert set(similar_ids(new, n=12)) <= westerns

    def test_it_is_nobodys_neighbour_itself(
        self, world: list[Movie], make_movie: Callable[..., Movie], alice: User
    ) -> None:
        new = make_movie("Rated once", 2026, "Western")
        Rating.objects.rate(alice, new, 5)
        refit.refit(seed=2)
        assert new.pk not in similar_ids(world[2], n=100)

    def test_without_genres_nothing_is_made_up(
        self, world: list[Movie], make_movie: Callable[..., Movie], client: Client
    ) -> None:
        new = make_movie("Nameless", None)
        assert similar_ids(new) == []
        page = client.get(new.get_absolute_url())
        assert "We don’t know enough about this movie yet".encode() in page.content

    def test_a_site_without_a_model_has_genres_too(
        self, make_movie: Callable[..., Movie], make_rating: Callable, bob: User
    ) -> None:
        others = [make_movie(f"W {year}", year, "Western") for year in (1990, 1950, 1991, 1992)]
        for movie, stars in zip(others, (5, 4.5, 3, 1), strict=True):
            make_rating(bob, movie, stars)
        new = make_movie("C", 2026, "Western")
        assert similar_ids(new) == [movie.pk for movie in others]
        assert similar_ids(new, steer=Steer("older"))[0] == others[1].pk


class TestPage:
    def test_the_links_steer_and_lead_back(self, world: list[Movie], client: Client) -> None:
        movie = world[4]
        page = client.get(movie.get_absolute_url())
        assert shown(page.content) == similar_ids(movie, n=12)
        links = dict(re.findall(r'id="steer-([\w-]+)" href="([^"]+)"', page.content.decode()))
        assert set(DIRECTIONS) < set(links)
        assert links["newer"] == f"{movie.get_absolute_url()}?steer=newer#similar"

        page = client.get(links["newer"])
        content = page.content.decode()
        assert shown(page.content) == similar_ids(movie, n=12, steer=Steer("newer"))
        assert re.search(r'id="steer-newer"[^>]*aria-current="true"', content)
        links = dict(re.findall(r'id="steer-([\w-]+)" href="([^"]+)"', content))
        assert links["newer"] == f"{movie.get_absolute_url()}#similar"
        assert links["older"] == f"{movie.get_absolute_url()}?steer=older#similar"
        assert "steer=newer&amp;steer=less-known" in links["less-known"]

    def offered(self, client: Client, path: str) -> list[str]:
        content = client.get(path).content.decode()
        return re.findall(r'class="steer" id="[^"]+"[^>]*>([^<]+)</a>', content)

    def test_only_its_own_genres_are_offered(self, world: list[Movie], client: Client) -> None:
        movie = world[3]  # horror alone, though its neighbours are of other genres, too
        assert [genre.name for genre in movie.genre_list] == ["Horror"]
        directions = ["Older", "Newer", "Better known", "Less known"]
        page = movie.get_absolute_url()
        assert self.offered(client, page) == [*directions, "More Horror"]
        asked = self.offered(client, f"{page}?more_of=western")
        assert asked == [*directions, "More Horror", "More Western"]

    def test_without_a_year_it_is_not_steered_by_age(
        self, world: list[Movie], client: Client
    ) -> None:
        assert world[0].year is None
        assert self.offered(client, world[0].get_absolute_url())[:2] == [
            "Better known",
            "Less known",
        ]

    def test_the_fragment_is_the_same_part(self, world: list[Movie], client: Client) -> None:
        url = f"/movies/{world[4].pk}/similar/?steer=less-known&more_of=horror"
        fragment = client.get(url, headers=HTMX)
        assert b"<html" not in fragment.content
        page = client.get(url, follow=True)
        (to, _status), *_ = page.redirect_chain
        assert to == f"{world[4].get_absolute_url()}?steer=less-known&more_of=horror#similar"
        assert shown(fragment.content) == shown(page.content)

    @pytest.mark.parametrize(
        "query", ["steer=x", "steer=%00", "more_of=%00", "more_of=zzz", "steer=older&steer=newer"]
    )
    def test_nonsense_is_no_crash(self, world: list[Movie], client: Client, query: str) -> None:
        assert client.get(f"{world[4].get_absolute_url()}?{query}").status_code == 200
        fragment = client.get(f"/movies/{world[4].pk}/similar/?{query}", headers=HTMX)
        assert fragment.status_code == 200

    def test_what_is_not_there_is_not_found(self, client: Client, db: None) -> None:
        assert client.get("/movies/12345/similar/", headers=HTMX).status_code == 404


class TestApi:
    def url(self, movie: Movie) -> str:
        return f"/api/v1/movies/{movie.pk}/similar/"

    def test_it_steers(self, world: list[Movie], client: Client) -> None:
        asked = {"n": 12, "steer": ["newer", "less-known"], "more_of": "horror"}
        answer = client.get(self.url(world[4]), asked).json()
        steer = Steer("newer", "less-known", Genre.objects.get(slug="horror"))
        assert [movie["id"] for movie in answer["results"]] == similar_ids(
            world[4], n=12, steer=steer
        )

    @pytest.mark.parametrize(
        ("query", "status", "field"),
        [
            ("steer=sideways", 400, "steer.0"),
            ("more_of=nothing", 400, "more_of"),
            ("more_of=%00", 400, "more_of"),
            ("more_of=" + "x" * 99, 400, "more_of"),
        ],
    )
    def test_nonsense_is_told(
        self, world: list[Movie], client: Client, query: str, status: int, field: str
    ) -> None:
        answer = client.get(f"{self.url(world[4])}?{query}")
        assert answer.status_code == status
        assert list(wrong(answer)) == [field]

    def test_of_opposite_wishes_the_last_counts(self, world: list[Movie], client: Client) -> None:
        both, one = (
            client.get(f"{self.url(world[4])}?{query}").json()
            for query in ("steer=older&steer=newer", "steer=newer")
        )
        assert both == one
