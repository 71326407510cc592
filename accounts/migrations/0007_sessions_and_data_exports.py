"""Sessions that know their user, and exports that the worker makes.

Sessions move from Django's table to ours, so nobody is logged out.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models


def move_sessions(apps, schema_editor):
    theirs = apps.get_model("sessions", "Session").objects.using(schema_editor.connection.alias)
    ours = apps.get_model("accounts", "Session").objects.using(schema_editor.connection.alias)
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    batch = []
    for session in theirs.iterator(chunk_size=1000):
        user_id = SessionStore().decode(session.session_data).get(SESSION_KEY)
        if user_id is None or users.filter(pk=user_id).exists():
            batch.append(
                ours.model(
                    session_key=session.session_key,
                    session_data=session.session_data,
                    expire_date=session.expire_date,
                    user_id=user_id and int(user_id),
                )
            )
    ours.bulk_create(batch, batch_size=1000, ignore_conflicts=True)
    theirs.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_profiles'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked for')),
                ('started_at', models.DateTimeField(null=True, verbose_name='started')),
                ('ready_at', models.DateTimeField(null=True, verbose_name='ready')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'data export',
                'verbose_name_plural': 'data exports',
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('user', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DataExportPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='accounts.dataexport')),
            ],
            options={
                'verbose_name': 'part of a data export',
                'verbose_name_plural': 'parts of data exports',
                'constraints': [models.UniqueConstraint(fields=('export', 'number'), name='accounts_dataexportpiece_once')],
            },
        ),
        migrations.RunPython(move_sessions, migrations.RunPython.noop),
    ]
