"""One voter's own boards, and how often the voter agrees with the others."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from arena.battles.models import Verdict, Vote, Voter
from arena.scoring import bradley_terry
from arena.scoring.elo import VERDICTS, Tallies, head_to_head
from arena.scoring.fit_quality import measure_dispersion
from arena.scoring.intervals import estimate_covariance
from arena.scoring.matchups import bound_rate
from arena.scoring.shrinkage import ASSUMED_SPREAD, Shrunk, rate_shrunk, shrink_strengths

from .datasets import Dataset, Scope, build_dataset, read_dataset

# Below this many compared votes the 95 % interval of the share spans more than half of the scale.
AGREEMENT_FROM = 10


@dataclass(frozen=True)
class OwnRow:
    """One model that the voter met; ratings in Elo points, `own` 0 to 1 as in `shrinkage.Shrunk`.

    `rank` and `crowd_rank` are among the models that this voter met; `crowd_rating` is the overall one.
    """

    model_id: int
    rank: int
    crowd_rank: int
    crowd_rating: float
    rating: float
    half_width: float
    lower: float
    upper: float
    own: float
    battles: int


@dataclass(frozen=True)
class OwnBoard:
    """A voter's board of one discipline, best first; `unmet` are rated models without a battle of this voter."""

    scope: Scope
    votes: int
    rows: tuple[OwnRow, ...]
    unmet: tuple[int, ...]


@dataclass(frozen=True)
class Contrarian:
    """The voter preferred `winner` to `loser` (ids); of `others` who took a side, `against` went the other way."""

    token: str
    winner: int
    loser: int
    others: int
    against: int


@dataclass(frozen=True)
class Agreement:
    """In `agreed` of `compared` votes the voter took the side that most others take between the two models.

    Compared are votes that take a side, between models where others lean to one side. `share` with
    its 95 % bounds (Wilson), 0 to 1, is None below AGREEMENT_FROM compared votes.
    """

    agreed: int
    compared: int
    share: float | None
    lower: float | None
    upper: float | None
    contrarian: Contrarian | None


@dataclass(frozen=True)
class OwnStanding:
    boards: tuple[OwnBoard, ...]
    agreement: Agreement


@dataclass(frozen=True)
class _Choice:
    """A vote that took a side, with the decisive votes of others between the same models."""

    token: str
    winner: int
    loser: int
    others_with: int
    others_against: int


# token, left model, right model, verdict
_OwnVote = tuple[str, int, int, str]


def read_own_standing(voter: Voter) -> OwnStanding:
    """Compute a voter's boards and agreement from the votes that count and were not taken back.

    Each board leans on the discipline's overall strengths, from its tallies, until the voter's own
    votes outweigh them. How far one person's taste lies from the crowd's cannot be measured from
    few votes, so the spread is `ASSUMED_SPREAD`. Two queries for each discipline and population,
    one in all besides.
    """
    boards: list[OwnBoard] = []
    choices: list[_Choice] = []
    for scope, votes in _read_votes(voter).items():
        own = build_dataset((left, right, verdict, 1) for _, left, right, verdict in votes)
        whole = read_dataset(scope)
        models = tuple(sorted({*whole.models, *own.models}))
        mine, crowd = _span(own, models=models), _span(whole, models=models)
        boards.append(_rate(scope, models=models, mine=mine, crowd=crowd))
        choices += _compare(votes, models=models, mine=mine, crowd=crowd)
    return OwnStanding(tuple(boards), _judge_agreement(choices))


def _read_votes(voter: Voter) -> dict[Scope, list[_OwnVote]]:
    found = (
        Vote.objects.filter(voter=voter, counted=True, undo__isnull=True)
        .annotate(left=F("battle__left__slot__model_id"), right=F("battle__right__slot__model_id"))
        .order_by("-battle__population", "-battle__prompt__challenge__discipline", "pk")
        .values_list(
            "battle__population",
            "battle__prompt__challenge__discipline",
            "battle__token",
            "left",
            "right",
            "verdict",
        )
    )
    votes: dict[Scope, list[_OwnVote]] = defaultdict(list)
    for population, discipline, token, left, right, verdict in found:
        votes[Scope(population, discipline)].append((token, left, right, verdict))
    return votes


def _span(dataset: Dataset, *, models: tuple[int, ...]) -> Tallies:
    """Return tallies with a row and column for each of more models."""
    place = np.searchsorted(models, dataset.models)
    counts = np.zeros((len(models), len(models), len(VERDICTS)), dtype=np.int64)
    counts[np.ix_(place, place)] = dataset.tallies.counts
    return Tallies(counts)


def _rate(scope: Scope, *, models: tuple[int, ...], mine: Tallies, crowd: Tallies) -> OwnBoard:
    fit = bradley_terry.fit(crowd.wins(), prior=bradley_terry.ONE_TIE)
    shrunk = shrink_strengths(
        tallies=mine,
        overall=fit.theta,
        spread=ASSUMED_SPREAD,
        dispersion=measure_dispersion(fit=fit, tallies=crowd),
        overall_covariance=estimate_covariance(fit=fit, tallies=crowd),
    )
    met = np.flatnonzero(~shrunk.borrowed)
    board = rate_shrunk(_choose(shrunk, met))
    crowd_board = rate_shrunk(_choose(dataclasses.replace(shrunk, theta=fit.theta), met))
    rows = [
        OwnRow(
            model_id=models[met[place]],
            rank=int(board.rank[place]),
            crowd_rank=int(crowd_board.rank[place]),
            crowd_rating=float(crowd_board.rating[place]),
            rating=float(board.rating[place]),
            half_width=float(board.half_width[place]),
            lower=float(board.lower[place]),
            upper=float(board.upper[place]),
            own=float(board.own[place]),
            battles=int(board.battles[place]),
        )
        for place in range(len(met))
    ]
    return OwnBoard(
        scope=scope,
        votes=int(mine.counts.sum()),
        rows=tuple(sorted(rows, key=lambda row: row.rank)),
        unmet=tuple(models[place] for place in np.flatnonzero(shrunk.borrowed)),
    )


def _choose(shrunk: Shrunk, chosen: NDArray[np.intp]) -> Shrunk:
    """Keep some models, so that ranks and rank ranges are among these."""
    return dataclasses.replace(
        shrunk,
        theta=shrunk.theta[chosen],
        covariance=shrunk.covariance[np.ix_(chosen, chosen)],
        own=shrunk.own[chosen],
        battles=shrunk.battles[chosen],
        borrowed=shrunk.borrowed[chosen],
    )


def _compare(
    votes: Sequence[_OwnVote], *, models: tuple[int, ...], mine: Tallies, crowd: Tallies
) -> list[_Choice]:
    """Set votes that took a side beside the decisive votes of others between the same models."""
    # A vote of the last second may not be in the crowd's tallies yet: then it is nobody else's either.
    others = Tallies(np.maximum(crowd.counts - mine.counts, 0))
    wins = head_to_head(others).wins
    index = {model: place for place, model in enumerate(models)}
    choices = []
    for token, left, right, verdict in votes:
        if verdict not in (Verdict.LEFT, Verdict.RIGHT):
            continue
        winner, loser = (left, right) if verdict == Verdict.LEFT else (right, left)
        choices.append(
            _Choice(
                token=token,
                winner=winner,
                loser=loser,
                others_with=int(wins[index[winner], index[loser]]),
                others_against=int(wins[index[loser], index[winner]]),
            )
        )
    return choices


def _judge_agreement(choices: Sequence[_Choice]) -> Agreement:
    compared = [choice for choice in choices if choice.others_with != choice.others_against]
    agreed = sum(choice.others_with > choice.others_against for choice in compared)
    share = lower = upper = None
    if len(compared) >= AGREEMENT_FROM:
        share = agreed / len(compared)
        low, high = bound_rate(points=agreed, battles=len(compared))
        lower, upper = float(low), float(high)
    return Agreement(agreed, len(compared), share, lower, upper, _find_contrarian(compared))


def _find_contrarian(compared: Sequence[_Choice]) -> Contrarian | None:
    """Find the vote that others contradict most surely: one against one is luck, twelve of thirteen is not."""
    against = [choice for choice in compared if choice.others_against > choice.others_with]
    if not against:
        return None

    def surely(choice: _Choice) -> float:
        everyone = choice.others_against + choice.others_with
        return float(bound_rate(points=choice.others_against, battles=everyone)[0])

    chosen = max(against, key=surely)
    return Contrarian(
        token=chosen.token,
        winner=chosen.winner,
        loser=chosen.loser,
        others=chosen.others_with + chosen.others_against,
        against=chosen.others_against,
    )
