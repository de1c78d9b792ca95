"""An arena like the shipped one, whose pictures went through the real intake."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Candidate, Generation, Slot
from arena.generation.storing import keep_original, render_pictures, store_candidate
from tests.factories import create_offering, create_slot
from tests.leak.originals import make_original
from tests.leak.words import FIRST_ID

NUMBERED = (
    "catalog_imagemodel",
    "catalog_lab",
    "catalog_provider",
    "catalog_offering",
    "generation_slot",
    "generation_generation",
    "generation_candidate",
)
REAL_EVERYWHERE = ("vintage-cafe-logo", "night-sky-transformation")
DEMO_ONLY = ("modern-clean-menu",)
MODELS = 4


def number_from(first: int) -> None:
    """Let the next rows of telling tables have ids that occur nowhere else; each table its own range."""
    with connection.cursor() as cursor:
        for place, table in enumerate(NUMBERED):
            cursor.execute("select pg_get_serial_sequence(%s, 'id')", [table])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"alter sequence {sequence} restart with {first + 100_000 * place}")


def take_in(
    *,
    challenge: Challenge,
    model: ImageModel,
    number: int,
    take: int = 0,
    prompt: Prompt | None = None,
    data: bytes | None = None,
) -> Candidate:
    """Send an original, with all that it carries, through the intake that every picture takes.

    `prompt` None is the challenge's first; `data` None is a picture like no other.
    """
    if model.offerings.first() is None:
        create_offering(model=model, provider_slug="fal")
    slot = create_slot(challenge=challenge, model=model, take=take)
    if prompt:
        Slot.objects.filter(pk=slot.pk).update(prompt=prompt)
    generation = Generation.objects.create(
        slot=slot,
        offering=model.offerings.all()[0],
        state=Generation.State.STORED,
        outcome="ok",
        total_ms=1000 + number,
    )
    data = data or make_original(number=number, label=model.name, seed=slot.pk)
    name, checksum = keep_original(generation.pk, data=data)
    generation.parameters = {"original": name, "sha256": checksum}
    generation.save()
    pictures = render_pictures(
        data,
        width=challenge.canvas_width,
        height=challenge.canvas_height,
        population=model.population,
    )
    return store_candidate(generation, pictures=pictures)


def fill() -> None:
    """The shipped catalogue and challenges, with small canvases and two pictures of each of some models."""
    number_from(FIRST_ID)
    call_command("load_fixtures", no_pictures=True, verbosity=0)
    Challenge.objects.filter(canvas_width__gt=0).update(canvas_width=128, canvas_height=128)
    Challenge.objects.filter(slug="night-sky-transformation").update(canvas_height=96)
    ImageModel.objects.update(disciplines=list(Discipline.values))
    real = list(ImageModel.objects.filter(population=Population.REAL).order_by("pk"))[:MODELS]
    demo = list(ImageModel.objects.filter(population=Population.DEMO).order_by("pk"))[:MODELS]
    for slugs, models in ((REAL_EVERYWHERE, real), (DEMO_ONLY, demo)):
        for challenge in Challenge.objects.filter(slug__in=slugs):
            for number, model in enumerate(models):
                for take in range(2):
                    take_in(challenge=challenge, model=model, number=number, take=take)


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """A transaction around a file's tests that holds what they all start from; yields its pictures."""
    media = tmp_path_factory.mktemp("filled")
    with ExitStack() as stack:
        with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media):
            stack.enter_context(transaction.atomic())
            fill()
        yield media
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            stack.close()


@pytest.fixture
def shipped(filled: Path, db: None, settings: Any) -> None:
    """An arena of the test's own, since what it changes is rolled back to what the file starts from."""
    shutil.copytree(filled, settings.MEDIA_ROOT)
