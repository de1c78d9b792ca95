"""The demo's first minute: shipped pictures are taken in, and simulated voters come as pictures appear."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from arena.battles.issuing import Scope, candidates_in_play
from arena.battles.simulation import (
    LONGEST_VISIT,
    Planted,
    find_visitor,
    remove_simulated,
    visit,
    votes_by_challenge,
)
from arena.catalog.models import Population
from arena.challenges.models import Challenge
from arena.generation.models import Generation, Slot
from arena.generation.shipped import collect_shipped
from arena.generation.slots import Progress, measure_progress
from arena.ratings.folding import wait_for_fold_lock
from arena.ratings.publishing import refresh_boards
from arena.ratings.recompute import rebuild

from . import state

# How long the votes wait for a next picture before they give up on it.
PATIENCE = 600.0
PAUSE = 1.0


class DemoError(Exception):
    """The demo's own file cannot be used; the message says what is wrong."""


@dataclass(frozen=True)
class Standing:
    """A challenge with its pictures and its simulated verdicts."""

    challenge: Challenge
    progress: Progress
    cast: int
    has_pair: bool


def read_planted() -> dict[str, Planted]:
    """Read what simulated voters believe, by discipline; raises DemoError."""
    path = Path(settings.FIXTURES) / "demo.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        share = float(data["level_share"])
        return {
            discipline: Planted({slug: float(points) for slug, points in strengths.items()}, share)
            for discipline, strengths in data["strengths"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DemoError(f"{path.name} cannot be used: {error!r}.") from error


def take_in_shipped() -> int:
    """Collect the shipped originals that still wait, one after another; return how many."""
    waiting = Generation.objects.filter(
        origin=Generation.Origin.SHIPPED, state=Generation.State.COLLECTING
    )
    done = 0
    for generation_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        collect_shipped(generation_id)
        done += 1
    return done


def cast_votes(
    total: int,
    *,
    say: Callable[[str], None],
    dice: random.Random,
    patience: float = PATIENCE,
) -> int:
    """Cast simulated verdicts until `total` are counted; return how many are counted then.

    Each challenge gets an even share, and of it as much as it has of its pictures, so that votes come
    challenge by challenge while pictures are made. Ends early when for `patience` seconds no picture
    appears that more votes could wait for, or when `clear` was called meanwhile.
    """
    planted = read_planted()
    waited_since = time.monotonic()
    while True:
        standings = measure_standings()
        missing = total - sum(standing.cast for standing in standings)
        if missing <= 0 or is_cleared():
            break
        cast = 0
        for standing in standings:
            due = min(votes_due(standing, among=standings, total=total), missing - cast)
            if due > 0:
                cast += _cast_on(standing.challenge, due, planted=planted, dice=dice)
        if cast:
            refresh_boards()
            say(f"{total - missing + cast} of {total} simulated votes")
            waited_since = time.monotonic()
        elif time.monotonic() - waited_since > patience:
            say(f"No new picture for {patience:.0f} s: stopped at {total - missing} votes.")
            break
        else:
            time.sleep(PAUSE)
    return sum(standing.cast for standing in measure_standings())


def measure_standings() -> list[Standing]:
    """Look at every open challenge: its demo pictures, its simulated verdicts, whether a pair can be shown."""
    cast = votes_by_challenge()
    pairs = dict(
        candidates_in_play(Scope(), population=Population.DEMO)
        .values("slot__prompt__challenge")
        .annotate(n=Count("slot__model", distinct=True))
        .values_list("slot__prompt__challenge", "n")
    )
    return [
        Standing(
            challenge=challenge,
            progress=measure_progress(
                Slot.objects.filter(
                    prompt__challenge=challenge,
                    prompt__is_current=True,
                    model__population=Population.DEMO,
                )
            ),
            cast=cast.get(challenge.pk, 0),
            has_pair=pairs.get(challenge.pk, 0) >= 2,
        )
        for challenge in Challenge.objects.filter(status=Challenge.Status.OPEN)
    ]


def votes_due(standing: Standing, *, among: list[Standing], total: int) -> int:
    """Say how many simulated verdicts a challenge may receive now.

    While pictures are being made every challenge's share is that of an even split; once all are
    made, what challenges without a pair cannot take goes to the others.
    """
    if not standing.has_pair:
        return 0
    able = [other for other in among if other.has_pair]
    if all(other.progress.done for other in among):
        spent = sum(other.cast for other in among if not other.has_pair)
        share = -((spent - total) // len(able))
        return share - standing.cast
    share = total // max(len(among), 1)
    progress = standing.progress
    return share * progress.ready // max(progress.planned, 1) - standing.cast


def clear() -> tuple[int, int]:
    """Remove everything simulated and rebuild the boards; return (voters removed, boards left)."""
    _cleared_mark().parent.mkdir(parents=True, exist_ok=True)
    _cleared_mark().touch()
    with transaction.atomic():
        wait_for_fold_lock()
        voters = remove_simulated()
        return voters, rebuild()


def is_cleared() -> bool:
    """Tell whether somebody has removed the simulated votes; they do not come back by themselves."""
    return _cleared_mark().exists()


def allow_again() -> None:
    """Forget that the simulated votes were removed."""
    _cleared_mark().unlink(missing_ok=True)


def _cleared_mark() -> Path:
    return state.folder() / "demo-cleared"


def _cast_on(
    challenge: Challenge, due: int, *, planted: dict[str, Planted], dice: random.Random
) -> int:
    """Send simulated voters to a challenge until `due` verdicts are cast; a visit casts at least one."""
    cast = 0
    while cast < due:
        voter = find_visitor(challenge, dice=dice)
        most = min(dice.randint(2, LONGEST_VISIT), due - cast)
        done = visit(
            voter, challenge=challenge, planted=planted[challenge.discipline], most=most, dice=dice
        )
        if not done:
            break
        cast += done
    return cast
