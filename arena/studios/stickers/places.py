"""Where things of a scene go: relations become places, then all is fitted to the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from arena.studios.phrases import Relation, Thing
from arena.studios.plan import Plan
from arena.studios.stickers.emoji import draw_emoji
from arena.studios.stickers.solids import SHAPES
from arena.studios.stickers.words import emoji_for

UNIT = 240.0
GAP = 26.0
# Size of a shape beside a cube, where it is not about the same.
SCALE: dict[str, float] = {
    "plant": 1.35, "tree": 1.6, "house": 1.5, "book": 0.85, "apple": 0.62, "fruit": 0.62,
    "lemon": 0.55, "cup": 0.72, "egg": 0.55, "candle": 0.75, "bottle": 1.1, "snowman": 1.25,
    "bowl": 0.85, "vase": 1.05, "mushroom": 0.75, "plate": 0.9, "torus": 0.85, "cactus": 1.1,
}  # fmt: skip
_STANDINS = {"cup": "hot-beverage", "fruit": "tangerine", "tree": "deciduous-tree"}


@dataclass(frozen=True)
class Piece:
    """A thing's place: foot centre, size, depth (small is far), and which part of it to paste."""

    index: int
    emoji: str
    drawn: bool
    x: float
    bottom: float
    width: float
    height: float
    depth: float
    part: str
    grounded: bool


def place_pieces(
    plan: Plan, *, side: int, top: float, floor: float, bottom: float
) -> tuple[Piece, ...]:
    """Pieces in the order to paste them, inside x 50..950 and `top`..`bottom`.

    Things stand around the height `floor`; `side` (-1, 1) is where those behind others peep out.
    """
    pieces: dict[int, Piece] = {}
    related = {relation.subject: relation for relation in plan.relations}
    right = 0.0
    waiting = list(range(len(plan.things)))
    while waiting:
        ready = [k for k in waiting if k not in related or related[k].anchor in pieces]
        for index in ready or waiting[:1]:
            piece = _size(index, plan.things[index])
            if index in related and related[index].anchor in pieces:
                piece = _relate(piece, related[index], plan.things, pieces, side)
            else:
                piece = _clear(replace(piece, x=right + piece.width / 2), pieces, 1)
            pieces[index] = piece
            right = max(right, piece.x + piece.width / 2 + GAP)
            waiting.remove(index)
    fitted = _fit(list(pieces.values()), top=top, floor=floor, bottom=bottom)
    return tuple(sorted(_in_parts(fitted, plan), key=lambda piece: piece.depth))


@lru_cache(maxsize=64)
def _shape_of(emoji: str) -> tuple[float, float]:
    art = draw_emoji(name=emoji, size=64)
    return art.shape[1] / 64, art.shape[0] / 64


def _size(index: int, thing: Thing) -> Piece:
    size = UNIT * SCALE.get(thing.shape, 1.0) * thing.size**0.75
    if thing.shape in SHAPES:
        tall = 0.62 if thing.shape == "torus" else 1.0
        return Piece(index, "", True, 0, 0, size, size * tall, 0.0, "whole", True)
    emoji = emoji_for(thing.noun) or _STANDINS.get(thing.shape) or emoji_for(thing.shape) or "star"
    wide, high = _shape_of(emoji)
    return Piece(index, emoji, False, 0, 0, size * wide, size * high, 0.0, "whole", True)


def _relate(
    piece: Piece, relation: Relation, things: tuple[Thing, ...], pieces: dict[int, Piece], side: int
) -> Piece:
    anchor = pieces[relation.anchor]
    if relation.how == "on":
        piece = _shrunk(piece, min(1.0, 0.8 * anchor.width / piece.width))
        sink = 0.13 if anchor.drawn and things[anchor.index].shape == "cube" else 0.06
        foot = anchor.bottom - anchor.height * (1 - sink)
        above = replace(piece, x=anchor.x, bottom=foot, grounded=False, depth=anchor.depth + 0.2)
        return _clear(above, pieces, side, only_same_foot=True)
    if relation.how == "inside":
        placed = _put_inside(piece, anchor, glass=things[anchor.index].material == "glass")
        return _spread(placed, anchor, pieces)
    if relation.how == "behind":
        lift = anchor.height * 0.26
        shown = max(piece.height, anchor.height * 1.12)
        grown = shown / piece.height
        x = anchor.x + side * anchor.width * 0.52
        return replace(
            piece,
            x=x,
            bottom=anchor.bottom - lift,
            depth=anchor.depth - 1,
            width=piece.width * grown,
            height=shown,
        )
    if relation.how == "front":
        x = anchor.x - side * anchor.width * 0.25
        return replace(
            piece, x=x, bottom=anchor.bottom + anchor.height * 0.3, depth=anchor.depth + 1
        )
    way = {"left": -1, "right": 1}.get(relation.how, side)
    x = anchor.x + way * (anchor.width / 2 + piece.width / 2 + GAP)
    return _clear(replace(piece, x=x, bottom=anchor.bottom, depth=anchor.depth), pieces, way)


def _put_inside(piece: Piece, anchor: Piece, *, glass: bool) -> Piece:
    """In a glass box it stands in the middle; elsewhere it peeps over the rim."""
    share = min(1.0, anchor.width * 0.52 / piece.width, anchor.height * 0.52 / piece.height)
    small = replace(piece, width=piece.width * share, height=piece.height * share, grounded=False)
    if glass:
        return replace(
            small,
            x=anchor.x,
            bottom=anchor.bottom - anchor.height * 0.13,
            depth=anchor.depth + 0.05,
        )
    peep = anchor.bottom - anchor.height * 0.72
    return replace(small, x=anchor.x, bottom=peep, depth=anchor.depth - 0.05)


def _spread(piece: Piece, anchor: Piece, pieces: dict[int, Piece]) -> Piece:
    """Several things in one box lie beside each other, each a little smaller."""
    fellows = [o for o in pieces.values() if o.depth == piece.depth and o.bottom == piece.bottom]
    if not fellows:
        return piece
    way = (-1, 1, -2, 2, 0)[(len(fellows) - 1) % 5]
    small = _shrunk(piece, 0.8)
    return replace(small, x=anchor.x + way * anchor.width * 0.2)


def _shrunk(piece: Piece, share: float) -> Piece:
    return replace(piece, width=piece.width * share, height=piece.height * share)


def _clear(
    piece: Piece, pieces: dict[int, Piece], way: int, *, only_same_foot: bool = False
) -> Piece:
    """Push a piece sideways until it stands free of the others at its depth."""
    for _ in range(12):
        hit = next((o for o in pieces.values() if _clash(piece, o, only_same_foot)), None)
        if hit is None:
            break
        piece = replace(piece, x=hit.x + way * (hit.width / 2 + piece.width / 2 + GAP / 2))
    return piece


def _clash(piece: Piece, other: Piece, only_same_foot: bool) -> bool:
    if only_same_foot and abs(piece.bottom - other.bottom) > 1:
        return False
    apart = abs(piece.x - other.x) >= (piece.width + other.width) / 2
    return (
        not apart
        and abs(piece.depth - other.depth) < 0.5
        and (abs(piece.bottom - other.bottom) < max(piece.height, other.height) * 0.5)
    )


def _fit(pieces: list[Piece], *, top: float, floor: float, bottom: float) -> list[Piece]:
    """Scale and move all pieces together so that none leaves the page."""
    left = min(p.x - p.width / 2 for p in pieces)
    right = max(p.x + p.width / 2 for p in pieces)
    high = min(p.bottom - p.height for p in pieces)
    low = max(p.bottom for p in pieces)
    scale = min(
        1.7,
        880 / (right - left),
        (floor - top - 25) / max(-high, 1.0),
        (bottom - floor) / max(low, 1.0),
    )
    middle = (left + right) / 2
    return [
        replace(
            p,
            x=500 + (p.x - middle) * scale,
            bottom=floor + p.bottom * scale,
            width=p.width * scale,
            height=p.height * scale,
        )
        for p in pieces
    ]


def _in_parts(pieces: list[Piece], plan: Plan) -> list[Piece]:
    """Glass boxes are pasted twice, with what is in them between."""
    out: list[Piece] = []
    for piece in pieces:
        thing = plan.things[piece.index]
        if piece.drawn and thing.shape == "cube" and thing.material == "glass":
            out.append(replace(piece, part="back"))
            out.append(replace(piece, part="front", depth=piece.depth + 0.1))
        else:
            out.append(piece)
    return out
