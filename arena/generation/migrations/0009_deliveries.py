import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0008_brought_pictures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(help_text='Names the uploaded ZIP, too.', max_length=40, unique=True)),
                ('folder', models.CharField(blank=True, help_text='On the server; empty: the uploaded ZIP.', max_length=1000)),
                ('plan', models.JSONField(help_text='Of each good file: its name, ids of prompt and model, take.')),
                ('done', models.PositiveSmallIntegerField(default=0)),
                ('taken', models.PositiveSmallIntegerField(default=0)),
                ('refused', models.JSONField(default=list, help_text='Of each file that stays out: name, reason.')),
                ('batches', models.JSONField(default=dict, help_text='The order of each challenge, by ids.')),
                ('fault', models.CharField(blank=True, help_text='Why the rest was given up.', max_length=300)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('moved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('brought_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'ordering': ['-pk'],
                'indexes': [
                    models.Index(condition=models.Q(('finished_at', None)), fields=['moved_at'], name='deliveries_to_go_on'),
                ],
            },
        ),
    ]
