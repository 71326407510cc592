"""A movie's page: how its ratings spread, and what a link to it shows elsewhere."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating
from movies.movie_page import share_image
from movies.movie_page.share_image import Share, path_of

PNG = b"\x89PNG\r\n\x1a\n"


def rated(movie: Movie, make_user: Callable[..., User], *stars: float) -> Movie:
    for number, given in enumerate(stars):
        Rating.objects.rate(make_user(f"rater{movie.n_ratings + number}"), movie, given)
    published_figures.publish_due()
    movie.refresh_from_db()
    return movie


@pytest.fixture
def alien(make_movie: Callable[..., Movie], make_user: Callable[..., User]) -> Movie:
    movie = make_movie("Alien", 1979, "Horror|Sci-Fi", imdb_id="tt0078748", tmdb_id=348)
    return rated(movie, make_user, 5, 5, 4.5, 4.5, 4.5, 3)


def page(client: Client, movie: Movie) -> str:
    return client.get(movie.get_absolute_url()).content.decode()


def rows(content: str) -> list[tuple[str, str, str]]:
    table = content.partition('class="bars-table"')[2].partition("</table>")[0]
    return re.findall(r'<th scope="row">(.*?)</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td>', table)


def test_it_works(client: Client, alien: Movie) -> None:
    content = page(client, alien)
    assert rows(content)[:3] == [
        ("5 stars", "2", "33%"),
        ("4.5 stars", "3", "50%"),
        ("4 stars", "0", "0%"),
    ]
    assert "The most common is 4.5 stars, given by 50% of people" in content
    assert (
        len(re.findall(r"<rect", content.partition('class="bars"')[2].partition("</svg>")[0])) == 3
    )
    assert "(yours)" not in content


def test_ones_own_rating_is_marked(alices_client: Client, alice: User, alien: Movie) -> None:
    Rating.objects.rate(alice, alien, 3)
    content = page(alices_client, alien)
    assert ("3 stars (yours)", "1", "17%") in rows(content)
    assert content.count('class="own-bar"') == 1
    assert "You gave 3 stars." in content


def test_below_five_ratings_nobody_can_be_made_out(
    client: Client, make_movie: Callable[..., Movie], make_user: Callable[..., User]
) -> None:
    content = page(client, rated(make_movie("Quiet"), make_user, 1, 1, 1, 1))
    assert "bars-table" not in content
    assert "show the average once 5 people have rated it" in content
    assert "1.0" not in content.partition("<main")[2]


def test_a_movie_without_ratings_has_a_page(client: Client, make_movie: Callable) -> None:
    assert "show the average once 5 people have rated it" in page(client, make_movie("Unseen"))


def test_links_that_leave_the_site_say_so(client: Client, alien: Movie) -> None:
    content = page(client, alien)
    assert content.count("(leaves this site)") == 2
    for address in ("www.imdb.com/title/tt0078748/", "www.themoviedb.org/movie/348"):
        assert f'<a href="https://{address}" rel="external noopener noreferrer">' in content


def test_the_number_of_questions_does_not_grow_with_ratings(
    alices_client: Client,
    alien: Movie,
    make_user: Callable[..., User],
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    with django_assert_max_num_queries(8):
        page(alices_client, alien)
    for number in range(20):
        Rating.objects.rate(make_user(f"more{number}"), alien, 3)
    with django_assert_max_num_queries(8):
        page(alices_client, alien)


class TestShare:
    def meta(self, content: str) -> dict[str, str]:
        found = re.findall(r'<meta (?:property|name)="([a-z:_]+)"\s+content="([^"]*)"', content)
        return {name: unescape(value) for name, value in found}

    def test_a_link_is_announced(self, client: Client, alien: Movie) -> None:
        meta = self.meta(page(client, alien))
        assert meta["og:title"] == "Alien (1979)"
        assert meta["og:url"] == settings.SITE_URL + alien.get_absolute_url()
        assert meta["og:image"].startswith(f"{settings.SITE_URL}/movies/{alien.pk}/share.png?v=")
        assert meta["twitter:card"] == "summary_large_image"
        assert "4.4 stars on average, from 6 ratings" in meta["og:description"]

    def schema(self, content: str) -> dict[str, Any]:
        [said] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', content, re.S)
        return json.loads(said)

    @pytest.mark.parametrize(
        "changed",
        [
            {"title": "Aliens"},
            {"original_title": "Alien, le huitième passager"},
            {"year": 1980},
            {"runtime": 117},
            {"description": "In space."},
            {"imdb_id": "tt0000001"},
        ],
    )
    def test_what_is_announced_follows_every_edit(
        self, client: Client, alien: Movie, changed: dict[str, Any]
    ) -> None:
        before = page(client, alien).partition("</head>")[0]
        assert page(client, alien).partition("</head>")[0] == before
        Movie.objects.filter(pk=alien.pk).update(**changed)
        alien.refresh_from_db()
        assert page(client, alien).partition("</head>")[0] != before

    def test_what_is_announced_follows_genres_and_ratings(
        self, client: Client, alien: Movie, make_user: Callable[..., User]
    ) -> None:
        heads = [page(client, alien).partition("</head>")[0]]
        rated(alien, make_user, 0.5, 0.5, 0.5, 0.5, 0.5)
        heads.append(page(client, alien).partition("</head>")[0])
        alien.genres.clear()
        heads.append(page(client, alien).partition("</head>")[0])
        assert len(set(heads)) == 3

    def test_search_engines_read_it(self, client: Client, alien: Movie) -> None:
        said = self.schema(page(client, alien))
        assert (said["@type"], said["name"], said["dateCreated"]) == ("Movie", "Alien", "1979")
        assert said["url"] == settings.SITE_URL + alien.get_absolute_url()
        rating = said["aggregateRating"]
        assert rating["ratingCount"] == 6
        assert rating["ratingValue"] == pytest.approx(4.4, abs=0.05)
        assert (rating["worstRating"], rating["bestRating"]) == (0.5, 5)

    def test_a_few_peoples_ratings_are_not_told(
        self, client: Client, alice: User, make_movie: Callable[..., Movie]
    ) -> None:
        movie = make_movie("Heat", 1995)
        Rating.objects.rate(alice, movie, 4)
        assert "aggregateRating" not in self.schema(page(client, movie))

    @pytest.mark.parametrize(
        "title", ["</script><script>alert(1)</script>", "<!-- & <script", 'Say "Hi" \\']
    )
    def test_no_title_gets_out_of_it(
        self, client: Client, make_movie: Callable[..., Movie], title: str
    ) -> None:
        content = page(client, make_movie(title, 2001))
        assert self.schema(content)["name"] == title
        assert "<script>alert" not in content

    def test_the_picture(self, client: Client, alien: Movie) -> None:
        address = self.meta(page(client, alien))["og:image"].removeprefix(settings.SITE_URL)
        answer = client.get(address)
        assert answer["Content-Type"] == "image/png"
        assert answer.content.startswith(PNG)
        assert int.from_bytes(answer.content[16:20]) == 1200
        assert int.from_bytes(answer.content[20:24]) == 630
        assert len(answer.content) < 150_000
        assert "max-age" in answer["Cache-Control"]
        assert "public" in answer["Cache-Control"]

        again = client.get(address, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_it_is_drawn_once(
        self, client: Client, alien: Movie, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = client.get(f"/movies/{alien.pk}/share.png").content
        monkeypatch.setattr(share_image, "rasterize", None)
        assert client.get(f"/movies/{alien.pk}/share.png").content == first

    def test_it_is_the_same_for_everybody(
        self, client: Client, alices_client: Client, alice: User, alien: Movie
    ) -> None:
        Rating.objects.rate(alice, alien, 1)
        anybody = client.get(f"/movies/{alien.pk}/share.png")
        hers = alices_client.get(f"/movies/{alien.pk}/share.png")
        assert anybody.content == hers.content
        assert anybody["ETag"] == hers["ETag"]

    def test_it_follows_the_movie(self, alien: Movie) -> None:
        before = Share(alien).key
        alien.title = "Aliens"
        assert Share(alien).key != before

    def test_few_ratings_give_no_average(
        self, make_movie: Callable, make_user: Callable[..., User]
    ) -> None:
        movie = rated(make_movie("Quiet"), make_user, 1, 1)
        assert Share(movie).average == ""
        assert "average" not in Share(movie).description

    @pytest.mark.parametrize(
        "title", ["<b>&\"'", "千と千尋の神隠し", "Сталкер", "باران", "x" * 300, "\x07bell", "..."]
    )
    def test_any_title_can_be_drawn(self, client: Client, make_movie: Callable, title: str) -> None:
        movie = make_movie(title, None)
        assert client.get(f"/movies/{movie.pk}/share.png").content.startswith(PNG)

    def test_nobody_can_have_all_of_them_drawn_at_once(
        self, client: Client, make_movie: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(share_image, "DRAWING", replace(share_image.DRAWING, drawn_a_minute=1))
        first, second = make_movie("First picture"), make_movie("Second picture")
        assert client.get(f"/movies/{first.pk}/share.png").status_code == 200
        refused = client.get(f"/movies/{second.pk}/share.png")
        assert refused.status_code == 503
        assert refused["Retry-After"] == "60"
        assert not path_of(Share(second)).exists()
        assert client.get(f"/movies/{first.pk}/share.png").status_code == 200  # from the disk

    def test_old_pictures_go(
        self, client: Client, make_movie: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(share_image, "DRAWING", replace(share_image.DRAWING, most_kept=1))
        last = make_movie("Newest of all pictures")
        for movie in (make_movie("An older picture"), last):
            client.get(f"/movies/{movie.pk}/share.png")
        assert [path.name for path in path_of(Share(last)).parent.glob("*.png")] == [
            path_of(Share(last)).name
        ]

    def test_no_movie_no_picture(self, client: Client, db: None) -> None:
        assert client.get("/movies/999999/share.png").status_code == 404
