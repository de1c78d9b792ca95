"""Cuts a subject out of a plain ground, and seats a driver in an open car."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arena.studios.coast.cockpit import Cockpit, find_cockpit, find_neck, find_wheels
from arena.studios.noise import Floats, blur, smooth_step
from arena.studios.plan import DeclinedError

Mask = NDArray[np.bool_]
NEEDS_TWO = "This edit needs two pictures: a person and a car, each on a plain ground."
NOT_PLAIN = "The ground behind the person or the car is not plain enough to cut them out."
PLAIN = 0.075
WORK_SIDE = 900


@dataclass(frozen=True)
class SeatedCar:
    """A car with its driver as RGBA (H, W, 4); places in pixels.

    `wheels` are (x, y, radius); `ground` is the row the tyres stand on; `head` is the middle of the
    driver's face and its height.
    """

    rgba: Floats
    wheels: tuple[tuple[float, float, float], ...]
    ground: float
    head: tuple[float, float, float]


def cut_out(*, picture: Floats) -> Floats:
    """The subject of a picture on a plain ground, cropped, as RGBA (h, w, 4) in 0..1.

    Floods the ground from the upper borders in colour distance, drops the soft shadow, and
    softens the matte. Raises DeclinedError when the ground is not plain or nothing stands on it.
    """
    small = _to_work_size(picture)
    gap, outside = _find_ground(small)
    solid = _largest_parts(~outside & ~_holes(gap))
    if not 0.02 < solid.mean() < 0.92:
        raise DeclinedError(
            "The person or the car does not stand clear of the ground in this picture."
        )
    alpha = smooth_step(0.40, 0.80, blur(solid.astype(np.float32), radius=1.0))
    rgba = np.dstack([_inner_colour(small, solid), alpha]).astype(np.float32)
    rows, columns = np.nonzero(alpha.max(axis=1) > 0.5)[0], np.nonzero(alpha.max(axis=0) > 0.5)[0]
    return rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def sort_subjects(*, pictures: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    """Cut out two pictures and tell (person, car) by shape: the car is the wide one.

    Raises DeclinedError for another number of pictures, or when no one of them is wide.
    """
    if len(pictures) != 2:
        raise DeclinedError(NEEDS_TWO)
    cuts = sorted((cut_out(picture=p) for p in pictures), key=lambda c: c.shape[1] / c.shape[0])
    if cuts[1].shape[1] < 1.6 * cuts[1].shape[0] or cuts[0].shape[1] > 1.5 * cuts[0].shape[0]:
        raise DeclinedError(NEEDS_TWO)
    return cuts[0], cuts[1]


def seat_driver(*, pictures: tuple[Floats, ...], length: int) -> SeatedCar:
    """The car with the person at its wheel, scaled to `length` pixels, facing right.

    The driver is drawn behind the door and the steering wheel and before the seat backs. Raises
    DeclinedError as `sort_subjects` and `find_cockpit` do.
    """
    person, car = sort_subjects(pictures=pictures)
    cockpit = find_cockpit(alpha=car[..., 3], light=car[..., :3].mean(axis=2))
    if cockpit.faces_left:
        car = car[:, ::-1]
        cockpit = find_cockpit(alpha=car[..., 3], light=car[..., :3].mean(axis=2))
        cockpit = replace(cockpit, faces_left=False)
    scale = length / car.shape[1]
    car = resize(car, height=round(car.shape[0] * scale), width=length)
    cockpit = cockpit.scaled(scale)
    car = _open_panes(car, cockpit)
    head = 0.105 * length
    rgba = _compose(_bust(person, head), car, cockpit, head)
    lift = rgba.shape[0] - car.shape[0]
    wheels = tuple((x, y + lift, r) for x, y, r in find_wheels(alpha=car[..., 3]))
    face = (_seat_column(cockpit), cockpit.sill + lift - 0.92 * head, head)
    return SeatedCar(rgba, wheels, float(rgba.shape[0]), face)


def flood(room: Mask, seeds: Mask) -> Mask:
    """Every place of `room` that is reached from `seeds` in four directions."""
    reached = room & seeds
    for _ in range(24):
        before = int(reached.sum())
        for axis in (1, 0):
            view, free = (reached, room) if axis == 0 else (reached.T, room.T)
            for k in range(1, view.shape[0]):
                view[k] |= view[k - 1] & free[k]
            for k in range(view.shape[0] - 2, -1, -1):
                view[k] |= view[k + 1] & free[k]
        if int(reached.sum()) == before:
            break
    return reached


def resize(picture: Floats, *, width: int, height: int) -> Floats:
    """Resample (H, W, C) with a Lanczos filter; RGBA with premultiplied colour."""
    has_alpha = picture.shape[2] == 4
    work = picture.copy()
    if has_alpha:
        work[..., :3] *= work[..., 3:]
    size = (max(1, width), max(1, height))
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(work[..., k], dtype=np.float32)).resize(
                size, Image.Resampling.LANCZOS
            )
        )
        for k in range(picture.shape[2])
    ]
    out = np.clip(np.dstack(planes), 0, 1)
    if has_alpha:
        out[..., :3] = np.clip(out[..., :3] / np.maximum(out[..., 3:], 0.004), 0, 1)
    return np.asarray(out, dtype=np.float32)


def lay_over(ground: Floats, piece: Floats, *, x: int, y: int) -> Floats:
    """Lay RGBA `piece` over RGB or RGBA `ground` with its corner at (x, y); parts outside are cut."""
    out = ground.copy()
    y0, x0 = max(0, y), max(0, x)
    y1, x1 = min(ground.shape[0], y + piece.shape[0]), min(ground.shape[1], x + piece.shape[1])
    if y1 <= y0 or x1 <= x0:
        return out
    part = piece[y0 - y : y1 - y, x0 - x : x1 - x]
    a = part[..., 3:]
    under = out[y0:y1, x0:x1]
    if ground.shape[2] == 3:
        out[y0:y1, x0:x1] = under * (1 - a) + part[..., :3] * a
        return out
    both = a + under[..., 3:] * (1 - a)
    colour = (part[..., :3] * a + under[..., :3] * under[..., 3:] * (1 - a)) / np.maximum(
        both, 1e-4
    )
    out[y0:y1, x0:x1] = np.concatenate([colour, both], axis=2)
    return out


def _to_work_size(picture: Floats) -> Floats:
    height, width = picture.shape[:2]
    scale = min(1.0, WORK_SIDE / max(height, width))
    if scale == 1.0:
        return np.asarray(picture, dtype=np.float32)
    return resize(picture, width=round(width * scale), height=round(height * scale))


def _upper_border(shape: tuple[int, ...]) -> Mask:
    """Top row and both sides; a bust may touch the bottom."""
    border = np.zeros(shape[:2], dtype=bool)
    border[0] = True
    border[: int(shape[0] * 0.8), [0, -1]] = True
    return border


def _ground_model(picture: Floats) -> Floats:
    """A plane of colour through the borders: plain grounds may be lit unevenly."""
    height, width = picture.shape[:2]
    band = max(2, min(height, width) // 50)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = y / height - 0.5, x / width - 0.5
    edge = np.zeros((height, width), dtype=bool)
    edge[:band] = True
    edge[: int(height * 0.6), :band] = edge[: int(height * 0.6), -band:] = True
    colours = picture[edge]
    calm = np.abs(colours - np.median(colours, axis=0)).max(axis=1) < 0.16
    if calm.mean() < 0.85:
        raise DeclinedError(NOT_PLAIN)
    terms = np.stack([np.ones_like(x), x, y], axis=-1)
    fit = np.linalg.lstsq(terms[edge][calm], colours[calm], rcond=None)[0]
    model = np.asarray(terms @ fit, dtype=np.float32)
    if (np.abs(picture - model).max(axis=2)[edge] < PLAIN).mean() < 0.85:
        raise DeclinedError(NOT_PLAIN)
    return model


def _find_ground(picture: Floats) -> tuple[Floats, Mask]:
    """Colour distance to the ground, and the ground itself; soft vignettes are followed inwards."""
    ground = _ground_model(picture)
    for _ in range(4):
        gap = np.abs(picture - ground).max(axis=2)
        room = (gap < PLAIN) | _shadow(picture, ground)
        outside = flood(room, _upper_border(room.shape) & (gap < PLAIN))
        known = outside & (gap < PLAIN)
        if gap[known].mean() < 0.012:
            return gap, outside
        ground = _curved_model(picture, known)
    raise DeclinedError(NOT_PLAIN)


def _curved_model(picture: Floats, known: Mask) -> Floats:
    """A surface of third degree through the ground found so far."""
    height, width = known.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = y / height - 0.5, x / width - 0.5
    parts = [x**i * y**j for i in range(4) for j in range(4 - i)]
    terms = np.stack(parts, axis=-1)
    spots = np.nonzero(known.ravel())[0][::17]
    flat, colours = terms.reshape(-1, len(parts))[spots], picture.reshape(-1, 3)[spots]
    return np.asarray(terms @ np.linalg.lstsq(flat, colours, rcond=None)[0], dtype=np.float32)


def _shadow(picture: Floats, ground: Floats) -> Mask:
    """Soft darkening of the ground low in the picture: same hue, no texture."""
    share = (picture / np.maximum(ground, 0.05)).mean(axis=2)
    drift = np.abs(picture - ground * share[..., None]).max(axis=2)
    gy, gx = np.gradient(picture.mean(axis=2))
    low = np.arange(picture.shape[0])[:, None] > picture.shape[0] * 0.6
    calm = np.hypot(gx, gy) < 0.05
    return np.asarray((share > 0.28) & (share < 1.05) & (drift < 0.06) & calm & low)


def _largest_parts(solid: Mask) -> Mask:
    """The subject without crumbs: what hangs together with its thickest place."""
    core = blur(solid.astype(np.float32), radius=max(3.0, max(solid.shape) / 30))
    seed = np.zeros_like(solid)
    seed[np.unravel_index(int(core.argmax()), core.shape)] = True
    main = flood(solid, seed)
    if main.sum() < 0.85 * solid.sum():
        raise DeclinedError(NOT_PLAIN)
    return main


def _holes(gap: Floats) -> Mask:
    """Enclosed patches that show the ground itself, such as the space inside a steering wheel."""
    alike = gap < 0.06
    core = blur(alike.astype(np.float32), radius=1.0) > 0.985
    return flood(alike, core)


def _inner_colour(picture: Floats, solid: Mask) -> Floats:
    """Edge pixels take colour from further inside, so that no rim of the old ground shows."""
    deep = (blur(solid.astype(np.float32), radius=1.0) > 0.985).astype(np.float32)
    near = blur(picture * deep[..., None], radius=2.0)
    weight = blur(deep, radius=2.0)[..., None]
    fill = near / np.maximum(weight, 1e-3)
    keep = (deep[..., None] > 0.5) | (weight < 0.02)
    return np.asarray(np.where(keep, picture, fill), dtype=np.float32)


def _open_panes(car: Floats, cockpit: Cockpit) -> Floats:
    """Glass above the door line lets the new scene through."""
    tone = car[..., :3]
    pale = (tone.min(axis=2) > 0.72) & (np.ptp(tone, axis=2) < 0.22) & (car[..., 3] > 0.9)
    radius = max(1.0, car.shape[1] / 380)
    inner = blur(pale.astype(np.float32), radius=radius) > 0.93
    pane = flood(pale, inner)
    y, x = np.mgrid[0 : car.shape[0], 0 : car.shape[1]]
    pane &= (y < cockpit.sill) & (x > cockpit.middle)
    cover = blur(pane.astype(np.float32), radius=0.6)
    out = car.copy()
    out[..., :3] = tone * (1 - cover[..., None]) + np.float32(0.93) * cover[..., None]
    out[..., 3] = car[..., 3] * (1 - 0.76 * cover)
    return out


def _bust(person: Floats, head: float) -> Floats:
    """Head and shoulders, scaled so that crown to chin measures `head` pixels."""
    neck = find_neck(alpha=person[..., 3])
    low = min(person.shape[0], round(neck * 1.5))
    piece = person[:low]
    scale = head / neck
    return resize(piece, width=round(piece.shape[1] * scale), height=round(low * scale))


def _seat_column(cockpit: Cockpit) -> float:
    """The driver leans on the seat, so he sits nearer to it than to the windscreen."""
    return cockpit.left + 0.24 * (cockpit.right - cockpit.left)


def _compose(bust: Floats, car: Floats, cockpit: Cockpit, head: float) -> Floats:
    """Car, then driver, then door and wheel again; the sheet grows when the head stands out."""
    show = min(bust.shape[0], round(1.42 * head))
    lift = max(0, round(show - cockpit.sill) + 4)
    car = np.pad(car, ((lift, 0), (0, 0), (0, 0)))
    sill = round(cockpit.sill + lift)
    y, x = np.mgrid[0 : car.shape[0], 0 : car.shape[1]]
    middle = _seat_column(cockpit)
    front = car.copy()
    behind_door = np.clip(y - sill + 0.5, 0, 1)
    at_wheel = (x > middle + 0.3 * head) & (y < sill)
    front[..., 3] = car[..., 3] * np.where(at_wheel, 1, behind_door)
    shade = _seat_shadow(bust, car, round(middle - bust.shape[1] / 2), sill - show)
    out = lay_over(shade, bust, x=round(middle - bust.shape[1] / 2), y=sill - show)
    # Nothing of the driver may hang below the door line where the car has gaps.
    out[sill:] = car[sill:]
    out = lay_over(out, front, x=0, y=0)
    return _arm(out, bust, cockpit, lift=lift, head=head, middle=middle)


def _seat_shadow(bust: Floats, car: Floats, x: int, y: int) -> Floats:
    """The driver darkens the seat behind him."""
    veil = np.zeros((*car.shape[:2], 4), dtype=np.float32)
    veil = lay_over(veil, bust, x=x - 5, y=y + 4)
    cover = blur(veil[..., 3], radius=max(1.5, car.shape[1] / 200))
    out = car.copy()
    out[..., :3] *= 1 - 0.5 * cover[..., None]
    return out


def _arm(
    out: Floats, bust: Floats, cockpit: Cockpit, *, lift: int, head: float, middle: float
) -> Floats:
    """A forearm from the door line to the steering wheel, in the colours of the person's own."""
    if cockpit.rim is None:
        return out
    sleeve, skin = _sleeve_colour(bust), _skin_colour(bust, head)
    hand = (cockpit.rim[0], cockpit.rim[1] + lift)
    sill = cockpit.sill + lift
    elbow = (middle + 0.34 * head, sill + 0.04 * head)
    y, x = np.mgrid[0 : out.shape[0], 0 : out.shape[1]].astype(np.float32)
    wrist = (elbow[0] + 0.74 * (hand[0] - elbow[0]), elbow[1] + 0.74 * (hand[1] - elbow[1]))
    out = _rod(out, x, y, elbow, wrist, thick=(0.15 * head, 0.105 * head), colour=sleeve, sill=sill)
    out = _rod(out, x, y, wrist, hand, thick=(0.07 * head, 0.075 * head), colour=skin, sill=sill)
    return _rod(
        out,
        x,
        y,
        (hand[0] - 0.02 * head, hand[1] - 0.05 * head),
        hand,
        thick=(0.075 * head, 0.088 * head),
        colour=skin,
        sill=sill,
    )


def _rod(
    out: Floats,
    x: Floats,
    y: Floats,
    a: tuple[float, float],
    b: tuple[float, float],
    *,
    thick: tuple[float, float],
    colour: Floats,
    sill: float,
) -> Floats:
    """A rounded limb from a to b that is lit from above and ends at the door line."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = np.clip(((x - a[0]) * dx + (y - a[1]) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
    r = thick[0] + (thick[1] - thick[0]) * t
    off_x, off_y = x - a[0] - t * dx, y - a[1] - t * dy
    cover = np.clip(r - np.hypot(off_x, off_y) + 0.5, 0, 1) * np.clip(sill - y + 0.5, 0, 1)
    light = 0.92 - 0.34 * np.clip(off_y / r, -1, 1) - 0.10 * np.clip(off_x / r, -1, 1)
    tone = np.clip(colour[None, None] * light[..., None], 0, 1)
    return lay_over(out, np.dstack([tone, cover]).astype(np.float32), x=0, y=0)


def _sleeve_colour(bust: Floats) -> Floats:
    h, w = bust.shape[:2]
    part = bust[int(h * 0.9) :, : int(w * 0.25)]
    seen = part[part[..., 3] > 0.9][:, :3]
    return np.median(seen, axis=0) if seen.size else np.array([0.25, 0.35, 0.5], dtype=np.float32)


def _skin_colour(bust: Floats, head: float) -> Floats:
    w = bust.shape[1]
    part = bust[int(head * 0.55) : int(head * 0.8), int(w * 0.40) : int(w * 0.60)]
    return np.asarray(np.median(part[..., :3].reshape(-1, 3), axis=0))
