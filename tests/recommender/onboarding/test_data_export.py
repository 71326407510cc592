"""Onboarding answers in the data export, and after deletion of the account."""

import io
import json
import zipfile

from accounts.data_export import export
from accounts.models import User
from movies.models import Movie
from recommender.models import StartingAnswer
from recommender.onboarding import answers


def test_what_was_said_is_in_the_export_and_goes_with_the_person(
    two_tastes: list[Movie], bob: User
) -> None:
    answers.pick_groups(bob, [[two_tastes[0].pk]])
    answers.add_favourite(bob, two_tastes[2])
    with zipfile.ZipFile(io.BytesIO(b"".join(export(bob)))) as archive:
        said = json.loads(archive.read("everything.json"))["start"]
    assert {(row["title"], row["kind"]) for row in said} == {
        ("Movie 0", "group"),
        ("Movie 2", "favourite"),
    }
    bob.delete()
    assert not StartingAnswer.objects.exists()
