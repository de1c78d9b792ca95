"""Duels that are over: two pictures of one prompt that have both left the blind vote, and their verdicts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count

from arena.battles.models import STANDING, Verdict, Vote
from arena.catalog.models import ImageModel
from arena.generation.models import Candidate
from arena.generation.releasing import shown_with_names
from arena.web.exhibits import Exhibit, describe_exhibits, with_origin

DUELS_A_PAGE = 6


@dataclass(frozen=True)
class Duel:
    """Two pictures of one prompt with the standing verdicts on just these two, from the first one's side."""

    first: Exhibit
    second: Exhibit
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def battles(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad


@dataclass(frozen=True)
class _Pair:
    first: Candidate
    second: Candidate
    said: Counter[str] = field(default_factory=Counter)


def show_duels(first: ImageModel, second: ImageModel, *, page: str) -> dict[str, Any]:
    """Describe one page of the duels of two models that may be shown with names, most judged first.

    Pairs that nobody judged are left out, for a duel is what voters saw.
    """
    candidates = list(with_origin(shown_with_names().filter(slot__model__in=[first, second])))
    pairs = _pair(candidates, first=first)
    shown = Paginator(pairs, DUELS_A_PAGE).get_page(page)
    return {"duels": _describe(shown), "duel_pages": shown}


def _pair(candidates: list[Candidate], *, first: ImageModel) -> list[_Pair]:
    by_pk = {candidate.pk: candidate for candidate in candidates}
    found: dict[tuple[int, int], _Pair] = {}
    for one, other, left, verdict, n in _count_verdicts(list(by_pk)):
        ours, theirs = (one, other) if by_pk[one].slot.model_id == first.pk else (other, one)
        pair = found.setdefault((ours, theirs), _Pair(by_pk[ours], by_pk[theirs]))
        pair.said[_from_first(verdict, first_is_left=left == ours)] += n
    return sorted(
        found.values(), key=lambda pair: (-pair.said.total(), pair.first.pk, pair.second.pk)
    )


def _count_verdicts(candidates: list[int]) -> Iterable[tuple[int, int, int, str, int]]:
    """Count standing verdicts between pictures (ids): first, second, which was left, verdict, number."""
    votes = Vote.objects.filter(STANDING, first__in=candidates, second__in=candidates)
    return (
        votes.order_by()
        .values_list("first", "second", "battle__left", "verdict")
        .annotate(n=Count("pk"))
    )


def _from_first(verdict: str, *, first_is_left: bool) -> str:
    if verdict in (Verdict.TIE, Verdict.BOTH_BAD):
        return verdict
    return "wins" if (verdict == Verdict.LEFT) == first_is_left else "losses"


def _describe(pairs: Iterable[_Pair]) -> list[Duel]:
    shown = list(pairs)
    exhibits = iter(
        describe_exhibits([side for pair in shown for side in (pair.first, pair.second)])
    )
    return [
        Duel(
            first=next(exhibits),
            second=next(exhibits),
            wins=pair.said["wins"],
            losses=pair.said["losses"],
            ties=pair.said[Verdict.TIE],
            both_bad=pair.said[Verdict.BOTH_BAD],
        )
        for pair in shown
    ]
