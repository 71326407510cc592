"""A run knows its ratings by the newest of them, instead of by a list for each user."""

from django.db import migrations, models

# Ratings get their ids in order, and none is changed before it is given: so whatever came before
# one that has not changed since the run began was there when it began.
FIND = """
    UPDATE recommender_trainingrun SET fitted_up_to = coalesce((
        SELECT max(id) FROM movies_rating
        WHERE movies_rating.updated_at < recommender_trainingrun.started_at
    ), 0) WHERE state = 'ready'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("movies", "0028_log_changes_of_the_catalogue"),
        ("recommender", "0013_user_factors_by_run"),
    ]

    operations = [
        migrations.AddField(
            model_name="trainingrun",
            name="fitted_up_to",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.RunSQL(FIND, migrations.RunSQL.noop, elidable=True),
        migrations.RemoveField(model_name="userfactors", name="fitted_movies"),
    ]
