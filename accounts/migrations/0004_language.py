from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_preferences")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of pages and e-mails; empty: what the browser asks for.",
                max_length=10,
                verbose_name="language",
            ),
        ),
    ]
