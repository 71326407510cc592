"""What an operator types is theirs; the list of fetches tells how far each source is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from movies.facts.writing import write_all
from movies.models import Credit, FactFetch, FactSource, Movie, Person
from tests.movies.facts.facts import HEAT, credits, sources


@pytest.fixture
def change(staff_client: Client, heat: Movie) -> Callable[..., Movie]:
    """Open the form of the movie, edit some of its fields, save it."""
    url = f"/admin/movies/movie/{heat.pk}/change/"

    def save(**edits: Any) -> Movie:
        page = staff_client.get(url)
        data: dict[str, Any] = {}
        forms = [page.context["adminform"].form]
        for inline in page.context["inline_admin_formsets"]:
            forms += [inline.formset.management_form, *inline.formset.forms]
        for form in forms:
            for bound in form:
                value = bound.value()
                if value is not None and value is not False:
                    data[bound.html_name] = value
        response = staff_client.post(url, {**data, **edits})
        assert response.status_code == 302, response.context["errors"]
        heat.refresh_from_db()
        return heat

    write_all(FactSource.TMDB, [(heat.pk, HEAT)])
    return save


def test_saving_without_an_edit_takes_nothing_over(change: Callable[..., Movie]) -> None:
    assert set(sources(change()).values()) == {FactSource.TMDB}


def test_typed_fields_stay(change: Callable[..., Movie]) -> None:
    heat = change(runtime="171", description="")
    write_all(FactSource.TMDB, [(heat.pk, HEAT)])
    found = sources(heat)
    assert (heat.runtime, heat.description) == (171, "")
    assert found["runtime"] == found["description"] == FactSource.OPERATOR
    assert found["countries"] == found["cast"] == FactSource.TMDB


def test_edited_credits_stay(change: Callable[..., Movie], heat: Movie) -> None:
    rows = list(Credit.objects.filter(movie=heat).order_by("role", "position", "pk"))
    place = next(n for n, row in enumerate(rows) if row.person.name == "Robert De Niro")
    change(**{f"credits-{place}-DELETE": "on"})
    write_all(FactSource.TMDB, [(heat.pk, HEAT)])
    assert credits(heat) == ["Al Pacino"]
    assert sources(heat)["cast"] == FactSource.OPERATOR
    assert sources(heat)["directors"] == FactSource.TMDB


def test_added_titles_stay(change: Callable[..., Movie]) -> None:
    heat = change(**{"alternative_titles-TOTAL_FORMS": "1", "alternative_titles-0-title": "Fuego"})
    assert sources(heat)["alternative_titles"] == FactSource.OPERATOR
    assert heat.alternative_titles.get().title_key == "fuego"


def test_another_id_is_asked_for_at_once(change: Callable[..., Movie], heat: Movie) -> None:
    later = timezone.now() + timedelta(days=90)
    FactFetch.objects.create(movie=heat, source=FactSource.TMDB, due_at=later)
    change(runtime="5")
    assert FactFetch.objects.get().due_at == later
    change(tmdb_id="950")
    assert FactFetch.objects.get().due_at <= timezone.now()


def test_progress_and_problems(staff_client: Client, heat: Movie, settings: Any) -> None:
    settings.TMDB_KEY = ""
    FactFetch.objects.create(
        movie=heat,
        source=FactSource.WIKIDATA,
        due_at=timezone.now() + timedelta(days=1),
        problem="Wikidata did not answer in time.",
    )
    page = staff_client.get("/admin/movies/factfetch/")
    told = dict(page.context["statuses"])
    assert (told["Wikidata"].problems, told["Wikidata"].due) == (1, 0)
    assert (told["TMDB"].askable, told["TMDB"].due) == (1, 1)
    text = page.content.decode()
    assert "Wikidata did not answer in time." in text
    assert "CFSITE_TMDB_KEY is not set" in text


def test_people_are_found_without_accents(staff_client: Client) -> None:
    Person.objects.create(name="Penélope Cruz")
    page = staff_client.get("/admin/movies/person/", {"q": "penelope"})
    assert [str(person) for person in page.context["cl"].result_list] == ["Penélope Cruz"]
    assert staff_client.get("/admin/movies/person/", {"q": "!!"}).status_code == 200


def test_a_stranger_reads_nothing(alices_client: Client) -> None:
    assert alices_client.get("/admin/movies/factfetch/").status_code == 302
    assert alices_client.get("/admin/movies/person/").status_code == 302
