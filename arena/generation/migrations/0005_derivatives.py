import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0004_ledger_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='candidate',
            name='recipe',
            field=models.PositiveSmallIntegerField(db_default=1, help_text='By which recipe of arena.pictures its public pictures were made.'),
        ),
        migrations.CreateModel(
            name='FormerPicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('extension', models.CharField(max_length=5)),
                ('replaced_at', models.DateTimeField(auto_now_add=True)),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_pictures', to='generation.candidate')),
            ],
            options={
                'indexes': [models.Index(fields=['replaced_at'], name='former_picture_age')],
            },
        ),
    ]
