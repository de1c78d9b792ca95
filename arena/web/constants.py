"""The numbers that methods rest on, read from the code that uses them, with what each one means."""

from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from arena.battles import caps, issuing, networks, undo
from arena.ratings import boards, examination, widths
from arena.scoring import (
    bradley_terry,
    clusters,
    elo,
    fit_quality,
    intervals,
    matchups,
    online_elo,
    pairing,
    reweighting,
    shrinkage,
    side_bias,
)
from arena.web.showing import SET_SIZE

# By module, in the order of the page: name of the constant -> what it means. The test of this page
# fails when one of these modules gains a constant that is not explained here.
MEANINGS: dict[ModuleType, dict[str, Any]] = {
    elo: {
        "ANCHOR": _("the mean rating of a board"),
        "POINTS_PER_LOG_ODDS": _("Elo points of one natural log odds: 400 / ln 10"),
        "PRINTED_DECIMALS": _("decimals that ratings are rounded to"),
        "ORDERED_DECIMALS": _("decimals that ratings are ordered by; closer ones are equal"),
    },
    bradley_terry: {
        "ONE_TIE": _("imaginary tied battles that keep a perfect record finite"),
        "MAX_STEPS": _("Newton steps after which a fit is given up rather than printed"),
        "SMALL_STEP": _("change of strengths, in log odds, at which a fit is done"),
        "SAFE_CHANGE": _("change of a difference up to which a full step is taken"),
        "WIDEST_RANGE": _("range of strengths that exponentials can hold"),
        "LEFT_UNDONE": _("share of a step that conjugate gradients may leave undone"),
        "MAX_ROUNDS": _("rounds of conjugate gradients before a dense solution"),
    },
    intervals: {
        "CONFIDENCE": _("confidence of intervals and rank ranges"),
        "SAME_STRENGTH": _("strengths closer than this, in log odds, are equal"),
        "SMALL_MATRIX": _("size up to which a matrix is solved in one piece"),
        "TINY": _("smallest number that is not taken for zero"),
    },
    matchups: {"Z_95": _("standard errors to each side of a 95 % interval")},
    clusters: {
        "FEWEST_CLUSTERS": _("voters below which intervals are not clustered by voter"),
        "BLOCK_CELLS": _("cells that are summed at once"),
    },
    shrinkage: {
        "ASSUMED_SPREAD": _(
            "spread of a strength between challenges assumed before votes, log odds"
        ),
        "MAX_STEPS": _("steps after which a fit is given up"),
        "SMALL_STEP": _("change, in log odds, at which a fit is done"),
        "SAFE_CHANGE": _("change up to which a full step is taken"),
    },
    boards: {
        "PRELIMINARY_BELOW": _("battles below which a rating is marked preliminary"),
        "FEW_BATTLES": _("battles below which a head-to-head cell is marked"),
    },
    widths: {
        "READ_AT_ONCE": _(
            "votes of a discipline up to which intervals are computed with every change"
        )
    },
    pairing: {
        "EVEN_SHARE": _("least share of draws that is even"),
        "EVEN_BATTLES": _("battles a model with which half of the draws are still even"),
        "NEW_SHARE": _("share of the other draws that goes to new models while there are any"),
        "NEW_BELOW": _("battles below which a model is surely new"),
        "SETTLED_ERROR": _("standard error, in log odds, at which a model stops being new"),
        "NEAR_MEDIAN": _("or this many times the field's median error, if that is larger"),
        "SOLVED": _("standard errors at which two neighbours are told apart"),
        "GAP_POWER": _("power of a gap in the weight of a pair"),
        "TOP_WEIGHT": _("weight of the gap below the first rank over that of the last"),
        "TOP_RANKS": _("ranks over which that weight fades"),
        "ROUNDS": _("rounds in which the table of draws is improved"),
        "FAINT": _("information assumed of a model before its first battle"),
        "HARDLY": _("information of a vote between models too far apart"),
    },
    examination: {
        "EVERY": _("time between two examinations of a board"),
        "FEWEST_VOTES": _("votes from which on a board is examined"),
        "REPLAYED_VOTES": _("latest votes that online Elo is replayed with"),
        "SHUFFLES": _("other orders that online Elo is replayed in"),
    },
    fit_quality: {
        "FEW_EXPECTED": _("expected points from which on a cell counts in the test of fit"),
        "LEAST_DISPERSION": _("least dispersion that is believed"),
    },
    reweighting: {
        "WEIGHT_UNIT": _("parts that weights of votes are rounded to"),
        "LARGEST_RATIO": _("ratio at which the weight of a rare pair is trimmed"),
    },
    side_bias: {"LARGEST_BIAS": _("log odds beyond which a side bias is no finding")},
    online_elo: {
        "K_FACTOR": _("points that one vote moves online Elo by, at most"),
        "START": _("rating that online Elo begins with"),
        "LARGEST_K": _("largest K that is accepted"),
        "POINTS_PER_TENFOLD_ODDS": _("Elo points of tenfold odds"),
    },
}


@dataclass(frozen=True)
class Constant:
    """One number as the page prints it: where it lives, its name, its value and what it means."""

    module: str
    name: str
    value: str
    meaning: str


def list_constants() -> list[Constant]:
    """List every number of the methods, read from the modules that use it."""
    return [
        Constant(module.__name__, name, print_value(getattr(module, name)), str(meaning))
        for module, meanings in MEANINGS.items()
        for name, meaning in meanings.items()
    ]


def print_value(value: Any) -> str:
    """Print a number with at most six digits that count, a duration in its largest whole unit."""
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        units = ((3600, "h"), (60, "min"), (1, "s"))
        for size, unit in units:
            if seconds >= size and seconds % size == 0:
                return f"{seconds / size:g} {unit}"
        return f"{1000 * seconds:g} ms"
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"


def read_rules() -> dict[str, int]:
    """Return what the pages about voting print of caps, limits and the scale, as whole numbers."""
    return {
        "counted_per_day": caps.COUNTED_PER_DAY,
        "taken_back_per_hour": caps.TAKEN_BACK_PER_HOUR,
        "new_voters_per_hour": caps.NEW_VOTERS_PER_HOUR,
        "shortest_look_ms": round(1000 * caps.SHORTEST_LOOK.total_seconds()),
        "undo_seconds": round(undo.UNDO_FOR.total_seconds()),
        "battle_minutes": round(settings.BATTLE_LIFETIME.total_seconds() / 60),
        "ipv4_prefix": networks.PREFIX[4],
        "ipv6_prefix": networks.PREFIX[6],
        "window": issuing.WINDOW,
        "set_size": SET_SIZE,
        "preliminary_below": boards.PRELIMINARY_BELOW,
        "few_battles": boards.FEW_BATTLES,
        "anchor": round(elo.ANCHOR),
        "tenfold": round(online_elo.POINTS_PER_TENFOLD_ODDS),
    }
