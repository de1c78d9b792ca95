"""Cameras that frame what they are shown: perspective and orthographic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.noise import Floats


@dataclass(frozen=True)
class Camera:
    """Rows of `axes` are right, up and forward; `lens` is the half height at distance 1.

    For `flat` (orthographic) cameras `lens` is the half height in world units.
    """

    eye: Floats
    axes: Floats
    lens: float
    flat: bool

    def rays(self, x: Floats, y: Floats, aspect: float) -> tuple[Floats, Floats]:
        """Origins and directions for screen points x, y in -1..1 (y up)."""
        right, up, forward = (axis[:, None] for axis in self.axes)
        sx, sy = x * np.float32(self.lens * aspect), y * np.float32(self.lens)
        if self.flat:
            o = self.eye[:, None] + right * sx + up * sy
            return o.astype(np.float32), np.broadcast_to(forward, o.shape).astype(np.float32)
        d = unit(forward + right * sx + up * sy)
        return np.broadcast_to(self.eye[:, None], d.shape).astype(np.float32), d


def frame_bounds(
    *,
    corners: Floats,
    azimuth: float,
    elevation: float,
    lens: float,
    aspect: float,
    fill: float,
    lift: float = 0.0,
    flat: bool = False,
) -> Camera:
    """A camera that shows all `corners` (3, N) within `fill` of the frame.

    Angles in radians; azimuth 0 looks along +z. `lift` moves the subject up (+) or down in
    screen heights.
    """
    ce, se = np.cos(elevation), np.sin(elevation)
    forward = np.array([np.sin(azimuth) * ce, -se, np.cos(azimuth) * ce])
    right = np.cross([0, 1, 0], forward)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(forward, right), forward]).astype(np.float32)
    view = axes @ corners
    middle = (view.min(axis=1) + view.max(axis=1)) / 2
    if flat:
        half = (view.max(axis=1) - view.min(axis=1)) / 2
        size = float(max(half[1], half[0] / aspect)) / fill
        middle[1] -= lift * size
        middle[2] = view[2].min() - 20
        return Camera((axes.T @ middle).astype(np.float32), axes, size, True)
    return _step_back(view, middle, axes, lens=lens, aspect=aspect, fill=fill, lift=lift)


def _step_back(
    view: Floats,
    middle: Floats,
    axes: Floats,
    *,
    lens: float,
    aspect: float,
    fill: float,
    lift: float,
) -> Camera:
    away = 1.0
    centre = middle.copy()
    for _ in range(24):
        depth = view[2] - (middle[2] - away)
        safe = np.maximum(depth, 0.2)
        x = (view[0] - centre[0]) / (safe * lens * aspect)
        y = (view[1] - centre[1]) / (safe * lens)
        # Recentre on the projected bounds, then scale the distance towards the wanted size.
        centre[0] += (x.max() + x.min()) / 2 * away * lens * aspect
        centre[1] += (y.max() + y.min()) / 2 * away * lens
        size = max(x.max() - x.min(), y.max() - y.min()) / 2
        away = float(np.clip(away * (size / fill) ** 0.7, 0.8, 40.0))
    spot = np.array([centre[0], centre[1] - lift * away * lens, middle[2] - away])
    return Camera((axes.T @ spot).astype(np.float32), axes, lens, False)


def unit(v: Floats) -> Floats:
    """Scale (3, N) vectors to length 1."""
    return np.asarray(v / np.maximum(np.sqrt((v * v).sum(axis=0)), 1e-9), dtype=np.float32)
