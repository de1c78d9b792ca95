"""What visitors of the playground may ask for, and how it is ordered: the dispatcher and the workers do the rest.

Nothing is counted aside: quotas are counts of rows. Orders wait for one another, so two never share the last
picture. Text to image only: an edit leaves a model so little room that it would often equal one that is voted on.
"""

import random
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arena.catalog.models import Discipline, ImageModel, Offering, Population
from arena.challenges.models import Challenge, Prompt

from .models import Generation, Slot, Trial
from .quotas import OverQuota
from .routing import usable_offerings

LEAST_MODELS, MOST_MODELS = 2, 4
LONGEST_PROMPT = 2_000
# Pictures that may be on the way: of one visitor, and of all of them. Candidates wait for them meanwhile.
MOST_WAITING, MOST_WAITING_OF_NETWORK, MOST_WAITING_IN_ALL = 8, 16, 40
BUSY_SECONDS = 30
# The arena's own takes are the seeds 0, 1, 2 ...: nobody draws a picture that is in play once more.
FIRST_SEED, MOST_SEED = 1_000, 2_000_000_000
SHAPES = {"square": (1024, 1024), "landscape": (1024, 768), "portrait": (768, 1024)}
TIE, NONE = "tie", "none"
ORDER_LOCK = 7_303


@dataclass(frozen=True)
class Visitor:
    """Who asks, as two hashes; `network` may be empty where there is no address."""

    key: str
    network: str


class TrialRefused(Exception):
    """The trial cannot be made as it was asked for; `field` is prompt, models or shape."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class TooManyWaiting(Exception):
    """Pictures are still on the way; `retry_after` is in seconds."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = BUSY_SECONDS


def playground_models() -> list[ImageModel]:
    """List the models that can be tried now: the demo studios, and real ones where the operator lets them."""
    models = ImageModel.objects.filter(
        disciplines__contains=[Discipline.TEXT_TO_IMAGE], population__in=_populations()
    ).exclude(status=ImageModel.Status.RETIRED)
    offerings: dict[int, list[Offering]] = {}
    for offering in Offering.objects.filter(model__in=models).select_related("provider"):
        offerings.setdefault(offering.model_id, []).append(offering)
    return [
        model
        for model in models.select_related("lab")
        if usable_offerings(offerings.get(model.pk, []), discipline=Discipline.TEXT_TO_IMAGE)[0]
    ]


def _populations() -> list[str]:
    real = [Population.REAL.value] if settings.PLAYGROUND_REAL else []
    return [*real, Population.DEMO.value]


def playground_challenges() -> list[Challenge]:
    """List the public challenges whose prompt can be tried."""
    return list(
        Challenge.objects.exclude(status=Challenge.Status.DRAFT).filter(
            discipline=Discipline.TEXT_TO_IMAGE,
            prompts__in=Prompt.objects.filter(is_current=True, position=1),
        )
    )


def can_be_tried(challenge: Challenge, *, prompts: Iterable[Prompt]) -> bool:
    """Tell of a public challenge, by its prompts, whether `playground_challenges` lists it."""
    return challenge.discipline == Discipline.TEXT_TO_IMAGE and any(
        prompt.is_current and prompt.position == 1 for prompt in prompts
    )


def check_prompt(prompt: str) -> str:
    """Return a prompt without its edges; raises TrialRefused where it cannot or may not be sent."""
    text = prompt.strip()
    if not text:
        raise TrialRefused("prompt", _("Write what the picture should show."))
    if len(text) > LONGEST_PROMPT:
        said = _("The prompt is longer than %(most)d characters: it has %(length)d.")
        raise TrialRefused("prompt", said % {"most": LONGEST_PROMPT, "length": len(text)})
    fault = find_fault(text)
    if fault:
        raise TrialRefused("prompt", fault)
    return text


def find_fault(text: str) -> str:
    """Say why words of a visitor are not taken, whatever they are for; empty where they are."""
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text):
        return _("It holds characters that are no text.")
    words = set(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
    blocked = sorted(words & {word.casefold() for word in settings.PLAYGROUND_BLOCKED_WORDS})
    said = _("This site sends no prompt with the word “%(word)s”.")
    return said % {"word": blocked[0]} if blocked else ""


def choose_models(slugs: Sequence[str], *, surprise: int | None = None) -> list[ImageModel]:
    """Find the chosen models, or draw `surprise` of them; raises TrialRefused.

    Demo studios and real models never stand side by side; a surprise is of real ones where there are enough.
    """
    offered = playground_models()
    if surprise is not None:
        if not LEAST_MODELS <= surprise <= MOST_MODELS:
            raise TrialRefused("models", _("Choose two to four models."))
        return _draw(offered, number=surprise)
    by_slug = {model.slug: model for model in offered}
    unknown = [slug for slug in slugs if slug not in by_slug]
    if unknown:
        said = _("“%(slug)s” cannot be asked here at the moment.")
        raise TrialRefused("models", said % {"slug": unknown[0][:80]})
    chosen = [by_slug[slug] for slug in dict.fromkeys(slugs)]
    if not LEAST_MODELS <= len(chosen) <= MOST_MODELS:
        raise TrialRefused("models", _("Choose two to four models."))
    if len({model.population for model in chosen}) > 1:
        raise TrialRefused("models", _("Demo studios are compared with demo studios only."))
    return chosen


def _draw(offered: list[ImageModel], *, number: int) -> list[ImageModel]:
    for population in (Population.REAL, Population.DEMO):
        pool = [model for model in offered if model.population == population]
        if len(pool) >= LEAST_MODELS:
            return random.SystemRandom().sample(pool, min(number, len(pool)))
    raise TrialRefused("models", _("Fewer than two models can be asked at the moment."))


@transaction.atomic
def start_trial(
    *,
    prompt: str,
    models: Sequence[ImageModel],
    size: tuple[int, int],
    visitor: Visitor,
    blind: bool = False,
    challenge: Challenge | None = None,
) -> Trial:
    """Order one picture of each model for a visitor; they are made like all others. Size in pixels.

    Raises TrialRefused for the prompt, OverQuota where the visitor's or the network's day is used up, and
    TooManyWaiting; nothing is ordered then. A blind trial shows its models in an order of its own.
    """
    text = check_prompt(prompt)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ORDER_LOCK])
    _check_waiting(visitor, wanted=len(models))
    check_quota(visitor, models=models)
    width, height = size
    trial = Trial.objects.create(
        prompt=text,
        challenge=challenge,
        width=width,
        height=height,
        blind=blind,
        visitor=visitor.key,
        network=visitor.network,
    )
    Slot.objects.bulk_create(
        Slot(trial=trial, take=place, model=model, asked=_ask(trial))
        for place, model in enumerate(models, start=1)
    )
    return trial


def _ask(trial: Trial) -> dict[str, Any]:
    return {
        "discipline": Discipline.TEXT_TO_IMAGE.value,
        "prompt": trial.prompt,
        "width": trial.width,
        "height": trial.height,
        "seed": FIRST_SEED + secrets.randbelow(MOST_SEED),
        "forced": None,
    }


def _check_waiting(visitor: Visitor, *, wanted: int) -> None:
    waiting = Slot.objects.filter(trial__isnull=False, finished_at=None, cancelled_at=None)
    if waiting.filter(trial__visitor=visitor.key).count() + wanted > MOST_WAITING:
        raise TooManyWaiting(_("Your last pictures are still on the way. Wait for them first."))
    # A browser without the cookie is a new visitor each time; its network is not.
    near = waiting.filter(trial__network=visitor.network) if visitor.network else waiting.none()
    if near.count() + wanted > MOST_WAITING_OF_NETWORK:
        raise TooManyWaiting(_("Many pictures for your network are on the way. Try again shortly."))
    if waiting.count() + wanted > MOST_WAITING_IN_ALL:
        raise TooManyWaiting(_("Many pictures are on the way at the moment. Try again shortly."))


def quota_of(population: str) -> int:
    """Return how many pictures a visitor may have of a population's models in a UTC day."""
    real = population == Population.REAL
    return settings.PLAYGROUND_PICTURES if real else settings.PLAYGROUND_DEMO_PICTURES


def pictures_left(visitor: Visitor, *, population: str) -> int:
    """Count what a visitor may still ask for today, by the visitor's own quota and the network's."""
    starts = datetime.combine(timezone.now().date(), time(), tzinfo=UTC)
    slots = Slot.objects.filter(model__population=population, trial__created_at__gte=starts)
    quota = quota_of(population)
    left = quota - slots.filter(trial__visitor=visitor.key).count()
    if visitor.network:
        of_network = slots.filter(Q(trial__network=visitor.network)).count()
        left = min(left, quota * settings.PLAYGROUND_NETWORK - of_network)
    return max(left, 0)


def check_quota(visitor: Visitor, *, models: Sequence[ImageModel]) -> None:
    """Raise OverQuota where fewer pictures are left today than models are asked."""
    left = pictures_left(visitor, population=models[0].population)
    if len(models) > left:
        raise OverQuota(
            ngettext(
                "%(left)d picture is left for you today and %(wanted)d are wanted.",
                "%(left)d pictures are left for you today and %(wanted)d are wanted.",
                left,
            )
            % {"left": left, "wanted": len(models)}
        )


def choose_best(trial: Trial, *, choice: str) -> bool:
    """Record the verdict of a blind trial: a place, "tie" or "none"; it counts on no board.

    False where another one was recorded before. Raises ValueError for what cannot be chosen.
    """
    slots = list(trial.slots.prefetch_related("generations"))
    ready = {str(slot.take) for slot in slots if picture_of(slot) is not None}
    early = not all(
        has_ended(slot) for slot in slots
    )  # the verdict tells names, of the late ones too
    if not trial.blind or early or len(ready) < LEAST_MODELS or choice not in {*ready, TIE, NONE}:
        raise ValueError("that is no verdict on this trial")
    Trial.objects.filter(pk=trial.pk, choice="").update(choice=choice)
    trial.refresh_from_db(fields=["choice"])
    return trial.choice == choice


def has_ended(slot: Slot) -> bool:
    """Tell whether nothing more comes of a trial's picture: it is there, or it will not come by itself."""
    if slot.finished_at or slot.cancelled_at or picture_of(slot) is not None:
        return True
    last = max(slot.generations.all(), key=lambda call: call.attempt, default=None)
    return last is not None and last.state == Generation.State.UNCERTAIN


def picture_of(slot: Slot) -> Any:
    """Return the generation that made a trial's picture; None while there is none."""
    made = [call for call in slot.generations.all() if "pictures" in call.parameters]
    return made[0] if made else None
