"""Refraction through glass bodies: hollow boxes and balls with real wall thickness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from arena.studios.noise import Floats, smooth_step
from arena.studios.ray.lighting import Glass
from arena.studios.ray.tracer import FAR, box_span, dot, fresnel, reflect, refract

INDEX = 1.46
See = Callable[[Floats, Floats], Floats]


def enter(glass: Glass, o: Floats, d: Floats) -> Floats:
    """Distance to the outside of the glass, FAR where the ray misses it."""
    lo, ld = glass.turn.T @ (o - glass.at[:, None]), glass.turn.T @ d
    near, far = _span(glass, glass.half, lo, ld)
    return np.where((near < far) & (near > 1e-4), near, FAR).astype(np.float32)


def look_through(glass: Glass, o: Floats, d: Floats, *, see: See, see_near: See) -> Floats:
    """Light (3, N) along rays that meet the glass.

    `see` shades a ray in the world; `see_near` does so for mirror images and may be cheaper.
    """
    lo, ld = glass.turn.T @ (o - glass.at[:, None]), glass.turn.T @ d
    t, _ = _span(glass, glass.half, lo, ld)
    p = lo + ld * t
    n = _outward(glass, glass.half, p)
    share = fresnel(-dot(ld, n), 0.065)
    mirror = see_near(_world(glass, p + n * 0.003), glass.turn @ reflect(ld, n))
    inner_d, _ = refract(ld, n, 1 / INDEX)
    passed = _cross(glass, p - n * np.float32(0.0006), inner_d, see)
    out = mirror * share + passed * (1 - share)
    return np.asarray(out + _sheen(glass, p, n) if glass.shape == "box" else out, dtype=np.float32)


def _sheen(glass: Glass, p: Floats, n: Floats) -> Floats:
    """Two slanting bands of reflected window on the upright faces: without them clean glass
    shows nothing but its edges."""
    across = np.where(np.abs(n[0]) > 0.5, p[2], p[0]) / glass.half[0]
    slant = across * 0.9 + p[1] / glass.half[1] * 0.55
    wide = smooth_step(-0.42, -0.36, slant) * (1 - smooth_step(-0.02, 0.04, slant))
    thin = smooth_step(0.1, 0.14, slant) * (1 - smooth_step(0.2, 0.24, slant))
    upright = np.abs(n[1]) < 0.5
    fade = 0.35 + 0.65 * np.clip(0.5 + 0.5 * p[1] / glass.half[1], 0, 1)
    light = (0.022 + 0.085 * wide + 0.06 * thin) * fade * upright
    return np.asarray(light * (0.4 + 0.6 * glass.tint[:, None]), dtype=np.float32)


def _cross(glass: Glass, p: Floats, d: Floats, see: See) -> Floats:
    """From just inside the outer surface to the eye's far side."""
    path = np.zeros(p.shape[1], dtype=np.float32)
    colour = np.zeros(p.shape, dtype=np.float32)
    gain = np.ones(p.shape[1], dtype=np.float32)
    if glass.wall:
        inner = glass.half - np.float32(glass.wall)
        near, far = _span(glass, inner, p, d)
        hollow = np.nonzero((near < far) & (far > 0))[0]
        if hollow.size:
            stop, seen, p2, d2, n2 = _cavity(
                glass, inner, p[:, hollow], d=d[:, hollow], near=near[hollow], see=see
            )
            colour[:, hollow] = seen
            path[hollow] += near[hollow]
            gain[hollow] = np.where(stop, 0, 0.96)
            p = p.copy()
            d = d.copy()
            p[:, hollow], d[:, hollow] = p2, d2
            gain[hollow] *= 1 - fresnel(np.abs(dot(d2, n2)), 0.02) * 0.4
    return colour + gain * _leave(glass, p, d, path, see)


def _cavity(
    glass: Glass, inner: Floats, p: Floats, *, d: Floats, near: Floats, see: See
) -> tuple[NDArray[np.bool_], Floats, Floats, Floats, Floats]:
    """Cross the air inside: meet what stands there, or arrive in the far wall."""
    q = p + d * near
    n = _outward(glass, inner, q)
    air, _ = refract(d, n, INDEX)
    inside = q - n * np.float32(0.0008)
    _, far = _span(glass, inner, inside, air)
    seen, stop = see.inside(_world(glass, inside), glass.turn @ air, np.maximum(far, 0))  # type: ignore[attr-defined]
    end = inside + air * np.maximum(far, 0)
    n2 = -_outward(glass, inner, end)
    wall, _ = refract(air, n2, 1 / INDEX)
    return stop, seen, end - n2 * np.float32(0.0008), wall, n2


def _leave(glass: Glass, p: Floats, d: Floats, path: Floats, see: See) -> Floats:
    bounced = np.zeros(p.shape[1], dtype=bool)
    for bounce in range(3):
        _, far = _span(glass, glass.half, p, d)
        far = np.maximum(far, 0)
        q = p + d * far
        path = path + far
        n = -_outward(glass, glass.half, q)
        out, total = refract(d, n, INDEX)
        if bounce == 2 or not total.any():
            break
        bounced |= total
        d = np.where(total, out, d).astype(np.float32)
        p = np.where(total, q + n * np.float32(0.001), p + d * (far - 0.002)).astype(np.float32)
    light = see(_world(glass, q - n * 0.003), glass.turn @ out)
    # A glimpse of the lamp by way of the walls would burn out.
    light = np.where(bounced, np.minimum(light, 0.55), light)
    # What never gets out shows as the dark green of a glass edge.
    light = np.where(total, 0.3 * glass.tint[:, None] ** 2, light)
    dim = np.exp(-path * (1 - glass.tint[:, None]) * np.float32(3.4))
    return np.asarray(light * dim, dtype=np.float32)


def _world(glass: Glass, p: Floats) -> Floats:
    return np.asarray(glass.turn @ p + glass.at[:, None], dtype=np.float32)


def _span(glass: Glass, half: Floats, o: Floats, d: Floats) -> tuple[Floats, Floats]:
    if glass.shape == "box":
        return box_span(half, o, d)
    b = dot(o, d)
    gap = b * b - dot(o, o) + half[0] * half[0]
    root = np.sqrt(np.maximum(gap, 0))
    return np.where(gap > 0, -b - root, FAR), np.where(gap > 0, -b + root, -FAR)


def _outward(glass: Glass, half: Floats, p: Floats) -> Floats:
    if glass.shape != "box":
        return np.asarray(p / np.maximum(np.sqrt(dot(p, p)), 1e-6), dtype=np.float32)
    ratio = np.abs(p) - half[:, None]
    face = ratio.argmax(axis=0)
    n = np.zeros(p.shape, dtype=np.float32)
    columns = np.arange(p.shape[1])
    n[face, columns] = np.sign(p[face, columns])
    return n
