"""The hourly examination of each discipline's board: what the method page prints, and never the board itself."""

from datetime import timedelta
from typing import Any

import numpy as np
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone
from numpy.typing import NDArray

from arena.battles.models import Vote
from arena.catalog.models import ImageModel
from arena.scoring import bradley_terry
from arena.scoring.bradley_terry import NoFiniteOptimum
from arena.scoring.clusters import count_by_voter, estimate_clustered_covariance
from arena.scoring.connectivity import measure_connectivity
from arena.scoring.elo import ANCHOR, POINTS_PER_LOG_ODDS, Tallies, tally_votes
from arena.scoring.fit_quality import (
    find_intransitive_triples,
    measure_goodness_of_fit,
    score_first_slot,
    summarise_verdicts,
)
from arena.scoring.influence import SharedPlace, count_votes_to_flip_first
from arena.scoring.intervals import estimate_covariance, measure_half_widths
from arena.scoring.online_elo import measure_order_dependence, run_online_elo
from arena.scoring.reweighting import fit_reweighted, tally_weighted
from arena.scoring.separation import chance_better, measure_neighbours
from arena.scoring.side_bias import estimate_side_bias

from .datasets import index_models
from .models import Diagnosis, RatingRun
from .publishing import Place
from .streams import Columns, read_votes

EVERY = timedelta(hours=1)
# Below this many votes an examination says nothing.
FEWEST_VOTES = 50
# Online Elo is replayed vote by vote; the latest so many show what there is to see.
REPLAYED_VOTES = 20_000
SHUFFLES = 20

Report = dict[str, Any]


def examine_boards() -> int:
    """Examine the disciplines that are due, hourly once they have grown up; return how many."""
    due = 0
    runs = RatingRun.objects.filter(category=None, challenge=None, votes__gte=FEWEST_VOTES)
    for run in runs:
        last = Diagnosis.objects.filter(
            population=run.population, discipline=run.discipline
        ).first()
        if last and not _is_due(last, votes=run.votes):
            continue
        examine((run.population, run.discipline))
        due += 1
    return due


def _is_due(last: Diagnosis, *, votes: int) -> bool:
    """Young boards change fast: beside every hour, they are examined each time their votes have doubled."""
    if last.votes == votes:
        return False
    return timezone.now() - last.made_at >= EVERY or votes >= 2 * last.votes


def examine(place: Place) -> Report:
    """Examine one discipline from its votes and keep the report."""
    population, discipline = place
    votes = read_votes(population=population, discipline=discipline)
    report = examine_votes(votes)
    Diagnosis.objects.update_or_create(
        population=population,
        discipline=discipline,
        defaults={"votes": len(votes["voter"]), "report": report, "made_at": Now()},
    )
    return report


def examine_votes(votes: Columns) -> Report:
    """Report on votes, oldest first, with columns as `streams.read_votes` gives them.

    Models are database ids; ratings and widths are Elo points.
    """
    models, left, right = index_models(votes["left"], votes["right"])
    columns = {"left": left, "right": right, "verdict": votes["verdict"]}
    tallies = tally_votes(**columns, models=len(models))
    fit = bradley_terry.fit(tallies.wins(), prior=bradley_terry.ONE_TIE)
    plain = estimate_covariance(fit=fit, tallies=tallies)
    return {
        "models": list(models),
        "rating": _points(ANCHOR + POINTS_PER_LOG_ODDS * fit.theta),
        **_report_widths(votes, fit=fit, plain=plain, columns=columns, models=len(models)),
        "neighbours": _report_neighbours(fit=fit, covariance=plain, tallies=tallies),
        "fit": _report_fit(fit=fit, tallies=tallies),
        "verdicts": _report_verdicts(tallies),
        "side_bias": _report_side(tallies),
        "connectivity": _report_connectivity(tallies),
        "flip": _report_flip(tallies),
        "online": _report_online(columns, models=len(models)),
        "reweighted": _report_reweighted(columns, weight=votes["weight"], models=len(models)),
    }


def _report_widths(
    votes: Columns, *, fit: Any, plain: Any, columns: Columns, models: int
) -> Report:
    """Half-widths three ways: votes independent, voters independent, challenges independent."""
    found: Report = {"plain": _points(POINTS_PER_LOG_ODDS * measure_half_widths(plain))}
    for name in ("voter", "challenge"):
        counts = count_by_voter(voter=votes[name], **columns, models=models)
        clustered = estimate_clustered_covariance(fit=fit, voters=counts)
        widths = POINTS_PER_LOG_ODDS * measure_half_widths(clustered.covariance)
        found[f"by_{name}"] = _points(widths) if clustered.clustered else None
        found[f"{name}s"] = clustered.clusters
    return found


def _report_neighbours(*, fit: Any, covariance: Any, tallies: Tallies) -> list[Report]:
    found = measure_neighbours(
        theta=fit.theta, covariance=covariance, battles=tallies.battles_of_models()
    )
    chance = chance_better(theta=fit.theta, covariance=covariance)
    return [
        {
            "upper": int(upper),
            "lower": int(lower),
            "gap": round(float(POINTS_PER_LOG_ODDS * gap), 1),
            "chance": round(float(chance[upper, lower]), 4),
            "votes_needed": int(needed) if np.isfinite(needed) else None,
        }
        for upper, lower, gap, needed in zip(
            found.upper, found.lower, found.gap, found.votes_needed, strict=True
        )
    ]


def _report_fit(*, fit: Any, tallies: Tallies) -> Report:
    quality = measure_goodness_of_fit(fit=fit, tallies=tallies)
    triples = find_intransitive_triples(tallies=tallies, fit=fit, most=5)
    return {
        "chi_square": round(quality.chi_square, 1),
        "degrees": quality.degrees,
        "p_value": round(quality.p_value, 4),
        "dispersion": round(quality.dispersion, 3),
        "cycles": triples.found,
        "cycles_expected": round(triples.expected, 2),
        "triples": triples.triples,
    }


def _report_verdicts(tallies: Tallies) -> Report:
    shares = summarise_verdicts(tallies)
    slot = score_first_slot(tallies)
    return {
        "share": _shares(shares.share),
        "both_bad_rate": _shares(shares.both_bad_rate),
        "left_share": _share(slot.share),
        "left_lower": _share(slot.lower),
        "left_upper": _share(slot.upper),
    }


def _report_side(tallies: Tallies) -> Report | None:
    try:
        found = estimate_side_bias(tallies)
    except NoFiniteOptimum:
        return None
    return {
        "points": round(float(POINTS_PER_LOG_ODDS * found.bias), 1),
        "half_width": round(float(1.96 * POINTS_PER_LOG_ODDS * found.standard_error), 1),
        "p_value": round(found.p_value, 4),
    }


def _report_connectivity(tallies: Tallies) -> Report:
    found = measure_connectivity(tallies)
    return {
        "components": len(found.components),
        "pairs": found.pairs,
        "pairs_met": found.pairs_met,
        "evenness": round(found.evenness, 3),
        "weakest_cut": found.weakest_cut,
    }


def _report_flip(tallies: Tallies) -> Report | None:
    """None where the first place is shared."""
    try:
        found = count_votes_to_flip_first(tallies=tallies)
    except SharedPlace:
        return None
    return {
        "better": found.better,
        "worse": found.worse,
        "votes": found.votes,
        "share": round(found.share, 5),
        "verified": found.verified,
    }


def _report_online(columns: Columns, *, models: int) -> Report:
    left, right, verdict = (
        columns[name][-REPLAYED_VOTES:] for name in ("left", "right", "verdict")
    )
    online = run_online_elo(left, right, verdict, models=models)
    shuffled = measure_order_dependence(
        left,
        right,
        verdict,
        models=models,
        shuffles=SHUFFLES,
        generator=np.random.default_rng(0),
    )
    return {
        "votes": len(left),
        "rating": _points(online.rating),
        "lowest": _points(shuffled.lowest),
        "highest": _points(shuffled.highest),
        "widest": round(shuffled.widest, 1),
        "leaders": shuffled.leaders,
        "shuffles": shuffled.shuffles,
    }


def _report_reweighted(
    columns: Columns, *, weight: NDArray[np.int64], models: int
) -> Report | None:
    """The fit that evenly drawn pairs would have given; None where it has no finite answer."""
    try:
        found = fit_reweighted(tally_weighted(**columns, weight=weight, models=models))
    except NoFiniteOptimum:
        return None
    return {
        "rating": _points(ANCHOR + POINTS_PER_LOG_ODDS * found.theta),
        "half_width": _points(POINTS_PER_LOG_ODDS * measure_half_widths(found.covariance)),
    }


def model_names(report: Report) -> list[ImageModel]:
    """Return the models of a report in its order."""
    found = ImageModel.objects.in_bulk(report["models"])
    return [found[pk] for pk in report["models"]]


def share_not_counted(*, population: str, simulated: bool) -> list[tuple[str, int]]:
    """List why verdicts of people, or of simulated voters, were not counted, with their numbers.

    An empty reason: counted.
    """
    return list(
        Vote.objects.filter(battle__population=population, voter__simulated=simulated)
        .order_by()
        .values("reason")
        .annotate(n=Count("pk"))
        .values_list("reason", "n")
    )


def _points(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 1) for value in values]


def _shares(values: NDArray[np.float64]) -> list[float | None]:
    return [_share(value) for value in values]


def _share(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
