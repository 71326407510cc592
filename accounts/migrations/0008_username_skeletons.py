from django.db import migrations, models

from accounts.usernames import skeleton


def fill(apps, schema_editor):
    """The oldest account of those that look alike gets the skeleton; the others keep working."""
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    people = users.filter(is_dataset_member=False).order_by("pk").only("pk", "username")
    taken = set()
    changed = []
    for user in people.iterator():
        key = skeleton(user.username)
        if key not in taken:
            taken.add(key)
            user.username_skeleton = key
            changed.append(user)
    users.bulk_update(changed, ["username_skeleton"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_sessions_and_data_exports")]

    operations = [
        migrations.AddField(
            "user",
            "username_skeleton",
            models.CharField(
                blank=True,
                editable=False,
                max_length=600,
                null=True,
                unique=True,
                verbose_name="user name as it looks",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
