"""One model's counted battles against each opponent on each challenge, from its tallies alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import groupby

from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce

from arena.battles.models import Verdict
from arena.catalog.models import ImageModel
from arena.scoring.matchups import bound_rate

from .models import Tally


@dataclass(frozen=True)
class Record:
    """How one model fared against an opponent: on one challenge, or (challenge None) on all of a discipline."""

    discipline: str
    opponent_id: int
    challenge_id: int | None
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def battles(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad

    @property
    def points(self) -> float:
        return self.wins + (self.ties + self.both_bad) / 2

    @property
    def win_rate(self) -> float:
        """Share of the points, 0 to 1: ties and both bad are half a win."""
        return self.points / self.battles

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 95 % bounds of the win rate, 0 to 1."""
        low, high = bound_rate(points=self.points, battles=self.battles)
        return float(low), float(high)


def read_records(model: ImageModel, *, opponent: ImageModel | None = None) -> list[Record]:
    """Read a model's record for every opponent and challenge where they met, by one query; most battles first.

    `opponent`: only against this one.
    """
    left, right = Q(left=model), Q(right=model)
    if opponent is not None:
        left, right = left & Q(right=opponent), right & Q(left=opponent)
    won = left & Q(verdict=Verdict.LEFT) | right & Q(verdict=Verdict.RIGHT)
    lost = left & Q(verdict=Verdict.RIGHT) | right & Q(verdict=Verdict.LEFT)

    def count(which: Q) -> Coalesce:
        return Coalesce(Sum("count", filter=which), 0)

    found = (
        Tally.objects.filter(left | right, population=model.population, count__gt=0)
        .annotate(opponent=Case(When(left, then=F("right")), default=F("left")))
        .values("challenge__discipline", "opponent", "challenge")
        .annotate(
            wins=count(won),
            losses=count(lost),
            ties=count(Q(verdict=Verdict.TIE)),
            both_bad=count(Q(verdict=Verdict.BOTH_BAD)),
        )
    )
    records = [
        Record(
            discipline=row["challenge__discipline"],
            opponent_id=row["opponent"],
            challenge_id=row["challenge"],
            # Sums of bigints come as Decimal.
            **{name: int(row[name]) for name in ("wins", "losses", "ties", "both_bad")},
        )
        for row in found
    ]
    return sorted(records, key=_most_battles)


def sum_over_challenges(records: Iterable[Record]) -> list[Record]:
    """Add the records of each discipline and opponent up; most battles first."""

    def whom(record: Record) -> tuple[str, int]:
        return record.discipline, record.opponent_id

    groups = groupby(sorted(records, key=whom), key=whom)
    return sorted((reduce(_add, group) for _, group in groups), key=_most_battles)


def _add(one: Record, other: Record) -> Record:
    return Record(
        one.discipline,
        one.opponent_id,
        None,
        one.wins + other.wins,
        one.losses + other.losses,
        one.ties + other.ties,
        one.both_bad + other.both_bad,
    )


def _most_battles(record: Record) -> tuple[int, int, int]:
    return -record.battles, record.opponent_id, record.challenge_id or 0
