from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_language")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="hides_predictions",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="On: predicted stars are not shown before a movie is rated.",
                verbose_name="hides predictions",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="scale",
            field=models.CharField(
                choices=[
                    ("stars", "Half stars, up to 5"),
                    ("10", "Points, up to 10"),
                    ("100", "Points, up to 100"),
                ],
                db_default="stars",
                default="stars",
                help_text="How numbers of stars are written.",
                max_length=10,
                verbose_name="scale",
            ),
        ),
    ]
