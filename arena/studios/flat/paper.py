"""Paper grain and ink wear over flat artwork."""

from __future__ import annotations

import numpy as np

from arena.studios.noise import Floats, blur, grid, octaves, smooth_step


def paper_grain(*, width: int, height: int, seed: int, strength: float = 1.0) -> Floats:
    """A multiplier (H, W) near 1: fibres, slow stains and slightly darker edges."""
    u, v = grid(width=width, height=height)
    fibre = octaves(seed=seed, u=u * 340, v=v * 340, count=2) - 0.5
    streak = octaves(seed=seed + 1, u=u * 60, v=v * 420, count=2) - 0.5
    stain = octaves(seed=seed + 2, u=u * 4, v=v * 4, count=4) - 0.5
    x, y = u / u.max() * 2 - 1, v / v.max() * 2 - 1
    edge = smooth_step(0.7, 1.55, np.sqrt(x * x + y * y))
    level = 1 + strength * (0.05 * fibre + 0.03 * streak + 0.07 * stain - 0.09 * edge)
    return np.asarray(level, dtype=np.float32)


def print_ink(*, art: Floats, ground: Floats, seed: int, wear: float = 1.0) -> Floats:
    """Lay artwork (H, W, 4) on paper (H, W, 3): ink soaks, thins and misses the odd fibre."""
    height, width, _ = art.shape
    u, v = grid(width=width, height=height)
    speck = octaves(seed=seed + 5, u=u * 260, v=v * 260, count=3)
    patch = octaves(seed=seed + 6, u=u * 7, v=v * 7, count=3)
    missing = smooth_step(0.69, 0.8, speck + 0.16 * patch) * 0.75 * wear
    thin = 1 - wear * (0.1 * (octaves(seed=seed + 7, u=u * 40, v=v * 40, count=3)))
    alpha = art[..., 3] * (1 - missing) * thin
    press = blur(art[..., 3], radius=max(1.0, width / 500)) - art[..., 3]
    rim = 1 - 0.1 * wear * np.clip(-press * 2, 0, 1)
    ink = art[..., :3] * rim[..., None]
    return np.asarray(ground * (1 - alpha[..., None]) + ink * alpha[..., None], dtype=np.float32)
