"""The table of the shared cache on sites that had Redis when 0002 ran: login limits count there."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_country_and_services")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
