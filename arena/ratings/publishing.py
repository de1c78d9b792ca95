"""Publishes runs: tallies in, one live row of arrays per scope out."""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from arena.battles.models import FoldEntry
from arena.catalog.models import Population
from arena.challenges.models import Challenge
from arena.scoring import bradley_terry
from arena.scoring.elo import Board
from arena.scoring.fit_quality import measure_dispersion
from arena.scoring.intervals import estimate_covariance
from arena.scoring.shrinkage import ShrunkBoard, estimate_spread, rate_shrunk, shrink_strengths

from .datasets import Dataset, Field, Scope, read_field
from .folding import Touched, fold_entries, wait_for_fold_lock
from .models import RatingRun
from .widths import READ_AT_ONCE, Widths, measure_widths, rate_with_widths

Place = tuple[str, str]  # population and discipline


def refresh_boards() -> int:
    """Fold what has come in and publish the boards it changes; return their number.

    Costs one look at an empty table when nothing has come in.
    """
    if not FoldEntry.objects.exists():
        return 0
    with transaction.atomic():
        return sum(publish_field(place) for place in touched_places(fold_entries()))


def refresh_widths() -> int:
    """Read the voters of disciplines whose half-widths lag behind; return the number of boards published.

    The votes are read before anything is locked, so folding goes on meanwhile.
    """
    late = RatingRun.objects.filter(category=None, challenge=None).exclude(votes=F("widths_votes"))
    published = 0
    for place in list(late.values_list("population", "discipline")):
        widths = measure_widths(population=place[0], discipline=place[1])
        with transaction.atomic():
            wait_for_fold_lock()
            published += publish_field(place, widths=widths)
    return published


def touched_places(touched: Iterable[Touched]) -> list[Place]:
    """List the disciplines that a change of tallies concerns, population by population."""
    changes = set(touched)
    disciplines = dict(
        Challenge.objects.filter(pk__in={change.challenge_id for change in changes}).values_list(
            "pk", "discipline"
        )
    )
    return sorted({(change.population, disciplines[change.challenge_id]) for change in changes})


def publish_field(place: Place, *, widths: Mapping[Scope, Widths] | None = None) -> int:
    """Fit and publish the boards of a discipline from its tallies alone, cold start (I5).

    All of them, because challenges lean on the whole; what has not changed is not written. Returns
    the number of boards written. `widths`: voters read before; without them they are read here
    where that is cheap.
    """
    population, discipline = place
    field = read_field(population=population, discipline=discipline)
    if widths is None:
        cheap = 0 < _votes(field.whole) <= READ_AT_ONCE
        widths = measure_widths(population=population, discipline=discipline) if cheap else {}
    runs = {
        (run.category_id, run.challenge_id): run
        for run in RatingRun.objects.filter(population=population, discipline=discipline)
    }
    whole = Scope(population, discipline)
    lean = _Lean(field)
    written = 0
    for scope, dataset in ((whole, field.whole), *field.parts.items()):
        run = runs.pop((scope.category_id, scope.challenge_id), None)
        known = widths.get(scope)
        inflation = known.inflation() if known else _inflation_of(run)
        board = rate_with_widths(dataset, widths=known, inflation=inflation)
        columns = _as_lists(board)
        if scope.challenge_id is not None:
            columns |= lean.shrink(dataset)
        written += _write_run(
            scope,
            run,
            votes=_votes(dataset),
            arrays={"models": list(dataset.models), **columns},
            widths=known,
        )
    RatingRun.objects.filter(pk__in=[run.pk for run in runs.values()]).delete()
    return written


def all_places() -> list[Place]:
    """List every population and discipline that challenges exist for."""
    disciplines = sorted(set(Challenge.objects.values_list("discipline", flat=True)))
    return [(population, d) for population in Population.values for d in disciplines]


class _Lean:
    """What a challenge's board leans on: the strengths over all challenges, and how challenges differ."""

    def __init__(self, field: Field) -> None:
        self.models = np.array(field.whole.models)
        if len(self.models) < 2:
            return
        tallies = field.whole.tallies
        fit = bradley_terry.fit(tallies.wins(), prior=bradley_terry.ONE_TIE)
        self.theta = fit.theta
        self.covariance = estimate_covariance(fit=fit, tallies=tallies)
        self.dispersion = measure_dispersion(fit=fit, tallies=tallies)
        parts = [
            field.over_all_models(dataset)
            for scope, dataset in field.parts.items()
            if scope.challenge_id is not None
        ]
        self.spread = estimate_spread(parts, overall=fit.theta, dispersion=self.dispersion)

    def shrink(self, part: Dataset) -> dict[str, list[Any]]:
        """Return a challenge's columns, drawn towards the whole; its own fit stays beside them."""
        place = np.searchsorted(self.models, part.models)
        board = rate_shrunk(
            shrink_strengths(
                tallies=part.tallies,
                overall=self.theta[place],
                spread=self.spread.sd,
                dispersion=self.dispersion,
                overall_covariance=self.covariance[np.ix_(place, place)],
            )
        )
        columns = _as_lists(board)
        return {name: columns[name] for name in SHRUNK}


# What a challenge's board takes from the shrunk fit; records and win rates stay its own.
SHRUNK = ("rating", "half_width", "lower", "upper", "rank", "rank_low", "rank_high", "own")


def _write_run(
    scope: Scope,
    run: RatingRun | None,
    *,
    votes: int,
    arrays: dict[str, Any],
    widths: Widths | None,
) -> bool:
    """Write a board where it differs from the live one; tell whether it did."""
    values: dict[str, Any] = {"votes": votes, "arrays": arrays}
    if widths is not None:
        values |= {
            "voters": widths.number_of_voters,
            "inflation": {str(model): factor for model, factor in widths.inflation().items()},
            "widths_votes": widths.votes,
            "clustered": widths.clustered.clustered,
        }
    if run is None:
        RatingRun.objects.create(**scope.columns(), **{"voters": 0, **values}, published_at=Now())
        return True
    if all(getattr(run, name) == value for name, value in values.items()):
        return False
    RatingRun.objects.filter(pk=run.pk).update(**values, number=F("number") + 1, published_at=Now())
    return True


def _votes(dataset: Dataset) -> int:
    return int(dataset.tallies.counts.sum())


def _inflation_of(run: RatingRun | None) -> dict[int, float]:
    return {int(model): factor for model, factor in run.inflation.items()} if run else {}


def _as_lists(board: Board | ShrunkBoard) -> dict[str, list[Any]]:
    """Turn a board's arrays into JSON, where NaN has no place: it becomes null."""
    return {
        field.name: [
            None if isinstance(value, float) and math.isnan(value) else value
            for value in getattr(board, field.name).tolist()
        ]
        for field in dataclasses.fields(board)
    }
