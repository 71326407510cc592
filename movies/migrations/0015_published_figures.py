"""Published figures of movies, and the damped average computed from them.

They start empty; the worker takes the first snapshots within a minute.
"""

from django.db import migrations, models
from django.db.models import Case, F, FloatField, Value, When


class Migration(migrations.Migration):
    dependencies = [("movies", "0014_personal_imports")]

    operations = [
        migrations.RemoveIndex("movie", "movies_movie_best_loved"),
        migrations.RemoveField("movie", "damped_average"),
        migrations.AddField(
            "movie",
            "published_count",
            models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            "movie",
            "published_half_star_sum",
            models.PositiveBigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            "movie", "published_spread", models.JSONField(editable=False, null=True)
        ),
        migrations.AddField(
            "movie", "published_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "movie",
            "damped_average",
            models.GeneratedField(
                db_persist=True,
                expression=Case(
                    When(published_count=0, then=Value(0.0)),
                    default=(F("published_half_star_sum") + Value(70.0))
                    / (Value(2.0) * (F("published_count") + Value(10))),
                    output_field=FloatField(),
                ),
                output_field=FloatField(),
            ),
        ),
        migrations.AddIndex(
            "movie",
            models.Index(
                fields=["-damped_average", "-published_count", "id"],
                name="movies_movie_best_loved",
            ),
        ),
    ]
