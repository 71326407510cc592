from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_access_tokens")]

    operations = [
        migrations.AddField(
            "user",
            "quarantined_at",
            models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="quarantined"
            ),
        ),
    ]
