"""A contact sheet of both studios: `python -m arena.studios.sheet OUT.png [SIDE] [REFERENCES]`."""

from __future__ import annotations

import io
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from arena.studios.fonts import FOLDER
from arena.studios.plan import DeclinedError
from arena.studios.studio import STUDIOS, draw_picture

TAKES = (0, 1, 2)
GAP = 10


@dataclass(frozen=True)
class Example:
    """A prompt of the sheet and the reference picture it edits, if any."""

    title: str
    prompt: str
    reference: str = ""


EXAMPLES = (
    Example(
        "Vintage Cafe Logo",
        "Vintage minimalist restaurant logo for “Caffè Florian”, retro cloche dome with steam and "
        "“Est. 1720” banner, classic typography, warm brown and cream tones, subtle texture on "
        "light background, vector emblem style.",
    ),
    Example(
        "Geometric Composition",
        "A glass cube on a wooden table. Inside the cube is a small blue sphere. On top of the "
        "cube sits a red book. A green plant is behind the cube, partially visible through the "
        "glass. Soft window light from the left.",
    ),
    Example(
        "Isometric Miniature Diorama Scenes",
        "Create a clear, 45° top-down isometric miniature 3D cartoon scene of Japan's signature "
        "dish: sushi, with soft refined textures, realistic PBR materials, gentle lighting, on a "
        "small raised diorama base with minimal garnish and plate. Solid light blue background. "
        "At top-center: 'JAPAN' in large bold text, 'SUSHI' below it, small flag icon. Perfectly "
        "centered, ultra-clean, high-clarity, square format.",
    ),
    Example(
        "Modern Clean Menu",
        "Modern minimalist restaurant menu design, white background with colorful food photos in "
        "grid, sections for appetizers/pizza/mains, bold sans-serif fonts, vibrant accents, clean "
        "professional layout for casual dining.",
    ),
    Example(
        "Night Sky Transformation",
        "Change the scene to night: a deep, dark sky with subtle, glistening stars visible behind "
        "the mountain.",
        "mountain-lake.jpg",
    ),
    Example(
        "Studio Ghibli Anime Style",
        "Transform this photo into a Studio Ghibli–inspired illustration. Use soft pastel colors, "
        "hand-painted textures, gentle lighting, dreamy backgrounds, and a warm, nostalgic mood",
        "temple.jpg",
    ),
)


def make_sheet(*, side: int, references: Path) -> tuple[Image.Image, list[str]]:
    """All examples, studios and takes in one picture, and a line of CPU seconds for each."""
    columns = len(STUDIOS) * len(TAKES)
    page = Image.new(
        "RGB", (columns * (side + GAP) + GAP, len(EXAMPLES) * (side + GAP) + GAP), "white"
    )
    report = []
    for row, example in enumerate(EXAMPLES):
        reference = (references / example.reference).read_bytes() if example.reference else None
        for column in range(columns):
            studio, take = list(STUDIOS)[column // len(TAKES)], TAKES[column % len(TAKES)]
            began = time.process_time()
            cell = _cell(example, studio, take, side, reference)
            report.append(
                f"{example.title} / {studio} / take {take}: {time.process_time() - began:.2f} s CPU"
            )
            page.paste(cell, (GAP + column * (side + GAP), GAP + row * (side + GAP)))
    return page, report


def _cell(
    example: Example, studio: str, take: int, side: int, reference: bytes | None
) -> Image.Image:
    try:
        drawing = draw_picture(
            studio=studio,
            prompt=example.prompt,
            take=take,
            width=side,
            height=side,
            reference=reference,
        )
    except DeclinedError as reason:
        cell = Image.new("RGB", (side, side), "#eeeeee")
        font = ImageFont.truetype(str(FOLDER / "JosefinSans_400Regular.ttf"), max(10, side // 22))
        words = str(reason).split()
        lines = [" ".join(words[k : k + 6]) for k in range(0, len(words), 6)]
        ImageDraw.Draw(cell).multiline_text((12, side // 3), "\n".join(lines), "#444444", font)
        return cell
    with Image.open(io.BytesIO(drawing.png)) as opened:
        return opened.convert("RGB")


def main() -> None:
    """Write the sheet and print the CPU seconds."""
    side = int(sys.argv[2]) if len(sys.argv) > 2 else 320
    references = Path(sys.argv[3]) if len(sys.argv) > 3 else Path("fixtures/references")
    page, report = make_sheet(side=side, references=references)
    page.save(sys.argv[1])
    sys.stdout.write("\n".join(report) + "\n")


if __name__ == "__main__":
    main()
