"""Boards for readers: published runs joined with the catalogue, and matchups from tallies."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from arena.catalog.models import Discipline, ImageModel, Population
from arena.scoring.elo import Matchups, head_to_head

from .datasets import Scope, read_dataset
from .models import RatingRun

# Below this many battles the 95 % interval is wider than about +-125 Elo (681 / sqrt(n)), a
# difference that decides two games in three: such a row is shown as preliminary.
PRELIMINARY_BELOW = 30
# A head-to-head cell with fewer battles than this is marked: its win rate moves by 10 % a vote.
FEW_BATTLES = 10


@dataclass(frozen=True)
class Row:
    """One model on a board; ratings in Elo points, win rate 0 to 1.

    On a challenge's board `own`, 0 to 1, is the say of the challenge's own votes in the rating; the
    rest is the model's strength over all challenges. None elsewhere.
    """

    model: ImageModel
    rank: int
    rank_low: int
    rank_high: int
    rating: float
    half_width: float
    lower: float
    upper: float
    battles: int
    wins: int
    losses: int
    ties: int
    both_bad: int
    win_rate: float
    regularised: bool
    own: float | None = None

    @property
    def preliminary(self) -> bool:
        return self.battles < PRELIMINARY_BELOW or self.regularised


@dataclass(frozen=True)
class PublishedBoard:
    """A board as published, best first; `as_of` is None before the first counted vote.

    `clustered`: the half-widths are clustered by voter. `widths_votes`: of how many of the votes the
    voters are known to the half-widths; the rest follow within a minute.
    """

    scope: Scope
    rows: tuple[Row, ...]
    votes: int
    voters: int
    as_of: datetime | None
    number: int
    clustered: bool = False
    widths_votes: int = 0


@dataclass(frozen=True)
class ModelMatchups:
    """Head-to-head records with the models in index order."""

    models: tuple[ImageModel, ...]
    records: Matchups


def shown_population(*, discipline: str = "") -> str:
    """Choose what is shown: real models once they have counted votes, else the demo under its banner (I8).

    Boards and challenges of a discipline go by its own votes, pages about all by those of any.
    """
    real = RatingRun.objects.filter(population=Population.REAL, votes__gt=0)
    if discipline:
        real = real.filter(discipline=discipline)
    return Population.REAL if real.exists() else Population.DEMO


def shown_populations() -> dict[str, str]:
    """Choose as `shown_population` for each discipline."""
    real = set(
        RatingRun.objects.filter(population=Population.REAL, votes__gt=0).values_list(
            "discipline", flat=True
        )
    )
    return {
        discipline: Population.REAL if discipline in real else Population.DEMO
        for discipline in Discipline.values
    }


def count_by_challenge(shown: Mapping[str, str]) -> dict[int, int]:
    """Count the votes on each challenge's own board, by its id, in the population of its discipline."""
    runs = RatingRun.objects.filter(challenge__isnull=False)
    return {
        challenge: votes
        for challenge, discipline, population, votes in runs.values_list(
            "challenge", "discipline", "population", "votes"
        )
        if population == shown[discipline]
    }


def list_populations(*, discipline: str) -> list[str]:
    """List the populations whose board of a discipline has counted votes, the real one first."""
    voted = set(
        RatingRun.objects.filter(
            discipline=discipline, category=None, challenge=None, votes__gt=0
        ).values_list("population", flat=True)
    )
    return [population for population in Population.values if population in voted]


def read_board(scope: Scope) -> PublishedBoard:
    """Read the live run of a scope; an empty board when there is none."""
    run = RatingRun.objects.filter(**scope.columns()).first()
    if run is None:
        return PublishedBoard(scope, (), 0, 0, None, 0)
    models = ImageModel.objects.select_related("lab").in_bulk(run.arrays["models"])
    columns = {name: values for name, values in run.arrays.items() if name != "models"}
    rows = [
        Row(model=models[model_id], **{name: values[index] for name, values in columns.items()})
        for index, model_id in enumerate(run.arrays["models"])
        if columns["rank"][index]
    ]
    rows.sort(key=lambda row: row.rank)
    return PublishedBoard(
        scope=scope,
        rows=tuple(rows),
        votes=run.votes,
        voters=run.voters,
        as_of=run.published_at,
        number=run.number,
        clustered=run.clustered,
        widths_votes=run.widths_votes,
    )


def read_ratings(scope: Scope) -> dict[int, tuple[float, float]]:
    """Map each rated model's id to its rating and half-width, without the catalogue; for the reveal."""
    arrays = RatingRun.objects.filter(**scope.columns()).values_list("arrays", flat=True).first()
    if arrays is None:
        return {}
    columns = zip(arrays["models"], arrays["rating"], arrays["half_width"], strict=True)
    return {
        model: (rating, half_width)
        for model, rating, half_width in columns
        if rating is not None and half_width is not None
    }


def read_matchups(scope: Scope, *, among: Collection[ImageModel] | None = None) -> ModelMatchups:
    """Compute the head-to-head records of a scope from its tallies, of all models or among some."""
    if among is None:
        dataset = read_dataset(scope)
        models = ImageModel.objects.in_bulk(dataset.models)
    else:
        models = {model.pk: model for model in among}
        dataset = read_dataset(scope, models=list(models))
    return ModelMatchups(
        tuple(models[model_id] for model_id in dataset.models), head_to_head(dataset.tallies)
    )
