"""The life of one case of the battery: a slot is planned, called, ends, is settled and made after all.

`run_case` does it through the real functions, rows and sockets, and writes down what it saw;
`check` holds that against the table. Cases run side by side in one database: each has providers,
model, batch and fake server of its own, and plans under a lock, since planning looks at everybody's slots.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Now

from arena.catalog.models import Offering, PriceRule, Provider
from arena.challenges.models import Challenge
from arena.generation import endpoints
from arena.generation.breakers import AT_ONCE, COUNTED, MOST_SECONDS
from arena.generation.calls import run_generation
from arena.generation.cancelling import cancel_slots
from arena.generation.dispatch import plan_due
from arena.generation.endings import STATE_OF_OUTCOME
from arena.generation.models import Batch, Breaker, Candidate, Generation, LedgerEntry, Slot
from arena.generation.moderation import settle_uncertain
from arena.generation.retries import BACKOFF_FIRST
from arena.providers.types import Endpoint, Outcome
from tests.factories import create_challenge, create_model, numbers
from tests.fake_providers import FakeProviders
from tests.providers.faults import REMOTE_IDS, Expected, open_place

from .cases import FOREIGN, KEY, KEY_VARIABLE, PRIVATE, Case, is_uncertain

PRICE = Decimal("0.04")
# Where providers are while nobody calls them.
HOME = "http://127.0.0.1/v1"
NEVER = datetime.fromisoformat("2099-01-01T00:00:00Z")
# Long enough for an answer on a busy machine, short enough to wait for one that never comes.
CALM, SHORT = 20.0, 1.0
# Two statements of one transaction read the clock; a busy machine may pause between them.
BETWEEN = timedelta(seconds=2)
planning = threading.Lock()


@dataclass(frozen=True)
class Foreign:
    """A host that is not the provider's, and a private address at which nobody should knock."""

    server: FakeProviders
    private_url: str


@dataclass(frozen=True)
class Ended:
    """A generation's end as its row tells it, with its money (dollars) and the fake's bill for it."""

    id: int
    state: str
    outcome: str
    message: str
    offering: int
    then: str
    settled: Decimal
    held: Decimal
    bill: int


@dataclass
class Finding:
    """What was seen of one case."""

    first: Ended | None = None
    wait: timedelta | None = None
    slot_finished: bool = False
    breaker: Breaker | None = None
    ended_at: datetime | None = None
    asked_while_open: list[int] = field(default_factory=list)
    sibling: Ended | None = None
    resent_unasked: bool = False
    last: Ended | None = None
    offerings: tuple[int, ...] = ()
    purchases: int = 0
    bill: int = 0
    settled: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    pictures: int = 0
    calls: int = 0


# How long a call of a provider (id) may take, instead of the site's one deadline for all.
patience: dict[int, float] = {}


def open_impatiently(foreign: Foreign) -> Any:
    """Give a stand-in for `calls.open_endpoint`: the real one, with a case's own time and a small cap."""

    def open_endpoint(offering: Offering) -> Endpoint:
        endpoint = endpoints.open_endpoint(offering)
        seconds = patience.get(offering.provider_id, CALM)
        return replace(
            endpoint,
            private_hosts=(urlsplit(endpoint.base_url).netloc, foreign.server.host),
            deadline_seconds=seconds,
            connect_seconds=min(seconds, 4.0) if seconds == CALM else 0.3,
            max_bytes=2_000_000,
        )

    return open_endpoint


@dataclass(frozen=True)
class Scene:
    """The rows of one case: two offerings of a model, and a batch of a faulty slot and its sibling."""

    offerings: tuple[Offering, Offering]
    challenge: Challenge
    batch: Batch
    slot: Slot
    sibling: Slot

    def add_slot(self, take: int) -> Slot:
        return Slot.objects.create(
            batch=self.batch,
            prompt=self.slot.prompt,
            model=self.slot.model,
            take=take,
            next_attempt_at=NEVER,
        )


def build_scene(case: Case) -> Scene:
    model = create_model()
    challenge = create_challenge(
        allow_fallback=case.allow_fallback, canvas_width=128, canvas_height=128
    )
    offerings = tuple(_offer(case, model, priority=priority) for priority in (10, 20))
    batch = Batch.objects.create(challenge=challenge)
    prompt = challenge.prompts.get()
    slot, sibling = (
        Slot.objects.create(
            batch=batch, prompt=prompt, model=model, take=take, next_attempt_at=NEVER
        )
        for take in range(2)
    )
    return Scene((offerings[0], offerings[1]), challenge, batch, slot, sibling)


def _offer(case: Case, model: Any, *, priority: int) -> Offering:
    number = next(numbers)
    provider = Provider.objects.create(
        slug=f"battery-{number}",
        name=f"Battery {number}",
        dialect=case.adapter,
        base_url=HOME,
        key_variable=KEY_VARIABLE,
        options=dict(case.cell.options),
    )
    offering = Offering.objects.create(
        model=model,
        provider=provider,
        remote_id=REMOTE_IDS[case.adapter],
        disciplines=model.disciplines,
        resend_safe=False,
        priority=priority,
    )
    PriceRule.objects.create(offering=offering, amount=PRICE, valid_from=date(2026, 1, 1))
    return offering


def plan_slot(*slots: Slot) -> list[Generation]:
    """Make slots due, plan whatever is due, and give the generations that wait for a worker."""
    with planning:
        Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(next_attempt_at=Now())
        plan_due()
        # What is not planned now must not be planned by another case's turn.
        Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(next_attempt_at=NEVER)
    return list(
        Generation.objects.filter(slot__in=slots, state=Generation.State.RESERVED).order_by("slot")
    )


def money_of(**which: Any) -> tuple[Decimal, Decimal]:
    """Sum what is settled and what is held for some generations, in dollars."""
    sums = {
        kind: LedgerEntry.objects.filter(kind=kind, **which).aggregate(sum=Sum("amount"))["sum"]
        or Decimal(0)
        for kind in ("reserve", "settle", "release")
    }
    return sums["settle"], sums["reserve"] - sums["release"]


@contextmanager
def provider_at(scene: Scene, base_url: str) -> Iterator[None]:
    """Move both providers to an address for a while."""
    providers = Provider.objects.filter(offerings__in=scene.offerings)
    providers.update(base_url=base_url)
    yield
    providers.update(base_url=HOME)


def call_once(generation: Generation, fake: FakeProviders) -> Ended:
    """Let a worker make one call, and read how it ended."""
    before = fake.bill
    run_generation(generation.pk)
    row = Generation.objects.get(pk=generation.pk)
    settled, held = money_of(generation=row)
    return Ended(
        id=row.pk,
        state=row.state,
        outcome=row.outcome,
        message=row.message,
        offering=row.offering_id,
        then=row.route.get("then", ""),
        settled=settled,
        held=held,
        bill=fake.bill - before,
    )


def run_case(case: Case, foreign: Foreign) -> Finding:
    """Run one case from its slots to the last cent; closes the thread's connection."""
    try:
        scene = build_scene(case)
        with FakeProviders(key=KEY) as fake:
            return _run(case, scene, fake=fake, foreign=foreign)
    finally:
        connection.close()


def _run(case: Case, scene: Scene, *, fake: FakeProviders, foreign: Foreign) -> Finding:
    finding = Finding()
    first, sibling = plan_slot(scene.slot, scene.sibling)
    fake.script(place_steps(case, foreign))
    with (
        open_place(case.cell.place, fake, adapter=case.adapter) as base_url,
        provider_at(scene, base_url),
        calling(scene, seconds=SHORT if case.cell.timing_out else CALM),
    ):
        finding.first = call_once(first, fake)
        slot = Slot.objects.get(pk=scene.slot.pk)
        Slot.objects.filter(pk=slot.pk).update(next_attempt_at=NEVER)
    row = Generation.objects.get(pk=first.pk)
    finding.ended_at = row.ended_at
    finding.slot_finished = slot.finished_at is not None
    if row.ended_at is not None:
        finding.wait = slot.next_attempt_at - row.ended_at
    finding.breaker = Breaker.objects.filter(offering=row.offering_id).first()
    fake.script([])
    with (
        provider_at(scene, fake.base_url_of(case.adapter)),
        calling(scene, seconds=CALM),
    ):
        finding.sibling = call_once(sibling, fake)
        if finding.breaker and finding.breaker.open_until:
            _ask_while_open(scene, finding)
        _make_after_all(scene, finding, fake)
    _add_up(scene, finding, fake)
    return finding


def _ask_while_open(scene: Scene, finding: Finding) -> None:
    """Who is asked for another picture while the breaker of the first offering is open."""
    later = scene.add_slot(2)
    finding.asked_while_open = [planned.offering_id for planned in plan_slot(later)]
    cancel_slots([later.pk])


def _make_after_all(scene: Scene, finding: Finding, fake: FakeProviders) -> None:
    """Wait, settle what is uncertain truthfully, and let the picture be made if it is due."""
    Breaker.objects.filter(offering__in=scene.offerings).update(open_until=Now())
    planned = plan_slot(scene.slot)
    assert finding.first is not None
    if finding.first.state == Generation.State.UNCERTAIN:
        finding.resent_unasked = bool(planned)
        charged = finding.first.bill > 0
        generation = Generation.objects.get(pk=finding.first.id)
        settle_uncertain(generation, charged=charged, send_again=True)
        Breaker.objects.filter(offering__in=scene.offerings).update(open_until=Now())
        planned = plan_slot(scene.slot)
    if planned:
        finding.last = call_once(planned[0], fake)


def _add_up(scene: Scene, finding: Finding, fake: FakeProviders) -> None:
    slots = [scene.slot, scene.sibling]
    finding.settled, finding.held = money_of(generation__slot__in=slots)
    finding.bill = fake.bill
    finding.purchases = len([p for p in fake.posts if not p.path.endswith("/cancel")])
    finding.pictures = Candidate.objects.filter(slot__in=slots).count()
    finding.calls = Generation.objects.filter(slot__in=slots).count()
    finding.offerings = tuple(offering.pk for offering in scene.offerings)


@contextmanager
def calling(scene: Scene, *, seconds: float) -> Iterator[None]:
    """Give both providers so many seconds for a call."""
    for offering in scene.offerings:
        patience[offering.provider_id] = seconds
    yield


def place_steps(case: Case, foreign: Foreign) -> list[Mapping[str, Any]]:
    """Put the addresses of this run into a case's script."""
    known = {FOREIGN: foreign.server.origin, PRIVATE: foreign.private_url}

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            for mark, address in known.items():
                value = value.replace(mark, address)
        return value

    return [{name: fill(value) for name, value in step.items()} for step in case.cell.steps]


# What must be seen ------------------------------------------------------------------------------


def expected_end(case: Case) -> tuple[str, str]:
    """Give state and outcome that a case's generation must end with."""
    expected = case.cell.expected
    if expected.found_by == "intake":
        return Generation.State.FAILED, Outcome.BAD_PICTURE
    if expected.outcome is Outcome.OK:
        return Generation.State.STORED, Outcome.OK
    if is_uncertain(case.cell):
        return Generation.State.UNCERTAIN, expected.outcome
    return STATE_OF_OUTCOME.get(expected.outcome, Generation.State.FAILED), expected.outcome


def expected_then(case: Case) -> str:
    """Give what must follow for the slot."""
    expected = case.cell.expected
    if expected.outcome is Outcome.OK and expected.found_by != "intake":
        return ""
    if is_uncertain(case.cell):
        return "uncertain"
    if expected.retryable:
        return "retry"
    return "fallback" if expected.fallback and case.allow_fallback else "end"


def check(case: Case, finding: Finding) -> None:
    """Hold what was seen against the table."""
    first = finding.first
    assert first is not None
    assert (first.state, first.outcome) == expected_end(case), first.message
    assert first.then == expected_then(case)
    assert bool(first.message) == (first.state != "stored")
    check_money(case, finding)
    check_wait(case.cell.expected, finding, then=first.then)
    check_breaker(case, finding)
    check_sibling(finding)
    check_last(case, finding)


def check_money(case: Case, finding: Finding) -> None:
    first = finding.first
    assert first is not None
    assert first.settled + first.held >= PRICE * first.bill, "less is booked than was billed"
    if first.state == Generation.State.UNCERTAIN:
        assert (first.settled, first.held) == (0, PRICE), "what nobody knows stays put aside"
    else:
        assert (first.settled, first.held) == (PRICE * first.bill, 0)
    assert finding.held == 0
    assert finding.settled == PRICE * finding.bill, "to the cent, once nothing is uncertain"


def check_wait(expected: Expected, finding: Finding, *, then: str) -> None:
    wait = finding.wait
    if then == "retry":
        least, most = expected.wait or (0, 0)
        assert wait is not None
        most = max(most, BACKOFF_FIRST)
        assert timedelta(seconds=least) <= wait <= timedelta(seconds=most) + BETWEEN, wait
    elif then == "fallback":
        assert wait is not None
        assert wait <= BETWEEN
    assert finding.slot_finished == (then in ("", "end"))


def check_breaker(case: Case, finding: Finding) -> None:
    _state, outcome = expected_end(case)
    breaker, others = finding.breaker, finding.offerings[1:]
    if outcome in AT_ONCE:
        assert breaker is not None
        assert breaker.open_until is not None
        assert finding.ended_at is not None
        opened = (breaker.open_until - finding.ended_at).total_seconds()
        assert MOST_SECONDS - 1 < opened < 1.2 * MOST_SECONDS
        assert breaker.reason.startswith(outcome)
        assert finding.asked_while_open == (list(others) if case.allow_fallback else [])
    elif outcome in COUNTED:
        assert breaker is not None
        assert (len(breaker.failures), breaker.open_until) == (1, None)
        assert breaker.reason.startswith(outcome)
    else:
        assert breaker is None or (breaker.failures, breaker.open_until) == ([], None)


def check_sibling(finding: Finding) -> None:
    sibling = finding.sibling
    assert sibling is not None
    assert (sibling.state, sibling.settled, sibling.held, sibling.bill) == ("stored", PRICE, 0, 1)
    assert sibling.offering == finding.offerings[0]


def check_last(case: Case, finding: Finding) -> None:
    """The picture comes in the end, from whom it should, and nothing was bought twice unasked."""
    assert not finding.resent_unasked, "an uncertain call was sent again by itself"
    then, last = expected_then(case), finding.last
    goes_on = then in ("retry", "fallback", "uncertain")
    assert (last is not None) == goes_on
    if last is not None:
        assert last.state == "stored", last.message
        assert last.offering == finding.offerings[then == "fallback"]
    assert finding.pictures == 1 + (goes_on or then == "")
    assert finding.calls == 2 + goes_on
    assert finding.purchases <= finding.calls
