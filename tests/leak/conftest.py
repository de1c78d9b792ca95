"""An arena like the shipped one, whose pictures went through the real intake."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Challenge
from arena.generation.models import Candidate, Generation
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


def take_in(*, challenge: Challenge, model: ImageModel, number: int, take: int = 0) -> Candidate:
    """Send an original, with all that it carries, through the intake that every picture takes."""
    if model.offerings.first() is None:
        create_offering(model=model, provider_slug="fal")
    slot = create_slot(challenge=challenge, model=model, take=take)
    generation = Generation.objects.create(
        slot=slot,
        offering=model.offerings.all()[0],
        state=Generation.State.STORED,
        outcome="ok",
        total_ms=1000 + number,
    )
    data = make_original(number=number, label=model.name, seed=slot.pk)
    name, checksum = keep_original(generation.pk, data=data)
    generation.parameters = {"original": name, "sha256": checksum}
    generation.save()
    pictures = render_pictures(data, width=challenge.canvas_width, height=challenge.canvas_height)
    return store_candidate(generation, pictures=pictures)


@pytest.fixture
def shipped(db: Any) -> None:
    """The shipped catalogue and challenges, with small canvases and one picture of each of some models."""
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
