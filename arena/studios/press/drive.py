"""The drive edit in this studio's hand: the person of one reference at the wheel of the other's car.

Takes (plan, pictures, take, width, height) and returns (H, W, 3) in 0..1. Raises DeclinedError when
the references are not a person and an open car on plain grounds.
"""

from __future__ import annotations

from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.press.drive_poster import print_drive


def drive_press(
    *, plan: Plan, pictures: tuple[Floats, ...], take: int, width: int, height: int
) -> Floats:
    """Studio Press's drive: a travel poster in few inks."""
    return print_drive(pictures=pictures, take=take, width=width, height=height)
