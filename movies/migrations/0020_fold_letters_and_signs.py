"""Cleans titles and names, and computes the keys by which they are found anew.

Keys now have "oe" for "œ" and "l" for "ł", and are not empty for a title of signs alone.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import migrations, models

from cfsite.lib.text import one_line
from movies.models.viewings import tag_key
from movies.titles import fold, title_key

AT_ONCE = 2_000


def _batches(model: type[models.Model]) -> Iterator[list[Any]]:
    last = 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield rows
        last = rows[-1].pk


def _update(model: Any, fields: Sequence[str], change: Callable[[Any], dict[str, str]]) -> None:
    """Set the fields of all rows to what `change` says of each."""
    for rows in _batches(model):
        changed = []
        for row in rows:
            new = change(row)
            if any(getattr(row, name) != value for name, value in new.items()):
                for name, value in new.items():
                    setattr(row, name, value)
                changed.append(row)
        if changed:
            model.objects.bulk_update(changed, fields, batch_size=200)


def _cleaned(text: str) -> str:
    """As it is if nothing visible would be left: titles and names must not be empty."""
    return one_line(text) or text


def _movie(movie: Any) -> dict[str, str]:
    title, original = _cleaned(movie.title), one_line(movie.original_title)
    return {
        "title": title,
        "original_title": original,
        "title_key": title_key(title, original),
    }


def _alternative(row: Any) -> dict[str, str]:
    return {"title_key": title_key(row.title)[:300]}


def _person(person: Any) -> dict[str, str]:
    name = _cleaned(person.name)
    return {"name": name, "name_key": fold(name)[:200]}


def _merge_tags(tags: Any) -> None:
    """Give tags their new keys; of two that are now the same on a viewing, keep the first."""
    for rows in _batches(tags):
        for tag in rows:
            key = tag_key(tag.name)
            if key == tag.key:
                continue
            if tags.objects.filter(viewing=tag.viewing_id, key=key).exclude(pk=tag.pk).exists():
                tag.delete()
            else:
                tags.objects.filter(pk=tag.pk).update(key=key)


def fold_again(apps: Any, schema_editor: Any) -> None:
    def model(name: str) -> Any:
        return apps.get_model("movies", name)

    _update(model("Movie"), ["title", "original_title", "title_key"], _movie)
    _update(model("AlternativeTitle"), ["title_key"], _alternative)
    _update(model("Person"), ["name", "name_key"], _person)
    _update(model("MovieList"), ["name"], lambda row: {"name": _cleaned(row.name)})
    _update(model("Viewing"), ["note_key"], lambda row: {"note_key": fold(row.note)})
    _merge_tags(model("ViewingTag"))


class Migration(migrations.Migration):
    dependencies = [("movies", "0019_texts_of_fields")]

    operations = [migrations.RunPython(fold_again, migrations.RunPython.noop, elidable=True)]
