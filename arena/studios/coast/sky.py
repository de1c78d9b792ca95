"""Skies over the coast: gradients, sun, and five kinds of cloud."""

from __future__ import annotations

import numpy as np

from arena.studios.coast.looks import Look
from arena.studios.noise import Floats, blur, octaves, smooth_step


def paint_sky(*, look: Look, width: int, height: int) -> Floats:
    """The sky down to the bottom of the picture (H, W, 3); the sea is laid over it later."""
    horizon = look.horizon * height
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5
    x = np.arange(width, dtype=np.float32)[None, :] + 0.5
    t = np.clip(y / horizon, 0, 1) ** 1.25 + 0 * x
    sky = (
        np.array(look.top, dtype=np.float32) * (1 - t[..., None])
        + np.array(look.low, dtype=np.float32) * t[..., None]
    )
    up = np.clip(horizon - y, 0.0, None) / height + 0 * x
    if look.is_night:
        sky = _stars(sky, look)
    if look.cloud_kind == "galaxy":
        sky = _galaxy(sky, look, x / height + 0 * y, up)
    if look.sun[1] < 0.5:
        sky = _sun(sky, look, x / width + 0 * y, up, width / height)
    kinds = {"cirrus": _high, "streaks": _high, "deck": _deck, "cumulus": _heaps}
    if look.cloud_kind in kinds:
        sky = kinds[look.cloud_kind](sky, look, x / height + 0 * y, up)
    return np.asarray(sky, dtype=np.float32)


def _sun(sky: Floats, look: Look, u: Floats, up: Floats, aspect: float) -> Floats:
    far = np.hypot((u - look.sun[0]) * aspect, up - look.sun[1])
    warm = np.exp(-far / 0.28)[..., None]
    sky = sky * (1 - 0.6 * warm) + np.array(look.glow, dtype=np.float32) * 0.6 * warm
    if not look.disc:
        return np.asarray(sky)
    disc = 1 - smooth_step(look.disc * 0.94, look.disc * 1.06, far)
    tone = np.array(look.disc_tone, dtype=np.float32) * np.ones_like(disc)[..., None]
    if look.is_night:
        seas = octaves(
            seed=404,
            u=(u - look.sun[0]) * aspect / look.disc * 1.6,
            v=up / look.disc * 1.6,
            count=3,
        )
        tone = tone * (1 - 0.30 * smooth_step(0.48, 0.66, seas))[..., None]
    if look.name == "violet dusk":
        bite = np.hypot(
            (u - look.sun[0]) * aspect + look.disc * 0.42, up - look.sun[1] - look.disc * 0.2
        )
        disc = disc * smooth_step(look.disc * 0.90, look.disc * 1.0, bite)
    return np.asarray(sky * (1 - disc[..., None]) + tone * disc[..., None])


def _stars(sky: Floats, look: Look) -> Floats:
    """Stars of many sizes; fewer near the horizon, where the air is thick."""
    height, width, _ = sky.shape
    rng = np.random.default_rng(look.seed)
    count = int(900 * look.stars * width * height / 786_432 * 1.6)
    low = max(3, int(look.horizon * height) - 2)
    shine = np.zeros((height, width), dtype=np.float32)
    ys = (rng.random(count) ** 1.25 * (low - 2)).astype(np.intp)
    xs = (rng.random(count) * (width - 2)).astype(np.intp)
    power = (0.12 + 0.88 * rng.random(count) ** 5) * np.clip(1.25 - ys / low, 0.1, 1)
    np.maximum.at(shine, (ys, xs), power)
    big = power > 0.55
    halo = np.zeros_like(shine)
    halo[ys[big], xs[big]] = power[big]
    shine = shine + blur(halo, radius=1.0) * 3.2
    return np.asarray(
        sky + np.clip(shine, 0, 1)[..., None] * np.array([0.90, 0.94, 1.0], dtype=np.float32)
    )


def _galaxy(sky: Floats, look: Look, u: Floats, up: Floats) -> Floats:
    """The milky way as a slanting band of dust and light."""
    across = (up - 0.10) * 0.86 - (u - 0.35) * 0.62
    cloud = octaves(seed=look.seed + 50, u=u * 5, v=up * 5, count=6, gain=0.6)
    dust = octaves(seed=look.seed + 51, u=u * 9, v=up * 9, count=5, gain=0.6)
    band = np.exp(-((across / 0.16) ** 2)) * smooth_step(0.30, 0.75, cloud) * 0.9
    lane = np.exp(-(((across + 0.06 * (dust - 0.5)) / 0.045) ** 2)) * smooth_step(0.40, 0.60, dust)
    glow = np.clip(band * (1 - 0.75 * lane), 0, 1) * smooth_step(0.0, 0.2, up)
    tint = (
        np.array([0.52, 0.50, 0.66], dtype=np.float32)
        + np.array([0.20, 0.08, -0.06], dtype=np.float32) * dust[..., None]
    )
    grain = np.random.default_rng(look.seed + 1).random(glow.shape, dtype=np.float32)
    sparks = (grain > 0.985) * glow * 0.75
    return np.asarray(sky + glow[..., None] * tint * 0.62 + sparks[..., None])


def _plane(look: Look, u: Floats, up: Floats, size: float) -> tuple[Floats, Floats]:
    """Coordinates on a flat ceiling of cloud, squeezed towards the horizon."""
    far = size / (up + 0.06)
    return (u - 0.6) * far + look.seed, far * 1.6


def _high(sky: Floats, look: Look, u: Floats, up: Floats) -> Floats:
    """Thin ice clouds drawn out by the wind; lit from below when the sun is low."""
    a, b = _plane(look, u, up, 0.55)
    drift = octaves(seed=look.seed + 20, u=a * 0.6, v=b * 0.6, count=3)
    wisp = octaves(
        seed=look.seed + 21, u=a * 1.1 + drift * 1.2, v=b * 3.4 + a * 0.8, count=6, gain=0.58
    )
    cover = smooth_step(0.46, 0.82, wisp + 0.34 * (drift - 0.5)) * look.cloud * 1.5
    cover = np.clip(cover * smooth_step(0.0, 0.10, up), 0, 0.9)[..., None]
    low_sun = look.sun[1] < 0.5
    tone = (
        np.array([1.0, 0.66, 0.46], dtype=np.float32)
        if low_sun and not look.is_night
        else np.array([0.99, 0.99, 1.0], dtype=np.float32)
    )
    if low_sun:
        far = np.clip(up / look.horizon, 0, 1)[..., None]
        tone = tone * (1 - 0.45 * far) + np.array([0.60, 0.44, 0.56], dtype=np.float32) * 0.45 * far
    tone = tone * np.array(look.cloud_tone, dtype=np.float32)
    return np.asarray(sky * (1 - cover) + tone * cover)


def _deck(sky: Floats, look: Look, u: Floats, up: Floats) -> Floats:
    """A grey ceiling with darker bellies and brighter seams."""
    a, b = _plane(look, u, up, 0.5)
    n = octaves(seed=look.seed + 22, u=a * 1.3, v=b * 1.8, count=6, gain=0.55)
    lit = octaves(seed=look.seed + 22, u=a * 1.3 + 0.10, v=b * 1.8 - 0.22, count=6, gain=0.55)
    body = (
        np.array([0.66, 0.69, 0.72], dtype=np.float32)
        + (0.9 * (n - lit) - 0.55 * (n - 0.42))[..., None]
    )
    cover = (0.88 * smooth_step(0.0, 0.16, up))[..., None]
    return np.asarray(sky * (1 - cover) + np.clip(body, 0.25, 0.95) * cover)


def _heaps(sky: Floats, look: Look, u: Floats, up: Floats) -> Floats:
    """Fair-weather heaps in three rows: flat grey bases, bright round tops towards the sun."""
    way = 1.0 if look.sun[0] > 0.5 else -1.0
    bend = 0.05 * (octaves(seed=look.seed + 29, u=u * 9, v=up * 9, count=4) - 0.5)
    for row, (base, tall, size) in enumerate(
        ((0.03, 0.05, 9.0), (0.085, 0.11, 4.4), (0.20, 0.26, 2.0))
    ):
        wide = u + bend * (3.0 / size) ** 0.5
        high = up + bend * 0.7
        shift = look.seed + 7.3 * row
        bed = octaves(
            seed=look.seed + 30 + row, u=wide * size * 0.55 + shift, v=0 * u + row, count=2
        )
        sag = (
            0.022
            * tall
            / 0.26
            * (octaves(seed=look.seed + 35, u=u * 20, v=up * 20, count=3) - 0.5)
            * 4
        )
        lift = np.clip(high - base, 0, None) / tall
        puff = _billow(look.seed + 40, wide * size * 1.3 + shift, high * size * 1.3)
        body = 0.85 * puff + 2.1 * (bed - 0.52) - 0.85 * lift * lift - 0.18 * lift
        cover = smooth_step(0.22, 0.34, body) * smooth_step(-0.1, 0.1, (up - base + sag) / tall * 2)
        step = 0.11
        toward = _billow(
            look.seed + 40, wide * size * 1.3 + shift + way * step, high * size * 1.3 + step
        )
        light = np.clip(0.50 + 1.2 * (puff - toward) + 0.55 * np.clip(lift, 0, 0.8), 0, 1)[
            ..., None
        ]
        tone = (
            np.array([0.60, 0.68, 0.79], dtype=np.float32) * (1 - light)
            + np.array([1.0, 0.99, 0.965], dtype=np.float32) * light
        )
        haze = (0.5, 0.22, 0.0)[row]
        tone = tone * (1 - haze) + np.array(look.low, dtype=np.float32) * haze
        a = blur(cover, radius=0.7)[..., None] * 0.97
        sky = sky * (1 - a) + tone * a
    return np.asarray(sky)


def _billow(seed: int, u: Floats, v: Floats) -> Floats:
    """Noise with round tops, as heaps have."""
    total, weight, norm, scale = np.zeros_like(u), 1.0, 0.0, 1.0
    for octave in range(5):
        n = octaves(seed=seed + octave, u=u * scale, v=v * scale * 1.3, count=1)
        total = total + weight * (1 - np.abs(2 * n - 1))
        norm, weight, scale = norm + weight, weight * 0.52, scale * 2.1
    return np.asarray(total / norm, dtype=np.float32)
