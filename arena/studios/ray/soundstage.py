"""The ray studio's set: table, wall, things and glass, and how a ray sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.studios.camera import unit
from arena.studios.noise import Floats, octaves
from arena.studios.ray.glasswork import enter, look_through
from arena.studios.ray.lighting import (
    Glass,
    LightMap,
    Lights,
    bake_plane,
    room_colour,
    see_lights,
    see_sky,
)
from arena.studios.ray.materials import Material
from arena.studios.ray.tracer import FAR, Body, Cluster, dot, fresnel, normals, reflect, trace

FloorPaint = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Ground:
    """The table: its colour at (x, z), how it mirrors, where it ends and where the wall is."""

    paint: FloorPaint
    shine: float
    back: float
    wall_at: float
    wall: Floats
    flat_colour: Floats | None = None


class Stage:
    """A lit set. `see` answers the light along rays; maps are baked once at the start."""

    def __init__(
        self,
        *,
        clusters: tuple[Cluster, ...],
        materials: list[Material],
        glasses: tuple[Glass, ...],
        lights: Lights,
        ground: Ground,
        reach: float,
        draft: bool = False,
    ) -> None:
        self.clusters = clusters
        self.materials = materials
        self.glasses = glasses
        self.lights = lights
        self.ground = ground
        self.draft = draft
        self.samples = 1 if draft else 3
        # A draft has one hard lamp and coarse light maps.
        lamps, fine, tall = (1, 56, 18) if draft else (14, 224, 72)
        self.floor = bake_plane(
            lights,
            clusters,
            glasses,
            normal=(0, 1, 0),
            level=0.0,
            low=(-reach, -reach),
            high=(reach, min(reach, ground.back)),
            cells=(fine, fine),
            samples=lamps,
        )
        self.back: LightMap | None = None
        # The same light without the things: a seamless backdrop shows only the ratio.
        self.unshaded = bake_plane(
            lights,
            (),
            (),
            normal=(0, 1, 0),
            level=0.0,
            low=(-reach, -reach),
            high=(reach, min(reach, ground.back)),
            cells=(16, 16),
            samples=lamps,
        )
        if ground.flat_colour is None:
            self.back = bake_plane(
                lights,
                clusters,
                glasses,
                normal=(0, 0, -1),
                level=ground.wall_at,
                low=(-6.5, -1.0),
                high=(6.5, 6.5),
                cells=(tall * 5 // 3, tall),
                samples=min(lamps, 10),
            )

    def see(self, o: Floats, d: Floats) -> Floats:
        """Light (3, N) along primary rays, with glass and mirror images."""
        limit = np.full(o.shape[1], FAR, dtype=np.float32)
        for glass in self.glasses:
            limit = np.minimum(limit, enter(glass, o, d))
        behind_glass = np.nonzero(limit < FAR)[0]
        colour, t = self._open(o, d, mirrored=True)
        for glass in self.glasses:
            begin = enter(glass, o[:, behind_glass], d[:, behind_glass])
            first = (begin < t[behind_glass]) & (begin <= limit[behind_glass] + 1e-5)
            rays = behind_glass[first]
            if rays.size:
                colour[:, rays] = look_through(
                    glass, o[:, rays], d[:, rays], see=_Eye(self), see_near=_Eye(self)
                )
        return colour

    def _open(self, o: Floats, d: Floats, *, mirrored: bool) -> tuple[Floats, Floats]:
        far = np.full(o.shape[1], FAR, dtype=np.float32)
        t_floor = self._floor_distance(o, d)
        t, hit, bodies = trace(self.clusters, o, d, np.minimum(far, t_floor))
        colour = np.zeros(o.shape, dtype=np.float32)
        on_floor = np.nonzero((hit < 0) & (t_floor < FAR))[0]
        if on_floor.size:
            colour[:, on_floor] = self._shade_floor(
                o[:, on_floor], d[:, on_floor], t_floor[on_floor], mirrored
            )
        away = np.nonzero((hit < 0) & (t_floor >= FAR))[0]
        if away.size:
            colour[:, away] = self._shade_wall(o[:, away], d[:, away])
        self._shade_bodies(colour, o, d, t=t, hit=hit, bodies=bodies, mirrored=mirrored)
        return colour, t

    def _floor_distance(self, o: Floats, d: Floats) -> Floats:
        down = np.where(np.abs(d[1]) < 1e-6, np.float32(-1e-6), d[1])
        t = -o[1] / down
        z = o[2] + d[2] * t
        return np.where((t > 1e-3) & (z < self.ground.back), t, FAR).astype(np.float32)

    def _shade_floor(self, o: Floats, d: Floats, t: Floats, mirrored: bool) -> Floats:
        p = o + d * t
        light, openness = self.floor.read(p[0], p[2])
        if self.ground.flat_colour is not None:
            # A seamless backdrop keeps its colour and only takes the shadow.
            lit = light.mean(axis=0) / self.unshaded.read(p[0], p[2])[0].mean(axis=0)
            dim = 0.42 + 0.58 * np.clip(lit, 0, 1.0)
            dim = dim * (0.72 + 0.28 * np.clip(openness * 1.06, 0, 1))
            return np.asarray(self.ground.flat_colour[:, None] * dim)
        ambient = self.lights.sky[:, None] * openness
        colour = self.ground.paint(p[0], p[2]) * (light + ambient)
        if mirrored and self.ground.shine and not self.draft:
            n = np.broadcast_to(np.array([[0], [1], [0]], dtype=np.float32), d.shape)
            share = fresnel(-d[1], self.ground.shine) * np.float32(0.75)
            r = reflect(d, n)
            # Brushed varnish: the mirror image is stretched by the grain.
            r = unit(r + 0.02 * (octaves(seed=71, u=p[0] * 9, v=p[2] * 60, count=2) - 0.5))
            seen, _ = self._open(p + n * np.float32(0.003), r, mirrored=False)
            colour = colour * (1 - share) + np.minimum(seen, 2.5) * share
        return np.asarray(colour)

    def _shade_wall(self, o: Floats, d: Floats) -> Floats:
        flat = self.ground.flat_colour
        if self.back is None or flat is not None:
            flat = self.ground.wall if flat is None else flat
            return np.broadcast_to(flat[:, None], o.shape).astype(np.float32)
        ahead = d[2] > 1e-4
        t = (self.ground.wall_at - o[2]) / np.where(ahead, d[2], 1)
        ahead &= t > 0
        p = o + d * np.where(ahead, t, 0)
        light, openness = self.back.read(p[0], p[1])
        plaster = 0.97 + 0.06 * (octaves(seed=73, u=p[0] * 3, v=p[1] * 3, count=4) - 0.5)
        low = 0.8 + 0.2 * np.clip((p[1] + 0.6) / 2.2, 0, 1)
        wall = self.ground.wall[:, None] * plaster * low
        lit = wall * (light * 0.85 + self.lights.sky[:, None] * 0.8 * openness)
        return np.where(ahead, lit, room_colour(self.lights, d)).astype(np.float32)

    def _shade_bodies(
        self,
        colour: Floats,
        o: Floats,
        d: Floats,
        *,
        t: Floats,
        hit: NDArray[np.int32],
        bodies: list[Body],
        mirrored: bool,
    ) -> None:
        rays = np.nonzero(hit >= 0)[0]
        if not rays.size:
            return
        p = o[:, rays] + d[:, rays] * t[rays]
        own = hit[rays]
        n = np.zeros(p.shape, dtype=np.float32)
        base = np.zeros(p.shape, dtype=np.float32)
        facts = np.zeros((4, rays.size), dtype=np.float32)
        for number in np.unique(own):
            body = bodies[number]
            mine = np.nonzero(own == number)[0]
            n[:, mine], local = normals(body, p[:, mine])
            material = self.materials[body.material]
            plain = material.colour[:, None]
            painted = material.paint(local, plain) if material.paint else plain
            base[:, mine] = painted
            facts[:, mine] = np.array(
                [[material.shine], [material.rough], [material.metal], [material.soft]]
            )
        colour[:, rays] = self._surface(
            p, d[:, rays], n, base=base, facts=facts, own=own, mirrored=mirrored
        )

    def _surface(
        self,
        p: Floats,
        d: Floats,
        n: Floats,
        *,
        base: Floats,
        facts: Floats,
        own: NDArray[np.int32],
        mirrored: bool,
    ) -> Floats:
        shine, rough, metal, soft = facts
        n = np.where(dot(n, d) > 0, -n, n)
        samples, suns = (self.samples, 2) if mirrored and not self.draft else (1, 1)
        direct = see_lights(
            self.lights,
            self.clusters,
            self.glasses,
            p,
            n,
            samples=samples,
            suns=suns,
            own=own,
            soft=soft,
        )
        openness = see_sky(
            self.clusters, p, n, samples=4 if mirrored and not self.draft else 1, reach=0.7, own=own
        )
        # The table throws its colour up; close to it the sky is half hidden anyway.
        up = n[1] * 0.5 + 0.5
        ambient = self.lights.sky[:, None] * up + self.lights.bounce[:, None] * (1 - up)
        ambient = ambient * (0.25 + 0.75 * openness)
        diffuse = base * (direct + ambient) * (1 - metal * 0.85)
        r = reflect(d, n)
        share = fresnel(-dot(d, n), 0.04) * (shine / 0.045) * (1 - rough * 0.8)
        share = np.clip(np.where(metal > 0, 0.85, share), 0, 1)
        mirror = room_colour(self.lights, r)
        if mirrored:
            glossy = np.nonzero(share > 0.07)[0]
            if glossy.size:
                start = p[:, glossy] + n[:, glossy] * np.float32(0.004)
                mirror[:, glossy] = self._open(start, r[:, glossy], mirrored=False)[0]
        mirror = mirror * (0.35 + 0.65 * openness)
        tinted = np.where(metal > 0, base, 1.0)
        half = unit(unit(self.lights.place[:, None] - p) - d)
        power = 2 / np.maximum(rough * rough, 0.004)
        spot = np.clip(dot(half, n), 0, 1) ** power * shine * (power + 8) / 60
        glint = np.minimum(spot, 3) * direct * np.where(metal > 0, base, 1.0)
        return np.asarray(diffuse + mirror * share * tinted + glint, dtype=np.float32)


class _Eye:
    """How glass looks at the world behind it and inside it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def __call__(self, o: Floats, d: Floats) -> Floats:
        return self.stage._open(o, d, mirrored=False)[0]

    def inside(self, o: Floats, d: Floats, reach: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Things inside a hollow glass within `reach`: their light, and which rays they stop."""
        stage = self.stage
        t, hit, bodies = trace(stage.clusters, o, d, reach)
        colour = np.zeros(o.shape, dtype=np.float32)
        stage._shade_bodies(colour, o, d, t=t, hit=hit, bodies=bodies, mirrored=True)
        return colour, hit >= 0
