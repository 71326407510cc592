"""User factors without ids, and on PostgreSQL with a partition for each run."""

from django.conf import settings
from django.db import migrations, models

import django.db.models.deletion

COLUMNS = "run_id, user_id, bias, vector, implicit, interest, fitted_movies"


class CreatePartitionedModel(migrations.CreateModel):
    """On PostgreSQL partitioned by run; rows of a run without a partition are in the default one."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.name)
        table = model._meta.db_table
        statement, _ = schema_editor.table_sql(model)
        schema_editor.execute(f"{statement} PARTITION BY LIST (run_id)")
        schema_editor.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        for index in model._meta.indexes:
            schema_editor.add_index(model, index)


def copy_rows(apps, schema_editor):
    old = apps.get_model("recommender", "UserFactorsWithId")._meta.db_table
    new = apps.get_model("recommender", "UserFactors")._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(f"SELECT DISTINCT run_id FROM {old} ORDER BY run_id")
            for (run_id,) in cursor.fetchall():
                cursor.execute(
                    f"CREATE TABLE {new}_run_{run_id} PARTITION OF {new} FOR VALUES IN ({run_id})"
                )
        cursor.execute(
            f"INSERT INTO {new} ({COLUMNS}, n_ratings) "
            f"SELECT {COLUMNS}, length(fitted_movies) / 4 FROM {old}"
        )


class Migration(migrations.Migration):

    dependencies = [
        ("recommender", "0012_suspicious_profiles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("UserFactors", "UserFactorsWithId"),
        CreatePartitionedModel(
            name="UserFactors",
            fields=[
                ("pk", models.CompositePrimaryKey("run_id", "user_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("bias", models.FloatField()),
                ("vector", models.BinaryField()),
                ("implicit", models.BinaryField()),
                ("interest", models.BinaryField()),
                ("n_ratings", models.PositiveIntegerField()),
                ("fitted_movies", models.BinaryField()),
                ("run", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="user_factors", to="recommender.trainingrun")),
                ("user", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["user"], name="recommender_userfactors_user")],
            },
        ),
        migrations.RunPython(copy_rows, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("UserFactorsWithId"),
    ]
