from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0002_fallback"),
    ]

    operations = [
        migrations.AddField(
            model_name="prompt",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("battle", "Voted on, blind"),
                    ("showcase", "Shown with names, never voted on"),
                ],
                default="battle",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="prompt",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["battle", "showcase"])),
                name="purpose_is_known",
            ),
        ),
    ]
