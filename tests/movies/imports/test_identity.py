"""Data sets are told apart by their ratings, or somebody is asked."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from movies.models import ImportedDataSet, Movie, Rating
from tests.movies.imports.movielens_files import (
    MOVIES_CSV,
    RATINGS_CSV,
    u_item,
    write_100k,
    write_csv,
)

pytestmark = pytest.mark.django_db

LATER_RELEASE = RATINGS_CSV.replace("1,1,4.0", "1,3,1.5")


def refused(*arguments: str, **options: str) -> str:
    with pytest.raises(CommandError) as stopped:
        call_command("import_movielens", *arguments, **options)
    assert stopped.value.returncode == 2
    return str(stopped.value)


def test_it_works(source: Path) -> None:
    call_command("import_movielens", str(source))
    data_set = ImportedDataSet.objects.get()
    assert data_set.name == "ml-tiny"
    assert len(data_set.fingerprint) == 64
    call_command("import_movielens", str(source))
    assert ImportedDataSet.objects.count() == 1


def test_other_ratings_under_the_same_name_are_refused(source: Path, tmp_path: Path) -> None:
    call_command("import_movielens", str(source))
    other = write_csv(tmp_path / "downloads" / "ml-tiny", ratings=LATER_RELEASE)
    said = refused(str(other))
    assert "--same-set" in said
    assert "--name" in said
    assert Rating.objects.count() == 4


def test_another_set_gets_another_name(source: Path, tmp_path: Path) -> None:
    call_command("import_movielens", str(source))
    other = write_csv(tmp_path / "downloads" / "ml-tiny", ratings=LATER_RELEASE)
    call_command("import_movielens", str(other), "--name", "ml-tiny-2027")
    assert Rating.objects.count() == 8
    assert User.objects.filter(username="ml-tiny-2027:1").exists()
    call_command("import_movielens", str(other))
    assert Rating.objects.count() == 8, "it is known by its ratings now"


def test_the_same_set_continues(source: Path, tmp_path: Path) -> None:
    call_command("import_movielens", str(source))
    write_csv(source, ratings=RATINGS_CSV + "3,1,1.0,1100000009\n")
    call_command("import_movielens", str(source), "--same-set")
    assert Rating.objects.count() == 5
    assert User.objects.filter(is_dataset_member=True).count() == 3


def test_a_renamed_folder_is_the_same_set(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_movielens", str(source))
    call_command("import_movielens", str(shutil.copytree(source, tmp_path / "plain (1)")))
    assert Rating.objects.count() == 4
    assert "Imported as ml-tiny." in capsys.readouterr().err
    assert "as ml-tiny" in refused(str(source), "--name", "else")


def test_names_of_other_letters_are_names(tmp_path: Path) -> None:
    call_command("import_movielens", str(write_csv(tmp_path / "数据集一")))
    call_command("import_movielens", str(write_csv(tmp_path / "数据集二", ratings=LATER_RELEASE)))
    assert set(ImportedDataSet.objects.values_list("name", flat=True)) == {"数据集一", "数据集二"}
    assert Rating.objects.count() == 8


def test_a_folder_without_a_name_asks_for_one(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "!!!")
    assert "--name NAME" in refused(str(folder))
    call_command("import_movielens", str(folder), "--name", "mine")
    assert ImportedDataSet.objects.get().name == "mine"


@pytest.mark.parametrize("name", ["a:b", "a b", "-a", "x" * 61, "a/b", "a\n"])
def test_an_unusable_name(source: Path, name: str) -> None:
    assert "isn't a name for a data set" in refused(str(source), name=name)
    assert not Movie.objects.exists()


def test_sets_imported_before_fingerprints_were_kept(source: Path) -> None:
    call_command("import_movielens", str(source))
    ImportedDataSet.objects.all().delete()
    assert "--same-set" in refused(str(source))
    call_command("import_movielens", str(source), "--same-set")
    assert Rating.objects.count() == 4


def test_two_sets_with_numbers_of_their_own_keep_their_movies(tmp_path: Path) -> None:
    for folder, title, stars in (("a", "Clockmaker (1961)", 3), ("b", "Lanterns (1970)", 5)):
        write_100k(tmp_path / folder, u_item(7, title), f"1\t7\t{stars}\t881250949\n")
    call_command("import_movielens", str(tmp_path / "a"))
    refused(str(tmp_path / "b"))
    call_command("import_movielens", str(tmp_path / "b"), "--name", "other")
    assert set(Movie.objects.values_list("catalogue_key", "title")) == {
        ("ml-100k:7", "Clockmaker"),
        ("other:7", "Lanterns"),
    }


def test_an_empty_file_is_no_success(tmp_path: Path) -> None:
    for files in ({"movies": ""}, {"ratings": ""}, {"movies": "", "ratings": ""}):
        assert "is empty" in refused(str(write_csv(tmp_path / "x", **files)))
    assert "movies.csv holds no movies" in refused(
        str(write_csv(tmp_path / "y", movies=MOVIES_CSV.splitlines()[0] + "\n"))
    )
