"""Publishes runs: tallies in, one live row of arrays per scope out."""

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from arena.battles.models import FoldEntry, Vote
from arena.challenges.models import Challenge
from arena.scoring.elo import Board, rate

from .datasets import Scope, read_dataset
from .folding import Touched, fold_entries
from .models import RatingRun


def refresh_boards() -> int:
    """Fold what has come in and publish the boards it changes; return their number.

    Costs one look at an empty table when nothing has come in.
    """
    if not FoldEntry.objects.exists():
        return 0
    with transaction.atomic():
        return publish_runs(touched_scopes(fold_entries()))


def touched_scopes(touched: Iterable[Touched]) -> list[Scope]:
    """List the boards that a change of tallies concerns: each challenge's and its discipline's."""
    changes = list(touched)
    disciplines = dict(
        Challenge.objects.filter(pk__in={change.challenge_id for change in changes}).values_list(
            "pk", "discipline"
        )
    )
    scopes = {
        Scope(change.population, disciplines[change.challenge_id], challenge)
        for change in changes
        for challenge in (change.challenge_id, None)
    }
    return sorted(
        scopes, key=lambda scope: (scope.population, scope.discipline, scope.challenge_id or 0)
    )


def publish_runs(scopes: Iterable[Scope]) -> int:
    """Fit and publish the given boards, cold start, from their tallies alone (I5); return their number."""
    number = 0
    for scope in scopes:
        dataset = read_dataset(scope)
        board = rate(dataset.tallies)
        _write_run(
            scope,
            votes=int(dataset.tallies.counts.sum()),
            arrays={"models": list(dataset.models), **_as_lists(board)},
        )
        number += 1
    return number


def _write_run(scope: Scope, *, votes: int, arrays: dict[str, Any]) -> None:
    run, created = RatingRun.objects.get_or_create(
        **scope.columns(),
        defaults={
            "votes": votes,
            "voters": _voters(scope),
            "arrays": arrays,
            "published_at": Now(),
        },
    )
    if not created:
        RatingRun.objects.filter(pk=run.pk).update(
            number=run.number + 1,
            votes=votes,
            voters=_voters(scope),
            arrays=arrays,
            published_at=Now(),
        )


def _voters(scope: Scope) -> int:
    votes = Vote.objects.filter(
        counted=True,
        battle__population=scope.population,
        battle__prompt__challenge__discipline=scope.discipline,
    )
    if scope.challenge_id is not None:
        votes = votes.filter(battle__prompt__challenge_id=scope.challenge_id)
    return votes.values("voter").distinct().count()


def _as_lists(board: Board) -> dict[str, list[Any]]:
    """Turn a board's arrays into JSON, where NaN has no place: it becomes null."""
    return {
        field.name: [
            None if isinstance(value, float) and math.isnan(value) else value
            for value in getattr(board, field.name).tolist()
        ]
        for field in dataclasses.fields(board)
    }
