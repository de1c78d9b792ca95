"""Reads silhouettes: the cockpit and the wheels of an open car, the neck of a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.noise import Floats, blur
from arena.studios.plan import DeclinedError

Spot = tuple[float, float]


@dataclass(frozen=True)
class Cockpit:
    """Where a driver sits: columns between seat and windscreen, the door line, the wheel's rim."""

    left: float
    right: float
    sill: float
    faces_left: bool
    rim: Spot | None

    @property
    def middle(self) -> float:
        """The column half way between seat and windscreen."""
        return (self.left + self.right) / 2

    def scaled(self, scale: float) -> Cockpit:
        """The same cockpit in a car drawn `scale` times as large."""
        rim = None if self.rim is None else (self.rim[0] * scale, self.rim[1] * scale)
        return Cockpit(
            self.left * scale, self.right * scale, self.sill * scale, self.faces_left, rim
        )


def find_cockpit(*, alpha: Floats, light: Floats) -> Cockpit:
    """The gap in a car's roof line, from its matte (H, W) and its lightness (H, W), in pixels.

    Raises DeclinedError when there is no gap: the car is closed, or it has no windscreen.
    """
    height, width = alpha.shape
    rise = height - np.argmax(alpha > 0.5, axis=0).astype(np.float32)
    rise[~(alpha > 0.5).any(axis=0)] = 0
    clear = _opened(rise, max(3, round(width * 0.055)))
    low, high = int(width * 0.15), int(width * 0.85)
    before = np.maximum.accumulate(clear[low:high])
    after = np.maximum.accumulate(clear[low:high][::-1])[::-1]
    depth = np.minimum(before, after) - clear[low:high]
    deepest = float(depth.max())
    if deepest < 0.1 * height:
        raise DeclinedError(
            "No open cockpit was found in the car's outline; a driver fits only into an open car."
        )
    centre = int(np.median(np.nonzero(depth > 0.9 * deepest)[0]))
    inside = depth > 0.45 * deepest
    first, last = centre, centre
    while first > 0 and inside[first - 1]:
        first -= 1
    while last < inside.size - 1 and inside[last + 1]:
        last += 1
    left, right = float(first + low), float(last + low)
    sill = _door_line(light, rise=clear, left=left, right=right)
    faces_left = _wheel_side(rise - clear, left=left, right=right)
    if faces_left is None:
        # Without a steering wheel in sight: the bonnet is the longer end.
        faces_left = (left + right) / 2 > 0.5 * width
    rim = _steering_wheel(alpha, left=left, right=right, sill=sill)
    return Cockpit(left, right, sill, faces_left, rim)


def find_wheels(*, alpha: Floats) -> tuple[tuple[float, float, float], ...]:
    """Wheels as (x, y, radius) from the underside of a car's matte (H, W)."""
    height, width = alpha.shape
    low = height - np.argmax((alpha > 0.5)[::-1], axis=0).astype(np.float32)
    ground = float(low.max())
    wheels = []
    for start, end in ((0, width // 2), (width // 2, width)):
        touching = np.nonzero(low[start:end] > ground - 0.008 * width)[0]
        if not touching.size:
            continue
        x = float(np.median(touching)) + start
        rise = 0.024 * width
        near = np.nonzero(low[start:end] > ground - rise)[0] + start
        half = (near[-1] - near[0]) / 2
        radius = (half * half + rise * rise) / (2 * rise)
        wheels.append((x, ground - radius, float(radius)))
    return tuple(wheels)


def find_neck(*, alpha: Floats) -> float:
    """The row below the head of a person's matte (H, W): where the outline narrows first."""
    height = alpha.shape[0]
    wide = blur((alpha > 0.5).sum(axis=1).astype(np.float32)[:, None], radius=height / 90)[:, 0]
    most = np.maximum.accumulate(wide)
    narrow = np.nonzero(wide[: int(height * 0.85)] < 0.80 * most[: int(height * 0.85)])[0]
    if not narrow.size:
        return height * 0.55
    end = narrow[0]
    while end + 1 in narrow:
        end += 1
    # The chin ends a little above the narrowest place.
    return 0.96 * float(narrow[0] + int(np.argmin(wide[narrow[0] : end + 1])))


def _opened(rise: Floats, size: int) -> Floats:
    """The profile without spikes narrower than `size`: erosion, then dilation."""
    half = size // 2
    view = np.lib.stride_tricks.sliding_window_view
    least = view(np.pad(rise, half, mode="edge"), 2 * half + 1).min(axis=1)
    return np.asarray(view(np.pad(least, half, mode="edge"), 2 * half + 1).max(axis=1))


def _wheel_side(spikes: Floats, *, left: float, right: float) -> bool | None:
    """Whether the thin thing in the gap, a steering wheel, stands in its left half; None without."""
    gap = spikes[int(left) : int(right) + 1]
    half = gap.size // 2
    mass = float(gap[:half].sum()), float(gap[half:].sum())
    if max(mass) < 0.02 * gap.size * spikes.size * 0.05:
        return None
    return mass[0] > mass[1]


def _door_line(light: Floats, *, rise: Floats, left: float, right: float) -> float:
    """The row of the strongest edge just below the gap's floor: the rim of the near door."""
    height, width = light.shape
    inner = slice(int(left + 0.15 * (right - left)), int(right - 0.25 * (right - left)) + 1)
    floor = height - float(np.median(rise[inner]))
    start, stop = int(floor + 0.004 * width), int(floor + 0.035 * width)
    step = np.abs(np.diff(light[start:stop, inner], axis=0)).mean(axis=1)
    if not step.size or step.max() < 0.08:
        return floor
    return float(start + int(np.argmax(step)) + 1)


def _steering_wheel(alpha: Floats, *, left: float, right: float, sill: float) -> Spot | None:
    """The upper rear part of the rim: the leftmost thing that stands free in the gap's front half."""
    top = alpha[: int(sill)] > 0.5
    columns = np.arange(alpha.shape[1])
    zone = (columns > left + 0.4 * (right - left)) & (columns < right)
    rise = int(sill) - np.argmax(top, axis=0)
    rise[~top.any(axis=0)] = 0
    tall = np.nonzero(zone & (rise > 0.025 * alpha.shape[1]))[0]
    if not tall.size:
        return None
    x = int(tall[0])
    row = int(sill) - int(rise[x : x + max(2, alpha.shape[1] // 200)].max())
    return (float(x + 0.006 * alpha.shape[1]), float(row + 0.22 * (sill - row)))
