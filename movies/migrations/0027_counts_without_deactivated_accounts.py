"""Take the ratings of deactivated accounts out of the counts of movies.

From this version on the triggers leave them out; a rater of a data set counts as before.
"""

from typing import Any

from django.db import migrations

_COUNT = """
    UPDATE movies_movie SET
        n_ratings = n_ratings {sign} (SELECT count(*) {ratings} AND movie_id = movies_movie.id),
        half_star_sum = half_star_sum {sign}
            (SELECT coalesce(sum(half_stars), 0) {ratings} AND movie_id = movies_movie.id)
    WHERE id IN (SELECT movie_id {ratings})
"""
_RATINGS = """
    FROM movies_rating WHERE user_id IN
        (SELECT id FROM accounts_user WHERE NOT is_active AND NOT is_dataset_member)
"""


def leave_out(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_COUNT.format(sign="-", ratings=_RATINGS))


def count_again(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_COUNT.format(sign="+", ratings=_RATINGS))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_quarantine"),
        ("movies", "0026_index_by_published_count"),
    ]

    operations = [migrations.RunPython(leave_out, count_again)]
