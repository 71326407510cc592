from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("movies", "0010_steps_onto_lists")]

    operations = [
        migrations.RenameModel("Step", "BulkEdit"),
        migrations.RenameModel("CatalogueMark", "CatalogueVersion"),
    ]
