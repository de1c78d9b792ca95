"""The drive edit in this studio's hand: the person of one reference at the wheel of the other's car.

Takes (plan, pictures, take, width, height) and returns (H, W, 3) in 0..1. Raises DeclinedError when
the references are not a person and an open car on plain grounds.
"""

from __future__ import annotations

import numpy as np

from arena.studios.coast.drive_stage import Shot, stage_drive
from arena.studios.gouache.brush import repaint
from arena.studios.noise import Floats, smooth_step
from arena.studios.plan import Plan

# Car length and place in parts of the width, the coast that is painted, warmth of the paints.
PAINTED = (
    (0.72, 0.48, 9, 0.25),
    (0.78, 0.52, 5, 0.1),
    (0.62, 0.44, 6, 0.3),
    (0.74, 0.54, 7, 0.35),
    (0.80, 0.50, 8, -0.1),
)


def drive_gouache(
    *, plan: Plan, pictures: tuple[Floats, ...], take: int, width: int, height: int
) -> Floats:
    """Studio Gouache's drive: the composed scene painted over in strokes."""
    length, place, stretch, warmth = PAINTED[take % len(PAINTED)]
    shot = stage_drive(
        pictures=pictures,
        take=stretch + 5 * (take // len(PAINTED)),
        width=width,
        height=height,
        length=length,
        place=place,
    )
    return _keep_face(shot, repaint(shot.picture, take=take, warmth=warmth))


def _keep_face(shot: Shot, painted: Floats) -> Floats:
    """Strokes are broader than an eye: a painter would take a finer brush for the face."""
    height, width, _ = painted.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    hx, hy, tall = shot.car.head
    far = np.hypot((x - shot.left - hx) * 1.25, y - shot.top - hy) / tall
    share = (0.72 * (1 - smooth_step(0.40, 0.66, far)))[..., None]
    return np.asarray(painted * (1 - share) + shot.picture * share, dtype=np.float32)
