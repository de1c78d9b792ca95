"""Writes the originals that ship with the demo: `python -m arena.studios.originals FOLDER`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from arena.studios.examples import Example, read_examples
from arena.studios.plan import DeclinedError
from arena.studios.studio import draw_picture

STUDIOS_SHIPPED = ("studio-press", "studio-gouache")
TAKES = (0, 1)
# Small enough to ship, good enough that the intake's own encoding is what one sees.
QUALITY = 86


def write_originals(folder: Path) -> list[tuple[Path, int]]:
    """Write every shipped take as <challenge>/<studio>.<take>.webp; return paths and sizes in bytes."""
    written = []
    for example in read_examples():
        for studio in STUDIOS_SHIPPED:
            for take in TAKES:
                data = _draw(example, studio=studio, take=take)
                if data is not None:
                    path = folder / example.slug / f"{studio}.{take}.webp"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
                    written.append((path, len(data)))
    return written


def _draw(example: Example, *, studio: str, take: int) -> bytes | None:
    try:
        drawing = draw_picture(
            studio=studio,
            prompt=example.prompt,
            take=take,
            width=example.width,
            height=example.height,
            references=example.references,
        )
    except DeclinedError:
        return None
    out = io.BytesIO()
    with Image.open(io.BytesIO(drawing.png)) as opened:
        opened.save(out, "WEBP", quality=QUALITY, method=6)
    return out.getvalue()


def main() -> None:
    """Write the originals and print their sizes."""
    written = write_originals(Path(sys.argv[1]))
    for path, size in written:
        sys.stdout.write(f"{size:8d}  {path.parent.name}/{path.name}\n")
    sys.stdout.write(f"{sum(size for _, size in written):8d}  {len(written)} originals\n")


if __name__ == "__main__":
    main()
