"""Gives each original a name to be served under, and each picture the hash of its looks."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

from arena.pictures.derivatives import opaque_name
from arena.pictures.looks import hash_looks


def name_and_hash(apps, schema_editor):
    """A picture whose file is gone keeps no looks, and so is shown with its name nowhere."""
    candidates = apps.get_model("generation", "Candidate").objects.all()
    thumbs = dict(
        apps.get_model("generation", "PublicPicture")
        .objects.filter(kind="thumb")
        .values_list("candidate", "name")
    )
    for candidate in candidates.only("pk").iterator():
        path = Path(settings.MEDIA_ROOT) / "pictures" / f"{thumbs.get(candidate.pk)}.jpg"
        looks = hash_looks(path.read_bytes()) if path.is_file() else None
        candidates.filter(pk=candidate.pk).update(original_name=opaque_name(), looks=looks)


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0003_prompt_purpose"),
        ("generation", "0005_derivatives"),
    ]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="original_name",
            field=models.CharField(default="", editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="candidate",
            name="looks",
            field=models.BigIntegerField(
                editable=False,
                help_text="Difference hash of the picture: alike pictures differ in few of its 64 bits.",
                null=True,
            ),
        ),
        migrations.RunPython(name_and_hash, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="candidate",
            name="original_name",
            field=models.CharField(
                default=opaque_name,
                editable=False,
                help_text="Under which the original is served once the picture may be shown with its name.",
                max_length=40,
                unique=True,
            ),
        ),
    ]
