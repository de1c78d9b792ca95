"""A small ray tracer over NumPy: bodies as distance fields, marched inside their bounds.

Rays are (3, N) float32 arrays, origins and unit directions. Only rays that meet a body's bounding
sphere and box are marched (sphere tracing, Hart 1996), so cost follows the visible area.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from arena.studios.camera import unit
from arena.studios.noise import Floats
from arena.studios.ray.shapes import Shape

FAR = np.float32(1e6)
STEPS = 54
EPS = np.float32(0.0012)
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Body:
    """A shape somewhere in the world: `turn` maps local to world axes, `at` is its centre."""

    shape: Shape
    at: Floats
    turn: Floats
    material: int
    radius: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "radius", float(np.linalg.norm(self.shape.half)))


@dataclass(frozen=True)
class Cluster:
    """Bodies that share one bounding sphere, tested first."""

    bodies: tuple[Body, ...]
    centre: Floats
    radius: float


def make_body(
    *,
    shape: Shape,
    at: tuple[float, float, float],
    material: int,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
) -> Body:
    """Place a shape: roll about z, then pitch about x, then yaw about y (radians)."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    turn = (about_y @ about_x @ about_z).astype(np.float32)
    return Body(shape, np.array(at, dtype=np.float32), turn, material)


def make_cluster(bodies: list[Body]) -> Cluster:
    """Group bodies under the smallest simple bounding sphere."""
    centres = np.array([body.at for body in bodies], dtype=np.float32)
    middle = (centres.min(axis=0) + centres.max(axis=0)) / 2
    radius = max(float(np.linalg.norm(body.at - middle)) + body.radius for body in bodies)
    return Cluster(tuple(bodies), middle.astype(np.float32), radius)


def trace(
    clusters: tuple[Cluster, ...], o: Floats, d: Floats, limit: Floats
) -> tuple[Floats, Ints, list[Body]]:
    """Nearest hit along each ray within `limit`.

    Returns distances (N,), the index of the body hit or -1 (N,), and the bodies in index order.
    """
    best = limit.copy()
    hit = np.full(best.shape, -1, dtype=np.int32)
    bodies = [body for cluster in clusters for body in cluster.bodies]
    number = 0
    for cluster in clusters:
        near = _meets(cluster.centre, cluster.radius, o, d, best)
        near_o, near_d, near_best = o[:, near], d[:, near], best[near]
        for body in cluster.bodies:
            if near.size:
                t, which = march(body, near_o, near_d, near_best)
                near_best[which] = t
                hit[near[which]] = number
            number += 1
        best[near] = near_best
    return best, hit, bodies


def blocked(
    clusters: tuple[Cluster, ...],
    o: Floats,
    d: Floats,
    reach: Floats,
    own: Ints | None = None,
) -> NDArray[np.bool_]:
    """Whether anything lies along each ray before `reach`.

    `own` names the body each ray starts on; a convex body never blocks its own rays.
    """
    dark = np.zeros(reach.shape, dtype=bool)
    number = 0
    for cluster in clusters:
        near = _meets(cluster.centre, cluster.radius, o, d, reach)
        near_o, near_d, limit = o[:, near], d[:, near], reach[near]
        near_own = None if own is None else own[near]
        for body in cluster.bodies:
            if near.size:
                # A ray that is dark already, or that starts on this convex body, has limit 0 here.
                here = limit
                if near_own is not None and body.shape.convex:
                    here = np.where(near_own == number, np.float32(0), limit)
                _, which = march(body, near_o, near_d, here, coarse=True)
                limit[which] = 0
            number += 1
        dark[near] = limit == 0
    return dark


def _meets(centre: Floats, radius: float, o: Floats, d: Floats, limit: Floats) -> NDArray[np.intp]:
    x, y, z = centre[0] - o[0], centre[1] - o[1], centre[2] - o[2]
    along = x * d[0] + y * d[1] + z * d[2]
    miss = x * x + y * y + z * z - along * along
    near = along - radius
    return np.nonzero((miss < radius * radius) & (along > -radius) & (near < limit))[0]


def march(
    body: Body, o: Floats, d: Floats, limit: Floats, *, coarse: bool = False
) -> tuple[Floats, NDArray[np.intp]]:
    """Distances and ray numbers of the rays that hit the body before `limit`.

    `coarse` takes longer steps and stops further out: enough for shadows.
    """
    which = _meets(body.at, body.radius, o, d, limit)
    local_o = body.turn.T @ (o[:, which] - body.at[:, None])
    local_d = body.turn.T @ d[:, which]
    near, far = box_span(np.array(body.shape.half, dtype=np.float32), local_o, local_d)
    near = np.maximum(near, np.float32(0.0))
    far = np.minimum(far, limit[which])
    keep = np.nonzero(near < far)[0]
    t = near[keep]
    found_t, found = _sphere_trace(
        body, local_o[:, keep], local_d[:, keep], t=t, far=far[keep], coarse=coarse
    )
    return found_t, which[keep[found]]


def _sphere_trace(
    body: Body, o: Floats, d: Floats, *, t: Floats, far: Floats, coarse: bool
) -> tuple[Floats, NDArray[np.intp]]:
    numbers = np.arange(t.size)
    hits: list[NDArray[np.intp]] = []
    times: list[Floats] = []
    eps, least = (np.float32(0.003), np.float32(0.012)) if coarse else (EPS, EPS)
    for _ in range(STEPS // 3 if coarse else STEPS):
        if not t.size:
            break
        gap = body.shape.distance(o + d * t)
        done = gap < eps
        if done.any():
            hits.append(numbers[done])
            times.append(t[done])
        t = t + np.maximum(gap, least)
        live = ~done & (t < far)
        if not live.all():
            o, d, t, far, numbers = o[:, live], d[:, live], t[live], far[live], numbers[live]
    if not hits:
        return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.intp)
    return np.concatenate(times), np.concatenate(hits)


def box_span(half: Floats, o: Floats, d: Floats) -> tuple[Floats, Floats]:
    """Entry and exit distances of rays through a box about the origin (slab method)."""
    safe = np.where(np.abs(d) < 1e-7, np.float32(1e-7), d)
    inverse = np.float32(1) / safe
    middle = -o * inverse
    spread = np.abs(inverse) * half[:, None]
    return (middle - spread).max(axis=0), (middle + spread).min(axis=0)


def normals(body: Body, p: Floats) -> tuple[Floats, Floats]:
    """World normals and local points at world points `p` on the body (tetrahedron differences)."""
    local = body.turn.T @ (p - body.at[:, None])
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], dtype=np.float32)
    total = np.zeros_like(local)
    for corner in corners:
        total += corner[:, None] * body.shape.distance(local + corner[:, None] * np.float32(0.002))
    world = body.turn @ total
    return unit(world), local


def dot(a: Floats, b: Floats) -> Floats:
    """Row-wise scalar product of (3, N) vectors."""
    return np.asarray(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


def reflect(d: Floats, n: Floats) -> Floats:
    """Mirror directions on normals."""
    return np.asarray(d - 2 * dot(d, n) * n)


def refract(d: Floats, n: Floats, eta: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Snell's law for normals facing the ray; also says where total reflection happens."""
    cos = -dot(d, n)
    k = 1 - eta * eta * (1 - cos * cos)
    total = k < 0
    out = eta * d + (eta * cos - np.sqrt(np.maximum(k, 0))) * n
    return np.where(total, reflect(d, n), out).astype(np.float32), total


def fresnel(cos: Floats, base: float) -> Floats:
    """Schlick's approximation of reflectance."""
    return np.asarray(base + (1 - base) * (1 - np.clip(cos, 0, 1)) ** 5, dtype=np.float32)
