"""The drawn reference pictures of the editing challenges, dedicated to the public domain (CC0).

`python -m arena.studios.sitters.portraits FOLDER` writes them. The people are invented: nobody sat for them.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from arena.studios.darkroom import finish
from arena.studios.fonts import rasterise
from arena.studios.noise import Floats
from arena.studios.sitters.anchor import draw_anchor
from arena.studios.sitters.car import draw_car
from arena.studios.sitters.people import draw_bald_man, draw_driver

MOST_BYTES = 130_000


@dataclass(frozen=True)
class Sitter:
    """A reference picture: its drawing as SVG, its size, and its alt text."""

    draw: Callable[[], str]
    width: int
    height: int
    alt: str
    vignette: float = 0.0


SITTERS: dict[str, Sitter] = {
    "driver.jpg": Sitter(
        draw_driver,
        900,
        900,
        "Drawn portrait of a smiling man with short brown hair, stubble and a denim shirt, "
        "sunglasses pushed up on his head, against a plain pale blue ground.",
    ),
    "car.jpg": Sitter(
        draw_car,
        1200,
        700,
        "Drawing of an empty red open two-seater of the 1960s from the side, facing right, with "
        "whitewall tyres and tan seats, on a plain sand-coloured ground.",
    ),
    "anchor.jpg": Sitter(
        draw_anchor,
        900,
        900,
        "Drawn television presenter with a chestnut bob and a navy blazer, hands folded on a news "
        "desk, a globe and a city at dusk on the screens behind her.",
        0.1,
    ),
    "bald-man.jpg": Sitter(
        draw_bald_man,
        900,
        900,
        "Drawn portrait of a friendly bald man with a short dark beard and a teal ribbed jumper, "
        "in soft light against a grey studio wall.",
        0.16,
    ),
}


def paint_sitter(*, name: str, share: float = 1.0) -> Floats:
    """One reference picture, (H, W, 3) in 0..1, at `share` of its size; KeyError for another name."""
    sitter = SITTERS[name]
    drawn = rasterise(
        sitter.draw(), width=round(sitter.width * share), height=round(sitter.height * share)
    )[..., :3]
    return np.asarray(finish(drawn, glow=0.0, vignette=sitter.vignette, grain=0.007))


def encode_sitter(*, name: str) -> bytes:
    """The picture as JPEG bytes, MOST_BYTES at most, without metadata."""
    pixels = (np.clip(paint_sitter(name=name), 0, 1) * 255 + 0.5).astype(np.uint8)
    image = Image.fromarray(pixels, "RGB")
    for quality in range(92, 60, -3):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True, subsampling=0)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise ValueError(f"{name} does not fit into {MOST_BYTES} bytes.")


def main() -> None:
    """Write every reference picture into the folder given on the command line."""
    folder = Path(sys.argv[1])
    for name in SITTERS:
        (folder / name).write_bytes(encode_sitter(name=name))


if __name__ == "__main__":
    main()
