"""The battery sees a guard that is missing: each is switched off, and then the battery must fail.

By default some that BATTERY_SEED (0) chooses; BATTERY_KILLS=all: all of them.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from PIL import Image

from arena.generation import (
    breakers,
    calls,
    collecting,
    dispatch,
    endings,
    planning,
    rooms,
    storing,
)
from arena.generation.dispatch import plan_due
from arena.generation.ledger import LedgerError, release
from arena.generation.models import Generation, Slot
from arena.pictures.derivatives import make_derivatives
from arena.pictures.intake import Limits, read_picture
from arena.pictures.mark import SourceType
from arena.pictures.workshop import MadePictures
from arena.providers import failures, http, jobs, network
from tests import fake_openai_images
from tests.factories import create_challenge, create_offering, create_slot
from tests.fake_providers import FakeProviders

from . import test_races
from .cases import CASES, SEED
from .conftest import arena_for_cases
from .jobs import check, run_case

pytestmark = pytest.mark.django_db(transaction=True)
Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Guard:
    """How a guard is switched off, what of the battery looks at it, and how that fails then.

    `constrained` False: PostgreSQL guards the same, so its constraints are switched off as well.
    """

    switch_off: Callable[[Patch], Any]
    look: Callable[[Path], None]
    fails: tuple[type[Exception], ...] = (AssertionError,)
    constrained: bool = True


def case(name: str) -> Callable[[Path], None]:
    """Look by one case of the battery."""

    def look(folder: Path) -> None:
        with arena_for_cases(folder) as foreign:
            check(CASES[name], run_case(CASES[name], foreign))

    return look


def race(test: Callable[..., None]) -> Callable[[Path], None]:
    """Look by one of the races."""

    def look(folder: Path) -> None:
        with (
            Patch.context() as patch,
            FakeProviders() as fake,
        ):
            patch.setattr(settings, "STUDIOS_URL", fake.origin)
            patch.setattr(settings, "MEDIA_ROOT", folder / "media")
            how = {"fake": fake, "monkeypatch": patch}
            wanted = test.__code__.co_varnames[: test.__code__.co_argcount]
            test(**{name: how[name] for name in wanted})

    return look


def look_at_retries(folder: Path) -> None:
    """Fifteen slots failed at one provider: at most ten are asked for again."""
    offering = create_offering()
    offering.provider.max_in_flight = 100
    offering.provider.save()
    challenge = create_challenge()
    for take in range(15):
        slot = create_slot(challenge=challenge, model=offering.model, take=take)
        Generation.objects.create(slot=slot, offering=offering, state="failed", outcome="timeout")
    assert len(plan_due()) == 10


def ignore_fences(patch: Patch) -> None:
    def write(claim: Any, **values: Any) -> None:
        Generation.objects.filter(pk=claim.generation_id).update(**values)

    for module in (calls, endings, collecting):
        patch.setattr(module, "write", write)


def plan_without_order(patch: Patch) -> None:
    patch.setattr(dispatch, "try_planning_lock", lambda: True)
    patch.setattr(QuerySet, "select_for_update", lambda rows, **how: rows)
    patch.setattr(dispatch, "reach", lambda point: time.sleep(0.3))


def send_uncertain_again(patch: Patch) -> None:
    def due(models: Any, *, most: int, but: Any) -> list[Slot]:
        busy = Generation.objects.filter(state__in=Generation.RUNNING)
        due = Slot.objects.filter(finished_at=None, next_attempt_at__lte=Now())
        return list(due.exclude(generations__in=busy).select_related("model", "prompt__challenge"))

    patch.setattr(dispatch, "_due_slots", due)


def give_back_what_nobody_knows(patch: Patch) -> None:
    settle = endings.settle_failure

    def settle_failure(generation: Generation, *, billed: bool | None, usage: Any) -> None:
        if billed is None:
            release(generation=generation)
        else:
            settle(generation, billed=billed, usage=usage)

    patch.setattr(endings, "settle_failure", settle_failure)


def send_keys_anywhere(patch: Patch) -> None:
    for module in (http, jobs):
        patch.setattr(module, "may_have_key", lambda endpoint, url: True)


def read_everything(patch: Patch) -> None:
    read = http._read_body
    patch.setattr(http, "_read_body", lambda response, cap: read(response, cap=500_000_000))


class LooseBench:
    """Makes pictures without a limit on their pixels, in this process, which can be told so."""

    def make(self, data: bytes, *, width: int, height: int, source: SourceType) -> MadePictures:
        image = read_picture(data, limits=Limits(max_pixels=10**9))
        files = make_derivatives(image, width=width, height=height, source=source)
        return MadePictures(image.width, image.height, files)


def forget_pixel_cap(patch: Patch) -> None:
    patch.setattr(storing, "open_workshop", LooseBench)


def look_at_pixels(folder: Path) -> None:
    """A picture of 27 million pixels is one too large; a giant would take too much memory here."""
    file = BytesIO()
    Image.new("1", (5200, 5200)).save(file, "PNG")
    with Patch.context() as patch:
        large = fake_openai_images._delivers(file.getvalue)
        patch.setitem(fake_openai_images.FAULTS, "giant", large)
        case("45 odd pictures / openai_images / 2")(folder)


GUARDS: dict[str, Guard] = {
    "the fence of every write": Guard(
        ignore_fences,
        race(test_races.test_an_overtaken_worker_writes_nothing_where_another_goes_on),
        (AssertionError, LedgerError),
    ),
    "money is put aside before a call": Guard(
        lambda patch: patch.setattr(planning, "reserve_new", lambda calls, *, day: None),
        case("19 400 / openai_images"),
        (LedgerError,),
    ),
    "an unknown bill stays put aside": Guard(
        give_back_what_nobody_knows,
        case("04 reset in mid-body / openai_images"),
        (LedgerError,),
    ),
    "one running generation a slot": Guard(
        plan_without_order,
        race(test_races.test_dispatchers_at_once_plan_each_slot_once),
        constrained=False,
    ),
    "uncertain is never sent again": Guard(
        send_uncertain_again, case("03 reset before headers / gemini")
    ),
    "breakers count failures": Guard(
        lambda patch: patch.setattr(endings, "note_outcome", lambda *a, **k: None),
        case("32 500 / replicate"),
    ),
    "a breaker opens at once without a key": Guard(
        lambda patch: patch.setattr(breakers, "AT_ONCE", frozenset()), case("20 401 / fal_queue")
    ),
    "the retry budget": Guard(
        lambda patch: patch.setattr(rooms, "retry_room", lambda: dict.fromkeys(range(10_000), 99)),
        look_at_retries,
    ),
    "keys go to their hosts only": Guard(
        send_keys_anywhere, case("addresses at another host / fal_queue")
    ),
    "private addresses are not called": Guard(
        lambda patch: patch.setattr(network, "is_public_address", lambda address: True),
        case("picture at a private address / openai_images"),
    ),
    "the cap of bytes": Guard(read_everything, case("08 body that never ends / openai_images / 2")),
    "the cap of pixels": Guard(forget_pixel_cap, look_at_pixels),
    "the cap of Retry-After": Guard(
        lambda patch: patch.setattr(failures, "bounded_wait", lambda seconds: seconds),
        case("31 429, huge, negative or garbled Retry-After / gemini"),
    ),
    "keys are taken out of messages": Guard(
        lambda patch: patch.setattr(failures, "quote", lambda words, key: words),
        case("the key is quoted in a 401 / openai_images"),
    ),
}


def choose() -> list[str]:
    if os.environ.get("BATTERY_KILLS") == "all":
        return list(GUARDS)
    return random.Random(SEED).sample(list(GUARDS), 3)


@contextmanager
def without_constraints() -> Iterator[None]:
    """What is unique in the table as well is let go, or it would hide what is switched off."""
    table = Generation._meta
    with connection.schema_editor() as editor:
        for constraint in table.constraints:
            editor.remove_constraint(Generation, constraint)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'truncate "{table.db_table}" cascade')
        with connection.schema_editor() as editor:
            for constraint in table.constraints:
                editor.add_constraint(Generation, constraint)


@pytest.mark.parametrize("name", choose())
def test_missing_guard_is_seen(name: str, tmp_path: Path) -> None:
    guard = GUARDS[name]
    guard.look(tmp_path)
    call_command("flush", interactive=False, verbosity=0)
    constraints = nullcontext() if guard.constrained else without_constraints()
    with Patch.context() as patch, constraints:
        guard.switch_off(patch)
        with pytest.raises(guard.fails):
            guard.look(tmp_path)
