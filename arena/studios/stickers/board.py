"""The board that stickers are pasted on: places, sizes and turns, never over the edge."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from arena.studios.fonts import rasterise, sheet
from arena.studios.noise import Floats
from arena.studios.stickers.cut import cut_sticker, sticker_margin
from arena.studios.stickers.emoji import draw_emoji
from arena.studios.vocabulary import Rgb

PAGE = 1000.0
RIM = 7.0


@dataclass(frozen=True)
class Box:
    """Where something lies: centre and size in page units (the page is 1000 wide)."""

    x: float
    y: float
    width: float
    height: float

    def touches(self, other: Box, *, gap: float = 0.0) -> bool:
        """Whether two boxes overlap or come closer than `gap`."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2 + gap
            and abs(self.y - other.y) < (self.height + other.height) / 2 + gap
        )


@dataclass
class Board:
    """A picture of `width` x `height` pixels with a page 1000 wide and `tall` high laid over it."""

    width: int
    height: int
    picture: Image.Image
    boxes: list[Box] = field(default_factory=list)

    @property
    def scale(self) -> float:
        """Pixels in one page unit."""
        return self.width / PAGE

    @property
    def tall(self) -> float:
        """Height of the page."""
        return PAGE * self.height / self.width

    def emoji(
        self,
        name: str,
        *,
        x: float,
        y: float,
        size: float,
        turn: float = 0.0,
        tint: Rgb | None = None,
        rim: float = RIM,
        flip: bool = False,
    ) -> Box:
        """Paste an emoji sticker whose longer side is `size`, turned by `turn` degrees."""
        art = draw_emoji(name=name, size=round(size * self.scale), tint=tint)
        return self.paste(art[:, ::-1] if flip else art, x=x, y=y, turn=turn, rim=rim)

    def drawing(
        self,
        body: str,
        *,
        x: float,
        y: float,
        width: float,
        height: float,
        turn: float = 0.0,
        rim: float = RIM,
    ) -> Box:
        """Paste SVG elements drawn in 0..width x 0..height page units; `rim` 0 leaves them bare."""
        shape = (max(4, round(width * self.scale)), max(4, round(height * self.scale)))
        art = rasterise(sheet(body, width=width, height=height), width=shape[0], height=shape[1])
        return self.paste(art, x=x, y=y, turn=turn, rim=rim)

    def paste(self, art: Floats, *, x: float, y: float, turn: float = 0.0, rim: float = RIM) -> Box:
        """Paste a cut-out (H, W, 4) with its centre at (x, y), moved inside the page if needed."""
        whole = _turned(art, turn)
        outline = max(rim * self.scale, 0.0)
        if outline > 0:
            whole = cut_sticker(whole, outline=outline, shadow=True)
        hidden = sticker_margin(outline=outline) - outline if outline > 0 else 0.0
        box = self._inside(
            Box(
                x,
                y,
                (whole.shape[1] - 2 * hidden) / self.scale,
                (whole.shape[0] - 2 * hidden) / self.scale,
            )
        )
        pixels = Image.fromarray((np.clip(whole, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA")
        left = round(box.x * self.scale - pixels.width / 2)
        top = round(box.y * self.scale - pixels.height / 2)
        self.picture.paste(pixels, (left, top), pixels)
        self.boxes.append(box)
        return box

    def paint(self, body: str, *, x: float, y: float, width: float, height: float) -> None:
        """Draw SVG elements in 0..width x 0..height page units without a rim; may bleed off."""
        shape = (max(4, round(width * self.scale)), max(4, round(height * self.scale)))
        art = rasterise(sheet(body, width=width, height=height), width=shape[0], height=shape[1])
        pixels = Image.fromarray((art * 255 + 0.5).astype(np.uint8), "RGBA")
        at = (round((x - width / 2) * self.scale), round((y - height / 2) * self.scale))
        self.picture.paste(pixels, at, pixels)

    def free(self, box: Box, *, gap: float = 8.0) -> bool:
        """Whether a box lies on the page and touches nothing pasted so far."""
        inside = (
            box.width / 2 <= box.x <= PAGE - box.width / 2
            and box.height / 2 <= box.y <= self.tall - box.height / 2
        )
        return inside and not any(box.touches(other, gap=gap) for other in self.boxes)

    def floats(self) -> Floats:
        """The picture as (H, W, 3) in 0..1."""
        return np.asarray(self.picture, dtype=np.float32) / np.float32(255)

    def _inside(self, box: Box) -> Box:
        x = min(max(box.x, box.width / 2), PAGE - box.width / 2) if box.width < PAGE else PAGE / 2
        high = box.height / 2
        y = min(max(box.y, high), self.tall - high) if box.height < self.tall else self.tall / 2
        return Box(x, y, box.width, box.height)


def open_board(*, ground: str, width: int, height: int) -> Board:
    """A board on a ground of SVG elements drawn in 1000 x (1000 * height / width)."""
    tall = PAGE * height / width
    art = rasterise(sheet(ground, width=PAGE, height=tall), width=width, height=height)
    pixels = (art[..., :3] * 255 + 0.5).astype(np.uint8)
    return Board(width, height, Image.fromarray(pixels, "RGB"))


def dice(*, prompt: str, take: int) -> np.random.Generator:
    """Chance that is the same for the same prompt and take."""
    return np.random.default_rng([zlib.crc32(prompt.encode()), take])


def scatter(
    board: Board,
    names: tuple[str, ...],
    *,
    rng: np.random.Generator,
    count: int,
    size: tuple[float, float],
    top: float = 0.0,
    bottom: float | None = None,
) -> None:
    """Paste up to `count` emoji where the page is free, between `top` and `bottom`."""
    floor = board.tall if bottom is None else bottom
    for number in range(count):
        big = float(rng.uniform(*size))
        for _ in range(24):
            x = float(rng.uniform(big * 0.62, PAGE - big * 0.62))
            y = float(rng.uniform(top + big * 0.62, max(floor - big * 0.62, top + big * 0.63)))
            if board.free(Box(x, y, big * 1.16, big * 1.16)):
                turn = float(rng.uniform(-18, 18))
                board.emoji(names[number % len(names)], x=x, y=y, size=big, turn=turn, rim=5)
                break


def _turned(art: Floats, turn: float) -> Floats:
    if abs(turn) < 0.3:
        return art
    # Turning straight colours would drag in the black of clear pixels: turn premultiplied ones.
    ready = np.dstack([art[..., :3] * art[..., 3:], art[..., 3]])
    pixels = Image.fromarray((np.clip(ready, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA")
    back = np.asarray(pixels.rotate(turn, Image.Resampling.BICUBIC, expand=True), dtype=np.float32)
    back = back / np.float32(255)
    colour = np.clip(back[..., :3] / np.maximum(back[..., 3:], 1e-3), 0, 1)
    return np.dstack([colour, back[..., 3]]).astype(np.float32)
