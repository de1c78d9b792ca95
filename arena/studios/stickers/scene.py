"""Sticker scenes: things pasted where the prompt puts them, on five drawn tables."""

from __future__ import annotations

from arena.studios.fonts import OSWALD
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan
from arena.studios.stickers.board import Board, dice, open_board
from arena.studios.stickers.emoji import brighten
from arena.studios.stickers.letters import letter
from arena.studios.stickers.places import Piece, place_pieces
from arena.studios.stickers.solids import draw_solid
from arena.studios.stickers.tables import BACKDROPS


def stick_scene(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """Things arranged as asked (H, W, 3) in 0..1; each take is another table and light."""
    return compose_scene(plan=plan, take=take, width=width, height=height).floats()


def compose_scene(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of a scene, for those who want to know where things lie."""
    if not plan.things:
        raise DeclinedError("There is no thing in this prompt that could become a sticker.")
    tall, style = 1000 * height / width, take % 5
    ground, line = BACKDROPS[style](plan, tall)
    board = open_board(ground=ground, width=width, height=height)
    top = 40.0
    if plan.lettering:
        box = letter(
            board,
            plan.lettering[0],
            x=500,
            y=tall * 0.09,
            width=880,
            most=tall * 0.11,
            fills=("#ffd23f", "#ffffff"),
            block="#35217a",
            face=OSWALD,
            wobble=3,
        )
        top = box.y + box.height / 2 + 10
    side = -1 if style in {1, 3} else 1
    pieces = place_pieces(plan, side=side, top=top, floor=line, bottom=tall - 40)
    rng = dice(prompt=plan.prompt, take=take)
    turns = {piece.index: float(rng.uniform(-3, 3)) for piece in pieces}
    for piece in pieces:
        _paste(board, piece, turns[piece.index], plan)
    return board


def _paste(board: Board, piece: Piece, turn: float, plan: Plan) -> None:
    thing = plan.things[piece.index]
    if piece.grounded and piece.part != "front":
        way = {"left": 1.0, "right": -1.0}.get(plan.light, 0.0)
        shade = '<ellipse cx="50" cy="15" rx="50" ry="15" fill="#140e33" fill-opacity="0.26"/>'
        size = piece.width * 1.08
        board.paint(
            f'<g transform="scale({size / 100:.4f})">{shade}</g>',
            width=size,
            x=piece.x + way * piece.width * 0.16,
            y=piece.bottom - size * 0.02,
            height=size * 0.3,
        )
    middle = piece.bottom - piece.height / 2
    if not piece.drawn:
        # Plants are green already, and tinting all of one would take its pot along.
        plain = not thing.colour_said or thing.shape in {"plant", "cactus", "tree"}
        tint = None if plain else brighten(thing.colour)
        board.emoji(
            piece.emoji,
            x=piece.x,
            y=middle,
            size=max(piece.width, piece.height),
            turn=turn,
            tint=tint,
        )
        return
    glass = thing.material == "glass"
    colour = brighten(thing.colour, amount=0.5)
    art = draw_solid(shape=thing.shape, colour=colour, glass=glass, part=piece.part)
    scaled = f'<g transform="scale({piece.width / 100:.4f} {piece.height / 100:.4f})">{art}</g>'
    # The front of a glass box must not hide what is in it under a white rim of its own.
    board.drawing(
        scaled,
        x=piece.x,
        y=middle,
        width=piece.width,
        height=piece.height,
        rim=0.0 if piece.part == "front" else 7.0,
    )
