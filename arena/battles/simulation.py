"""Simulated voters of the demo: planted strengths decide, the real voting functions do the rest.

They meet demo studios only (I8), are counted apart from people everywhere, and can be removed whole.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from arena.challenges.models import Challenge

from .issuing import WINDOW, Scope, fill_window
from .models import Battle, Exposure, FoldEntry, Undo, Verdict, Vote, Voter
from .verdicts import record_verdict

# Of the verdicts without a winner, this share is "both bad".
BOTH_BAD_SHARE = 0.25
# A visit ends after at most this many verdicts on one challenge.
LONGEST_VISIT = 6


@dataclass(frozen=True)
class Planted:
    """What the simulated voters believe.

    `strengths`: Elo points by model slug, of one discipline; `level_share`: the share of verdicts
    without a winner between equals, less the further two models are apart.
    """

    strengths: Mapping[str, float]
    level_share: float


def toss_verdict(*, left: float, right: float, level_share: float, dice: random.Random) -> str:
    """Draw a verdict between two strengths (Elo points).

    With half a win for each level verdict, the expected score is exactly Bradley-Terry's, so that
    the planted strengths are what a fit of the tallies estimates.
    """
    expected = 1 / (1 + 10 ** ((right - left) / 400))
    level = level_share * 2 * min(expected, 1 - expected)
    toss = dice.random()
    if toss < level:
        return Verdict.BOTH_BAD if toss < level * BOTH_BAD_SHARE else Verdict.TIE
    return Verdict.LEFT if toss < level + expected - level / 2 else Verdict.RIGHT


def visit(
    voter: Voter, *, challenge: Challenge, planted: Planted, most: int, dice: random.Random
) -> int:
    """Let a simulated voter judge up to `most` pairs of one challenge; return how many verdicts count.

    Ends early when no pair is left whose verdict would count. Raises ValueError for a voter who is
    a person, and KeyError for a studio without a planted strength.
    """
    if not voter.simulated:
        raise ValueError("Only simulated voters cast simulated verdicts.")
    known = set(Exposure.objects.filter(voter=voter).values_list("candidate_id", flat=True))
    scope = Scope(challenge=challenge.slug)
    cast = 0
    while cast < most:
        battles = fill_window(voter, scope=scope, size=min(WINDOW, most - cast), dice=dice)
        slugs = _slugs(battles)
        for battle in battles:
            if {battle.left_id, battle.right_id} & known:
                return cast
            left, right = (planted.strengths[slug] for slug in slugs[battle.pk])
            vote = record_verdict(
                token=battle.token,
                voter=voter,
                verdict=toss_verdict(
                    left=left, right=right, level_share=planted.level_share, dice=dice
                ),
                viewing_ms=_viewing_ms(dice),
            )
            known |= {battle.left_id, battle.right_id}
            cast += vote.counted
        if not battles:
            break
    return cast


def find_visitor(challenge: Challenge, *, dice: random.Random) -> Voter:
    """Return a simulated voter who has not been at a challenge yet: a known one, else a new one."""
    rested = list(
        Voter.objects.filter(simulated=True)
        .exclude(votes__battle__prompt__challenge=challenge)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if rested:
        return Voter.objects.get(pk=dice.choice(rested))
    return Voter.objects.create(simulated=True)


def votes_by_challenge() -> dict[int, int]:
    """Count the counted simulated verdicts of each challenge, by its id."""
    simulated: QuerySet[Battle] = Battle.objects.filter(vote__counted=True, voter__simulated=True)
    return dict(
        simulated.order_by()
        .values("prompt__challenge")
        .annotate(n=Count("pk"))
        .values_list("prompt__challenge", "n")
    )


def remove_simulated() -> int:
    """Delete every simulated voter with battles, verdicts, exposures and entries; return the number of voters.

    Tallies and boards are not touched: rebuild them in the same transaction.
    """
    simulated = Q(voter__simulated=True)
    FoldEntry.objects.filter(vote__voter__simulated=True).delete()
    Undo.objects.filter(vote__voter__simulated=True).delete()
    Vote.objects.filter(simulated).delete()
    Battle.objects.filter(simulated).delete()
    return Voter.objects.filter(simulated=True).delete()[1].get("battles.Voter", 0)


def _slugs(battles: list[Battle]) -> dict[int, tuple[str, str]]:
    """Map battles to the slugs of their models, left and right: what a voter must not know, and a die must."""
    rows = Battle.objects.filter(pk__in=[battle.pk for battle in battles]).values_list(
        "pk", "left__slot__model__slug", "right__slot__model__slug"
    )
    return {pk: (left, right) for pk, left, right in rows}


def _viewing_ms(dice: random.Random) -> int:
    """People look for some seconds, now and then much longer."""
    return int(min(60_000, 1000 * math.exp(dice.gauss(1.3, 0.6))))
