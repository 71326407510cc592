
import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import movies.models.viewings
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('movies', '0011_rename_bulk_edit_and_catalogue_version'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Viewing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('watched_on', models.DateField(blank=True, null=True, verbose_name='watched')),
                ('precision', models.CharField(choices=[('day', 'day'), ('month', 'month'), ('unknown', 'unknown'), ('year', 'year')], default='unknown', max_length=10, verbose_name='precision of the date')),
                ('is_rewatch', models.BooleanField(default=False, verbose_name='rewatch')),
                ('note', models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(10000)], verbose_name='note')),
                ('note_key', movies.models.viewings.FoldedTextField(blank=True, editable=False, source='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='added')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ('movie', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='viewings', to='movies.movie')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='viewings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'viewing',
                'verbose_name_plural': 'viewings',
            },
        ),
        migrations.CreateModel(
            name='ViewingTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('key', models.CharField(editable=False, max_length=240)),
                ('viewing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='movies.viewing')),
            ],
            options={
                'verbose_name': 'tag of a viewing',
                'verbose_name_plural': 'tags of viewings',
            },
        ),
        migrations.CreateModel(
            name='EarlierRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('half_stars', models.PositiveSmallIntegerField(verbose_name='half stars')),
                ('rated_at', models.DateTimeField(verbose_name='rated')),
                ('replaced_at', models.DateTimeField(verbose_name='replaced')),
                ('movie', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='earlier_ratings', to='movies.movie')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='earlier_ratings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'earlier rating',
                'verbose_name_plural': 'earlier ratings',
                'indexes': [models.Index(fields=['user', 'movie', '-replaced_at'], name='movies_earlierrating_last')],
                'constraints': [models.CheckConstraint(condition=models.Q(('half_stars__gte', 1), ('half_stars__lte', 10)), name='movies_earlierrating_on_the_grid')],
            },
        ),
        migrations.AddIndex(
            model_name='viewing',
            index=models.Index(fields=['user', '-watched_on', '-id'], name='movies_viewing_latest'),
        ),
        migrations.AddConstraint(
            model_name='viewing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('precision', 'unknown'), ('watched_on__isnull', True)), models.Q(('precision__in', ['day', 'month', 'year']), ('watched_on__gte', datetime.date(1900, 1, 1)), ('watched_on__isnull', False)), _connector='OR'), name='movies_viewing_date_as_precise_as_it_says'),
        ),
        migrations.AddConstraint(
            model_name='viewing',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('note'), 10000), name='movies_viewing_note_not_too_long', violation_error_message='A note can have at most 10,000 characters.'),
        ),
        migrations.AddConstraint(
            model_name='viewingtag',
            constraint=models.UniqueConstraint(fields=('viewing', 'key'), name='movies_viewingtag_once'),
        ),
        migrations.AddConstraint(
            model_name='viewingtag',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='movies_viewingtag_not_empty'),
        ),
    ]
