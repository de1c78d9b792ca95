"""What needs a curator: one function a kind, each of which finds its own things in rows.

Another part of the desk joins by adding its function to SOURCES.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.urls import reverse

from arena.battles.models import Suggestion
from arena.battles.pool import Scope as VoteScope
from arena.battles.pool import candidates_in_play, count_votable_prompts, population_for
from arena.battles.reports import open_reports, read_queue
from arena.battles.suggestions import suggestions_in
from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge, HistoryLine, Prompt
from arena.generation.budget import Room, room_left
from arena.generation.models import Breaker, Generation, Slot, SpendingCap
from arena.generation.wanted import describe_wanted
from arena.ratings.boards import FEW_BATTLES, PRELIMINARY_BELOW
from arena.ratings.datasets import Scope, read_dataset
from arena.ratings.models import RatingRun

# Of each kind the page lists this many; the number beside them is exact.
LISTED = 5
NEAR = Decimal("0.8")


@dataclass(frozen=True)
class Item:
    """One thing: what it is, where to go, and for a single press the address that it posts to."""

    words: str
    url: str
    detail: str = ""
    press: str = ""
    press_label: str = ""


@dataclass(frozen=True)
class Need:
    """A kind of things that wait for a curator; `count` of them, the first few listed."""

    title: str
    why: str
    count: int
    items: list[Item] = field(default_factory=list)
    urgent: bool = False

    @property
    def rest(self) -> int:
        return self.count - len(self.items)


def list_needs() -> list[Need]:
    """Ask every source; what is urgent comes first, and what needs nothing is left out."""
    found = [need for source in SOURCES for need in source() if need.count]
    return sorted(found, key=lambda need: not need.urgent)


def uncertain_calls() -> list[Need]:
    """Calls that may be charged and whose answer is lost: only a person can look at the bill."""
    waiting = Generation.objects.filter(state=Generation.State.UNCERTAIN)
    rows = waiting.select_related("offering__provider", "offering__model", "slot__model").order_by(
        "pk"
    )
    return [
        Need(
            "Uncertain calls",
            "Perhaps charged, answer lost. Look at the provider's bill, then decide.",
            waiting.count(),
            [
                Item(
                    describe_wanted(call.slot).title + f", {call.slot.model.name}",
                    reverse("desk:call", args=[call.pk]),
                    detail=f"{call.offering.provider.name}: {call.message[:120]}",
                )
                for call in rows[:LISTED]
            ],
            urgent=True,
        )
    ]


def reported_pictures() -> list[Need]:
    """Pictures that readers or voters have reported, most reports first."""
    address = reverse("moderation:reports")
    return [
        Need(
            "Reported pictures",
            "Somebody says that a picture should not be shown. Look at it, then hide it or dismiss.",
            open_reports().values("candidate").distinct().count(),
            [
                Item(
                    describe_wanted(case.candidate.slot).title
                    + f", {case.candidate.slot.model.name}",
                    address,
                    detail=", ".join(
                        sorted({report.get_reason_display() for report in case.reports})
                    ),
                )
                for case in read_queue(most=LISTED)
            ],
            urgent=True,
        )
    ]


def waiting_suggestions() -> list[Need]:
    """Prompts that voters suggest, the newest first."""
    address = reverse("moderation:suggestions")
    waiting = suggestions_in(Suggestion.State.WAITING)
    return [
        Need(
            "Suggested prompts",
            "Voters would like the models to be asked this. Take it as a draft, or decline it.",
            waiting.count(),
            [
                Item(
                    suggestion.title,
                    f"{address}#suggestion-{suggestion.pk}",
                    detail=suggestion.get_discipline_display(),
                )
                for suggestion in waiting[:LISTED]
            ],
        )
    ]


def open_breakers() -> list[Need]:
    """Offerings that are left alone for a while."""
    rows = Breaker.objects.filter(open_until__isnull=False).select_related(
        "offering__provider", "offering__model"
    )
    return [
        Need(
            "Breakers open",
            "These are left alone for a while, then one call tries whether they are back.",
            rows.count(),
            [
                Item(
                    str(breaker.offering),
                    reverse("admin:catalog_offering_change", args=[breaker.offering_id]),
                    detail=breaker.reason,
                    press=reverse("desk:breaker", args=[breaker.offering_id]),
                    press_label="Ask it again now",
                )
                for breaker in rows.order_by("open_until")[:LISTED]
            ],
            urgent=True,
        )
    ]


def budgets_near_caps() -> list[Need]:
    """Caps of which four fifths are paid or put aside; beyond the cap pictures wait."""
    caps = SpendingCap.objects.select_related("provider", "challenge")
    rooms: dict[Room, str] = dict.fromkeys(room_left(), "")
    for cap in caps:
        if cap.provider or cap.challenge:
            own = room_left(provider=cap.provider, challenge=cap.challenge)[1:]
            rooms |= {room: _cap_url(cap.challenge_id) for room in own}
    near = [(room, url) for room, url in rooms.items() if room.used >= NEAR * room.cap]
    listing = reverse("admin:generation_spendingcap_changelist")
    return [
        Need(
            "Budgets near their caps",
            "Pictures wait when a cap has no room. A raised cap makes them due at once.",
            len(near),
            [Item(f"{room.sentence} left", url or listing) for room, url in near[:LISTED]],
        )
    ]


def _cap_url(challenge_id: int | None) -> str:
    return reverse("desk:challenge", args=[challenge_id]) + "#order" if challenge_id else ""


def waiting_for_money() -> list[Need]:
    """Slots whose last call found no room or no price."""
    waiting = Slot.objects.filter(
        finished_at=None,
        next_attempt_at__gt=Now(),
        prompt__isnull=False,
        generations__state=Generation.State.OVER_BUDGET,
    )
    rows = (
        waiting.values("prompt__challenge", "prompt__challenge__title")
        .annotate(n=Count("pk", distinct=True))
        .order_by("-n")
    )
    return [
        Need(
            "Pictures that wait for money",
            "A spending cap leaves no room for them, or no price is known.",
            waiting.distinct().count(),
            [
                Item(
                    row["prompt__challenge__title"],
                    reverse("desk:challenge", args=[row["prompt__challenge"]]) + "#progress",
                    detail=f"{row['n']} pictures",
                )
                for row in rows[:LISTED]
            ],
        )
    ]


def challenges_without_pictures() -> list[Need]:
    """Open challenges with a prompt on which fewer than two models of one population can meet."""
    asked_now = Count(
        "prompts", Q(prompts__is_current=True, prompts__purpose=Prompt.Purpose.BATTLE)
    )
    opened = Challenge.objects.filter(status=Challenge.Status.OPEN).annotate(asked=asked_now)
    votable = count_votable_prompts()
    lacking = [
        (challenge, challenge.asked - votable[challenge.pk], challenge.asked)
        for challenge in opened
        if votable[challenge.pk] < challenge.asked
    ]
    return [
        Need(
            "Open challenges with too few pictures",
            "A pair needs pictures of two models for one prompt.",
            len(lacking),
            [
                Item(
                    challenge.title,
                    reverse("desk:challenge", args=[challenge.pk]) + "#order",
                    detail=f"{short} of {asked} prompts cannot be voted on",
                )
                for challenge, short, asked in lacking[:LISTED]
            ],
        )
    ]


def challenges_without_votes() -> list[Need]:
    """Open challenges whose boards are preliminary for want of votes."""
    votes = dict(
        RatingRun.objects.filter(challenge__isnull=False)
        .order_by(
            "population"
        )  # demo before real: where there are real votes, they are what counts
        .values_list("challenge", "votes")
    )
    few = [
        (votes.get(challenge.pk, 0), challenge)
        for challenge in Challenge.objects.filter(status=Challenge.Status.OPEN)
        if votes.get(challenge.pk, 0) < PRELIMINARY_BELOW
    ]
    few.sort(key=lambda pair: pair[0])
    return [
        Need(
            "Open challenges with too few votes",
            f"Below {PRELIMINARY_BELOW} counted votes a board says little.",
            len(few),
            [
                Item(
                    challenge.title,
                    reverse("web:vote_challenge", args=[challenge.slug]),
                    detail=f"{n} counted votes",
                )
                for n, challenge in few[:LISTED]
            ],
        )
    ]


def pairs_without_votes() -> list[Need]:
    """Pairs of models that can meet and have hardly met, in the population that is voted on."""
    needs = []
    for discipline in Discipline:
        population = population_for(VoteScope(discipline=discipline))
        playing = candidates_in_play(VoteScope(discipline=discipline), population=population)
        ids = sorted(set(playing.values_list("slot__model", flat=True)))
        met = _battles_of_pairs(Scope(population, discipline), ids)
        names = dict(ImageModel.objects.filter(pk__in=ids).values_list("pk", "name"))
        pairs = [
            (met[first, second], names[ids[first]], names[ids[second]])
            for first in range(len(ids))
            for second in range(first + 1, len(ids))
            if met[first, second] < FEW_BATTLES
        ]
        pairs.sort()
        url = reverse("web:vote_discipline", args=[discipline])
        needs.append(
            Need(
                f"Pairs that need votes: {discipline.label.lower()}",
                f"Fewer than {FEW_BATTLES} battles of one another. Votes are led to them by themselves.",
                len(pairs),
                [
                    Item(f"{one} and {other}", url, detail=f"{n} battles")
                    for n, one, other in pairs[:LISTED]
                ],
            )
        )
    return needs


def _battles_of_pairs(scope: Scope, ids: list[int]) -> np.ndarray:
    """Return how often the models (ids) met, in their order."""
    dataset = read_dataset(scope)
    met = np.zeros((len(ids), len(ids)), dtype=np.int64)
    known = [index for index, model in enumerate(dataset.models) if model in ids]
    if known:
        place = [ids.index(dataset.models[index]) for index in known]
        met[np.ix_(place, place)] = dataset.tallies.battles_of_pairs()[np.ix_(known, known)]
    return met


def missed_moments() -> list[Need]:
    """Drafts that should have opened by themselves and could not; gone once they open or are put aside."""
    lines = HistoryLine.objects.filter(
        said__startswith="Not opened at its time",
        challenge__status=Challenge.Status.DRAFT,
        challenge__archived_at=None,
        challenge__opens_at=None,
    ).select_related("challenge")
    return [
        Need(
            "Challenges that could not open at their time",
            "Mend what is missing, then open it or set another moment.",
            lines.count(),
            [
                Item(
                    line.challenge.title,
                    reverse("desk:challenge", args=[line.challenge.pk]),
                    detail=line.said,
                )
                for line in lines[:LISTED]
                if line.challenge
            ],
            urgent=True,
        )
    ]


SOURCES: tuple[Callable[[], list[Need]], ...] = (
    uncertain_calls,
    reported_pictures,
    open_breakers,
    missed_moments,
    waiting_suggestions,
    waiting_for_money,
    budgets_near_caps,
    challenges_without_pictures,
    challenges_without_votes,
    pairs_without_votes,
)
