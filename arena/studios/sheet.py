"""A contact sheet, challenges down and studios across: `python -m arena.studios.sheet OUT [SIDE] [TAKE]`."""

from __future__ import annotations

import io
import sys
import textwrap
import time
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from arena.studios.examples import Example, read_examples
from arena.studios.fonts import FOLDER
from arena.studios.plan import DeclinedError
from arena.studios.studio import STUDIOS, draw_picture

GAP = 8
PAPER, INK, FAINT, EMPTY = "#ffffff", "#1d1d22", "#6b6b75", "#f1f1f3"


def make_sheet(*, side: int, take: int) -> tuple[Image.Image, list[str]]:
    """Draw all challenges by all studios; return the picture and a line of CPU seconds for each cell.

    `side` is the longest side of a cell in pixels. A challenge that no studio takes gets a low row
    with the reasons.
    """
    rows, report = [], []
    for example in read_examples():
        row, lines = _row(example, side=side, take=take)
        rows.append(row)
        report += lines
    head = _head(side)
    width = head.width
    page = Image.new("RGB", (width, head.height + sum(row.height + GAP for row in rows)), PAPER)
    page.paste(head, (0, 0))
    at = head.height
    for row in rows:
        page.paste(row, (0, at))
        at += row.height + GAP
    return page, report


def _row(example: Example, *, side: int, take: int) -> tuple[Image.Image, list[str]]:
    cells, report = [], []
    for model in STUDIOS:
        began = time.process_time()
        cells.append(_cell(example, model, side=side, take=take))
        seconds = time.process_time() - began
        report.append(f"{example.slug:38} {model:18} {seconds:6.2f} s CPU")
    drawn = [cell for cell in cells if isinstance(cell, Image.Image)]
    high = max((cell.height for cell in drawn), default=side // 3)
    row = Image.new("RGB", ((side + GAP) * len(cells) + GAP, high + 26), PAPER)
    pen = ImageDraw.Draw(row)
    pen.text((GAP, 2), example.title, INK, _font("JosefinSans_600SemiBold", 17))
    for column, cell in enumerate(cells):
        at = (GAP + column * (side + GAP), 26)
        if isinstance(cell, Image.Image):
            row.paste(cell, at)
        else:
            _write(pen, cell, at=at, side=side, high=high)
    return row, report


def _cell(example: Example, model: str, *, side: int, take: int) -> Image.Image | str:
    """The picture, or the sentence with which the studio declines."""
    if not example.asks(STUDIOS[model]):
        return f"{STUDIOS[model].name} does not take part in this discipline."
    scale = side / max(example.width, example.height)
    try:
        drawing = draw_picture(
            studio=model,
            prompt=example.prompt,
            take=take,
            width=round(example.width * scale),
            height=round(example.height * scale),
            references=example.references,
        )
    except DeclinedError as reason:
        return str(reason)
    with Image.open(io.BytesIO(drawing.png)) as opened:
        return opened.convert("RGB")


def _write(
    pen: ImageDraw.ImageDraw, text: str, *, at: tuple[int, int], side: int, high: int
) -> None:
    x, y = at
    size = max(9, side // 20)
    pen.rectangle((x, y, x + side - 1, y + high - 1), EMPTY)
    lines = textwrap.wrap(text, width=int(side / size * 1.9))[: high // (size + 4)]
    pen.multiline_text(
        (x + 8, y + 8), "\n".join(lines), FAINT, _font("JosefinSans_400Regular", size)
    )


def _head(side: int) -> Image.Image:
    head = Image.new("RGB", ((side + GAP) * len(STUDIOS) + GAP, 44), PAPER)
    pen = ImageDraw.Draw(head)
    for column, studio in enumerate(STUDIOS.values()):
        font = _font("Oswald_500Medium", max(13, side // 14))
        pen.text((GAP + column * (side + GAP), 8), studio.name, INK, font)
    return head


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / f"{name}.ttf"), size)


def main() -> None:
    """Write the sheet and print the CPU seconds."""
    side = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    take = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    page, report = make_sheet(side=side, take=take)
    page.save(Path(sys.argv[1]), quality=88)
    sys.stdout.write("\n".join(report) + "\n")


if __name__ == "__main__":
    main()
