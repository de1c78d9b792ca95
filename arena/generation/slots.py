"""What is wanted and how far it is: slots of batches, their costs and their progress."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import (
    Count,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from arena.catalog.models import ImageModel, Offering, Population
from arena.catalog.prices import estimate
from arena.challenges.editing import lock_challenge
from arena.challenges.models import Challenge, Prompt

from .models import Batch, Generation, Slot
from .routing import choose_offering


@dataclass(frozen=True)
class Cost:
    """What one model's part of a batch costs, in dollars.

    `each` is what one picture is expected to cost and `each_at_most` what is put aside for it; both are None
    when the price list does not say. `offering` is asked; None: `missing` says why nobody can be.
    """

    model: ImageModel
    pictures: int
    offering: Offering | None
    each: Decimal | None
    each_at_most: Decimal | None
    missing: str

    @property
    def route(self) -> str:
        return str(self.offering or "")

    @property
    def total(self) -> Decimal | None:
        return None if self.each is None else self.each * self.pictures

    @property
    def total_at_most(self) -> Decimal | None:
        return None if self.each_at_most is None else self.each_at_most * self.pictures

    @property
    def is_free(self) -> bool:
        """Whether its price is only shown: nothing is charged at a demo studio."""
        return self.offering is not None and self.offering.resend_safe


@dataclass(frozen=True)
class Progress:
    """How far a set of slots is; `planned` counts what can still become a picture or is one."""

    ready: int
    wanted: int
    running: int
    declined: int
    failed: int

    @property
    def planned(self) -> int:
        return self.wanted - self.declined - self.failed

    @property
    def percent(self) -> int:
        return 100 if self.planned == 0 else self.ready * 100 // self.planned

    @property
    def done(self) -> bool:
        return self.ready == self.planned

    @property
    def label(self) -> str:
        if self.wanted and not self.planned:
            return "No picture: every model declined or failed"
        return f"{self.ready} of {self.planned} pictures ready"


def expected_costs(
    challenge: Challenge, *, models: Iterable[ImageModel], takes: int | None, day: date
) -> list[Cost]:
    """Estimate a batch before it is ordered: one row per model, with why a model cannot be asked.

    All pictures of a model are estimated by the longest of the challenge's prompts.
    """
    prompts = list(challenge.prompts.filter(is_current=True))
    references = challenge.references.count()
    longest = max((prompt.text for prompt in prompts), key=len, default="")
    models = list(models)
    offered = Offering.objects.select_related("provider").prefetch_related("price_rules")
    prefetch_related_objects(models, Prefetch("offerings", offered, to_attr="offered"))
    have = dict(
        Slot.objects.filter(
            prompt__in=prompts, model__in=models, take__lt=takes or F("model__takes")
        )
        .values_list("model")
        .annotate(n=Count("pk"))
    )
    costs = []
    for model in models:
        wanted = len(prompts) * (takes or model.takes)
        choice = choose_offering(
            model,
            discipline=challenge.discipline,
            turn=challenge.pk,
            offerings=model.offered,  # type: ignore[attr-defined]
        )
        found = choice.offering and estimate(
            choice.offering,
            width=challenge.canvas_width,
            height=challenge.canvas_height,
            references=references,
            day=day,
            features=(challenge.discipline,),
            prompt=longest,
        )
        costs.append(
            Cost(
                model=model,
                pictures=wanted - have.get(model.pk, 0),
                offering=choice.offering,
                each=found.expected if found else None,
                each_at_most=found.ceiling if found else None,
                missing=choice.missing,
            )
        )
    return costs


def has_pictures(challenge: Challenge) -> bool:
    """Tell whether pictures of a challenge were made or ordered: they fix what they are made from."""
    return Slot.objects.filter(prompt__challenge=challenge).exists()


def list_missing(
    challenge: Challenge, *, models: Iterable[ImageModel], takes: int | None = None
) -> list[tuple[Prompt, ImageModel, int]]:
    """List what an order would add: every (prompt, model, take) that has no slot yet."""
    prompts = list(challenge.prompts.filter(is_current=True))
    wanted = [
        (prompt, model, take)
        for prompt in prompts
        for model in models
        if challenge.discipline in model.disciplines
        for take in range(takes or model.takes)
    ]
    have = set(Slot.objects.filter(prompt__in=prompts).values_list("prompt_id", "model_id", "take"))
    return [
        (prompt, model, take)
        for prompt, model, take in wanted
        if (prompt.pk, model.pk, take) not in have
    ]


@transaction.atomic
def order_pictures(
    challenge: Challenge,
    *,
    models: Iterable[ImageModel],
    takes: int | None = None,
    ordered_by: User | None = None,
) -> int:
    """Order `takes` pictures (default: each model's own number) of every current prompt; return how many are new.

    Slots that exist already are left alone, so ordering twice orders once. Whoever changes the challenge waits.
    """
    lock_challenge(challenge)
    missing = list_missing(challenge, models=models, takes=takes)
    if not missing:
        return 0
    batch = Batch.objects.create(challenge=challenge, ordered_by=ordered_by)
    Slot.objects.bulk_create(
        [
            Slot(batch=batch, prompt=prompt, model=model, take=take)
            for prompt, model, take in missing
        ],
        ignore_conflicts=True,
    )
    return len(missing)


def order_demo_pictures() -> int:
    """Let the demo studios start themselves on every open challenge; return how many slots are new."""
    studios = ImageModel.objects.filter(population=Population.DEMO).exclude(
        status=ImageModel.Status.RETIRED
    )
    return sum(
        order_pictures(challenge, models=[studio])
        for studio in studios
        for challenge in _unanswered(studio)
    )


def _unanswered(model: ImageModel) -> QuerySet[Challenge]:
    """Select the open challenges with a prompt of which this model has fewer takes than its own number."""
    answered = (
        Slot.objects.filter(prompt=OuterRef("pk"), model=model, take__lt=model.takes)
        .order_by()
        .values("prompt")
        .annotate(n=Count("pk"))
        .values("n")
    )
    prompts = Prompt.objects.annotate(answered=Coalesce(Subquery(answered), 0)).filter(
        is_current=True, answered__lt=model.takes
    )
    return Challenge.objects.filter(
        prompts__in=prompts, status=Challenge.Status.OPEN, discipline__in=model.disciplines
    ).distinct()


def measure_progress(slots: QuerySet[Slot]) -> Progress:
    """Count the ends of a set of slots."""
    return _progress(slots.aggregate(**_ENDS))


def measure_challenges() -> dict[int, Progress]:
    """Count the ends of the slots of each challenge's (id) current prompts; absent: nothing was ordered."""
    slots = Slot.objects.filter(prompt__is_current=True).order_by()
    rows = slots.values("prompt__challenge").annotate(**_ENDS)
    return {row["prompt__challenge"]: _progress(row) for row in rows}


_ENDS = {
    "wanted": Count("pk", distinct=True),
    "ready": Count("pk", distinct=True, filter=Q(candidate__isnull=False)),
    "running": Count("pk", distinct=True, filter=Q(generations__state__in=Generation.RUNNING)),
    "declined": Count(
        "pk",
        distinct=True,
        filter=Q(finished_at__isnull=False, generations__state=Generation.State.REFUSED),
    ),
    "ended": Count(
        "pk", distinct=True, filter=Q(finished_at__isnull=False, candidate__isnull=True)
    ),
}


def _progress(counts: Mapping[str, Any]) -> Progress:
    return Progress(
        ready=counts["ready"],
        wanted=counts["wanted"],
        running=counts["running"],
        declined=counts["declined"],
        failed=counts["ended"] - counts["declined"],
    )
