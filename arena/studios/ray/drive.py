"""The drive edit in this studio's hand: the person of one reference at the wheel of the other's car.

Takes (plan, pictures, take, width, height) and returns (H, W, 3) in 0..1. Raises DeclinedError when
the references are not a person and an open car on plain grounds.
"""

from __future__ import annotations

from arena.studios.coast.drive_stage import stage_drive
from arena.studios.darkroom import finish
from arena.studios.noise import Floats
from arena.studios.plan import Plan


def drive_photo(
    *, plan: Plan, pictures: tuple[Floats, ...], take: int, width: int, height: int
) -> Floats:
    """Studio Ray's drive: photographic light, five hours and weathers."""
    shot = stage_drive(pictures=pictures, take=take, width=width, height=height)
    glow = 0.16 if shot.coast.look.sun[1] < 0.5 else 0.05
    return finish(shot.picture, glow=glow, vignette=0.22, grain=0.012)
