"""Many pictures in play without their files, and voters in the middle of a visit, for load on the vote."""

import cProfile
import io
import json
import pstats
import secrets
import sys
import time

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.test import Client
from django.utils import timezone

from arena.battles.issuing import Scope, fill_window
from arena.battles.models import Voter
from arena.battles.voters import SALT
from arena.generation.models import Batch, Candidate, Generation, PublicPicture, Slot
from arena.pictures.derivatives import opaque_name
from tests.factories import create_challenge, create_model, create_offering

# As the arena makes them: see arena.pictures.derivatives.
KINDS = {
    "avif_1024": ("avif", "image/avif", 1024),
    "avif_768": ("avif", "image/avif", 768),
    "jpeg_1024": ("jpg", "image/jpeg", 1024),
    "thumb": ("jpg", "image/jpeg", 384),
}


@transaction.atomic  # the workers order what they see lacking
def fill_field(*, challenges: int, models: int, takes: int) -> None:
    """Put challenges * models * takes pictures into play, as rows alone."""
    # The factories count from one in every process, and another one may have been here.
    mark = secrets.token_hex(4)
    offerings = [
        create_offering(model=create_model(slug=f"field-{mark}-{number}"))
        for number in range(models)
    ]
    for number in range(challenges):
        challenge = create_challenge(
            slug=f"field-{mark}-{number}", canvas_width=1024, canvas_height=1024
        )
        prompt = challenge.prompts.get()
        batch = Batch.objects.create(challenge=challenge)
        asked = [(offering, take) for offering in offerings for take in range(takes)]
        slots = Slot.objects.bulk_create(
            Slot(
                batch=batch,
                prompt=prompt,
                model=offering.model,
                take=take,
                finished_at=timezone.now(),
            )
            for offering, take in asked
        )
        generations = Generation.objects.bulk_create(
            Generation(
                slot=slot,
                offering=offering,
                state=Generation.State.STORED,
                outcome="ok",
                total_ms=1,
            )
            for slot, (offering, _) in zip(slots, asked, strict=True)
        )
        candidates = Candidate.objects.bulk_create(
            Candidate(
                slot=generation.slot,
                generation=generation,
                original=f"originals/{generation.pk}",
                original_sha256="0" * 64,
                width=1024,
                height=1024,
            )
            for generation in generations
        )
        PublicPicture.objects.bulk_create(
            PublicPicture(
                candidate=candidate,
                kind=kind,
                name=opaque_name(),
                extension=extension,
                content_type=content_type,
                width=size,
                height=size,
            )
            for candidate in candidates
            for kind, (extension, content_type, size) in KINDS.items()
        )


def print_visitors(count: int) -> None:
    """Make voters with one open battle each; print cookies and tokens as JSON.

    Their first answer fills the window up.
    """
    made = []
    for _ in range(count):
        voter = Voter.objects.create()
        tokens = [battle.token for battle in fill_window(voter, scope=Scope(), size=1)]
        made.append((signing.dumps(voter.pk, salt=SALT), tokens))
    sys.stdout.write(json.dumps(made))


def profile_verdicts(count: int) -> None:
    """Print where the CPU time of verdicts goes in one process, by function.

    CPU time and not the clock's: neither PostgreSQL nor other programs of the machine are in it.
    As many verdicts again come first, to fill the process's copies of what changes slowly.
    """
    client = Client(SERVER_NAME="localhost")
    made = []
    for _ in range(2 * count):
        voter = Voter.objects.create()
        made.append((voter, fill_window(voter, scope=Scope())))
    profile = cProfile.Profile(time.process_time)
    spent = 0.0
    for number, (voter, battles) in enumerate(made):
        client.cookies[settings.VOTER_COOKIE] = signing.dumps(voter.pk, salt=SALT)
        held = ",".join(battle.token for battle in battles)
        said = {"verdict": "left", "viewing_ms": "900", "holding": held}
        address = f"/battles/{battles[0].token}/verdict/"
        begun = time.process_time()
        if number >= count:
            profile.enable()
        answer = client.post(address, said, headers={"HX-Request": "true"})
        profile.disable()
        spent += time.process_time() - begun if number >= count else 0
        assert answer.status_code == 200, answer.content
    printed = io.StringIO()
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile, stream=printed).strip_dirs().sort_stats(order).print_stats(40)
    sys.stdout.write(
        f"{1e3 * spent / count:.1f} ms of CPU a verdict, the profile's own included\n{printed.getvalue()}"
    )
