"""The drive edit in this studio's hand: the person of one reference at the wheel of the other's car.

Takes (plan, pictures, take, width, height) and returns (H, W, 3) in 0..1. Raises DeclinedError when
the references are not a person and an open car on plain grounds.
"""

from __future__ import annotations

from arena.studios.coast.drive_stage import stage_drive
from arena.studios.darkroom import finish
from arena.studios.nocturne.drive_lamps import light_lamps
from arena.studios.noise import Floats
from arena.studios.plan import Plan


def drive_night(
    *, plan: Plan, pictures: tuple[Floats, ...], take: int, width: int, height: int
) -> Floats:
    """Studio Nocturne's drive: lamps lit under moon, stars, afterglow or fog."""
    shot = stage_drive(pictures=pictures, take=take, width=width, height=height, night=True)
    lit = light_lamps(shot)
    return finish(lit, glow=0.10, vignette=0.30, grain=0.014)
