import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('battles', '0007_reports'),
        ('challenges', '0004_desk'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('discipline', models.CharField(choices=[('text-to-image', 'Text to image'), ('image-editing', 'Image editing')], max_length=20)),
                ('remark', models.CharField(blank=True, help_text='To the curators.', max_length=300)),
                ('digest', models.CharField(editable=False, help_text='SHA-256 of the discipline and the words, without case and spaces.', max_length=64)),
                ('network', models.CharField(blank=True, help_text="As on the voter: with the day's salt, for limits.", max_length=32)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('taken', 'Taken'), ('declined', 'Declined')], default='waiting', max_length=8)),
                ('reason', models.CharField(blank=True, help_text='Why it was declined; its voter reads it.', max_length=200)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='challenges.category')),
                ('challenge', models.ForeignKey(blank=True, help_text='What was made of it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='suggestions', to='challenges.challenge')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('voter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='suggestions', to='battles.voter')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [
                    models.Index(fields=['state', '-id'], name='suggestions_in_state'),
                    models.Index(condition=models.Q(('network', ''), _negated=True), fields=['network', 'created_at'], name='suggestions_of_network'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('digest',), name='words_are_suggested_once'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'taken', 'declined'])), name='state_of_a_suggestion_is_known'),
                ],
            },
        ),
    ]
