
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('movies', '0012_viewings_and_rating_history'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mark',
            name='kind',
            field=models.CharField(choices=[('watchlist', 'on the watchlist'), ('not_interested', 'not interested'), ('seen', 'watched')], max_length=20, verbose_name='kind'),
        ),
    ]
