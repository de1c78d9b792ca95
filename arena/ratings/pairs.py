"""What ratings tell battles: how likely two models should meet, as rows (nobody below calls up)."""

import numpy as np
from django.db import transaction
from django.db.models import F

from arena.battles.models import PairWeight
from arena.battles.pool import Scope as PoolScope
from arena.battles.pool import candidates_in_play
from arena.scoring import bradley_terry
from arena.scoring.intervals import estimate_covariance
from arena.scoring.pairing import pair_probabilities
from arena.scoring.tallies import Tallies

from .datasets import Scope, read_dataset
from .models import RatingRun
from .publishing import Place


def refresh_pairs() -> int:
    """Write the pair weights of disciplines whose board has changed since; return how many disciplines."""
    changed = (
        RatingRun.objects.filter(category=None, challenge=None)
        .exclude(number=F("weighed_number"))
        .values_list("pk", "number", "population", "discipline")
    )
    for pk, number, population, discipline in list(changed):
        weigh_pairs((population, discipline))
        RatingRun.objects.filter(pk=pk).update(weighed_number=number)
    return len(changed)


def weigh_pairs(place: Place) -> int:
    """Compute and write the weights of all pairs of models that are in play; return their number.

    Models without a vote take part: they are what a vote tells most about.
    """
    models, tallies = _models_in_play(place)
    if len(models) < 2:
        return 0
    theta = np.full(len(models), np.nan)
    covariance = np.full((len(models), len(models)), np.nan)
    rated = np.flatnonzero(tallies.battles_of_models())
    if rated.size:
        among = tallies.take(rated)
        fit = bradley_terry.fit(among.wins(), prior=bradley_terry.ONE_TIE)
        theta[rated] = fit.theta
        covariance[np.ix_(rated, rated)] = estimate_covariance(fit=fit, tallies=among)
    found = pair_probabilities(
        theta=theta, covariance=covariance, battles=tallies.battles_of_pairs()
    )
    rows = [
        PairWeight(
            population=place[0],
            discipline=place[1],
            first_id=models[first],
            second_id=models[second],
            weight=found.table[first, second],
        )
        for first, second in zip(*np.triu_indices(len(models), k=1), strict=True)
    ]
    with transaction.atomic():
        PairWeight.objects.filter(population=place[0], discipline=place[1]).delete()
        PairWeight.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def _models_in_play(place: Place) -> tuple[tuple[int, ...], Tallies]:
    """List the models with a picture in play, and their tallies among themselves."""
    population, discipline = place
    playing = candidates_in_play(PoolScope(discipline=discipline), population=population)
    models = tuple(playing.order_by("slot__model").values_list("slot__model", flat=True).distinct())
    dataset = read_dataset(Scope(population, discipline))
    counts = np.zeros((len(models), len(models), 4), dtype=np.int64)
    known = [index for index, model in enumerate(dataset.models) if model in models]
    place_of = [models.index(dataset.models[index]) for index in known]
    counts[np.ix_(place_of, place_of)] = dataset.tallies.counts[np.ix_(known, known)]
    return models, Tallies(counts)
