"""Rows for tests, made by keyword; whatever a test does not care about has a plain value."""

import functools
import hashlib
import itertools
import random
from datetime import date, timedelta
from typing import Any

from django.db.models import F
from PIL import Image

from arena.battles.issuing import Scope, issue_battle
from arena.battles.models import Battle, Vote, Voter
from arena.battles.verdicts import record_verdict
from arena.catalog.models import (
    Discipline,
    ImageModel,
    Lab,
    Offering,
    Population,
    PriceRule,
    Provider,
)
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Batch, Candidate, Generation, PublicPicture, Slot
from arena.generation.storing import SOURCES, picture_path
from arena.pictures.derivatives import RECIPE, Derivative, make_derivatives, opaque_name

numbers = itertools.count(1)
# Flags that no dialect can build a call of.
WRONG_FLAGS: list[Any] = [
    [1],
    {"extra_body": {"size": "auto"}},
    {"size_mode": "closest"},
    {"extra_body": "x"},
    {"editing": 5},
]
# Where the fake providers speak each dialect.
BASES = {
    "openai_images": "/v1",
    "gemini": "/v1beta",
    "fal_queue": "/queue",
    "replicate": "/v1",
}


def create_model(*, name: str = "", population: str = Population.DEMO, **values: Any) -> ImageModel:
    number = next(numbers)
    lab, _ = Lab.objects.get_or_create(slug="test-lab", defaults={"name": "Test Lab"})
    return ImageModel.objects.create(
        **{
            "slug": f"model-{number}",
            "name": name or f"Model {number}",
            "api_id": f"model-{number}",
            "lab": lab,
            "population": population,
            "disciplines": list(Discipline.values),
            **values,
        }
    )


def create_offering(
    *,
    model: ImageModel | None = None,
    resend_safe: bool = True,
    price: str | None = None,
    dialect: str = "openai_images",
    **values: Any,
) -> Offering:
    """An offering at a local provider, one for each dialect; its address is settings.STUDIOS_URL.

    `price`: dollars a picture. One that is not free costs 4 cents unless said otherwise.
    """
    model = model or create_model()
    price = price or (None if resend_safe else "0.04")
    provider, _ = Provider.objects.get_or_create(
        slug=values.pop("provider_slug", "local" if dialect == "openai_images" else dialect),
        defaults={
            "name": "Local",
            "dialect": dialect,
            "base_url": BASES[dialect],
            "is_local": True,
            "population": Population.DEMO,
            "options": {"seed": True},
        },
    )
    offering = Offering.objects.create(
        model=model,
        provider=provider,
        remote_id=model.api_id,
        disciplines=model.disciplines,
        resend_safe=resend_safe,
        **values,
    )
    if price is not None:
        PriceRule.objects.create(offering=offering, amount=price, valid_from=date(2026, 1, 1))
    return offering


def create_challenge(*, prompts: tuple[str, ...] = ("A red cube.",), **values: Any) -> Challenge:
    number = next(numbers)
    challenge = Challenge.objects.create(
        **{
            "slug": f"challenge-{number}",
            "title": f"Challenge {number}",
            "discipline": Discipline.TEXT_TO_IMAGE,
            "status": Challenge.Status.OPEN,
            "canvas_width": 256,
            "canvas_height": 256,
            **values,
        }
    )
    for position, text in enumerate(prompts, start=1):
        Prompt.objects.create(challenge=challenge, position=position, text=text)
    return challenge


def create_slot(*, challenge: Challenge, model: ImageModel, take: int = 0) -> Slot:
    batch = Batch.objects.create(challenge=challenge)
    prompt = challenge.prompts.get(is_current=True, position=1)
    return Slot.objects.create(batch=batch, prompt=prompt, model=model, take=take)


def create_generation(*, offering: Offering | None = None, **values: Any) -> Generation:
    """A call for a slot of its own; `offering` default: one of a new model at the local provider."""
    offering = offering or create_offering()
    slot = values.pop("slot", None) or create_slot(
        challenge=create_challenge(), model=offering.model
    )
    values = {"free": offering.resend_safe, **values}
    return Generation.objects.create(slot=slot, offering=offering, **values)


def create_candidate(
    *, challenge: Challenge, model: ImageModel, take: int = 0, files: bool = False
) -> Candidate:
    """A stored candidate with its public pictures; with `files` the picture files exist too."""
    offering = model.offerings.first() or create_offering(model=model)
    slot = create_slot(challenge=challenge, model=model, take=take)
    generation = Generation.objects.create(
        slot=slot, offering=offering, state=Generation.State.STORED, outcome="ok", free=True
    )
    candidate = Candidate.objects.create(
        slot=slot,
        generation=generation,
        original=f"originals/{generation.pk}",
        original_sha256=hashlib.sha256(str(generation.pk).encode()).hexdigest(),
        # Flat colours all look alike; these are as far apart as pictures are.
        looks=random.Random(generation.pk).getrandbits(64) - 2**63,
        width=challenge.canvas_width,
        height=challenge.canvas_height,
        recipe=RECIPE,
    )
    colour = (50 * (model.pk % 5), 40 * (take % 6), 90)
    size = (challenge.canvas_width, challenge.canvas_height)
    source = SOURCES[Population(model.population)]
    for derivative in plain_derivatives(size, colour=colour, source=source):
        picture = PublicPicture.objects.create(
            candidate=candidate,
            kind=derivative.kind,
            name=opaque_name(),
            extension=derivative.extension,
            content_type=derivative.content_type,
            width=derivative.width,
            height=derivative.height,
        )
        if files:
            path = picture_path(f"{picture.name}.{picture.extension}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(derivative.data)
    return candidate


@functools.cache
def plain_derivatives(
    size: tuple[int, int], *, colour: tuple[int, int, int], source: str
) -> tuple[Derivative, ...]:
    """The files of a picture of one colour, encoded once for all tests."""
    image = Image.new("RGB", size, colour)
    return make_derivatives(image, width=size[0], height=size[1], source=source)


def create_arena(
    *, challenges: int = 1, models: int = 2, takes: int = 1, files: bool = False, **values: Any
) -> list[Challenge]:
    """Open challenges with one candidate of each model and take."""
    made_models = [
        create_model(population=values.get("population", Population.DEMO)) for _ in range(models)
    ]
    values.pop("population", None)
    made = [create_challenge(**values) for _ in range(challenges)]
    for challenge in made:
        for model in made_models:
            for take in range(takes):
                create_candidate(challenge=challenge, model=model, take=take, files=files)
    return made


def create_voter(**values: Any) -> Voter:
    return Voter.objects.create(**values)


def issue(*, voter: Voter | None = None, scope: Scope | None = None) -> Battle:
    battle = issue_battle(voter or create_voter(), scope=scope or Scope())
    assert battle is not None
    return battle


def look(*, voter: Voter, seconds: float = 3) -> None:
    """Let a voter look at the next pair: what the voter said so far lies further back."""
    Vote.objects.filter(voter=voter).update(created_at=F("created_at") - timedelta(seconds=seconds))


def judge(battle: Battle, *, verdict: str = "left") -> Vote:
    """A verdict on a battle through the real functions, after three seconds of looking."""
    look(voter=battle.voter)
    return record_verdict(token=battle.token, voter=battle.voter, verdict=verdict, viewing_ms=3000)


def cast(*, verdict: str = "left", voter: Voter | None = None, scope: Scope | None = None) -> Vote:
    """One verdict on a battle of its own."""
    return judge(issue(voter=voter, scope=scope), verdict=verdict)
