"""CPU of the intake by step: what one original costs until all its derivatives are made.

Run: python -m tests.benchmarks.bench_intake [--rounds N]. Originals are PNGs as a model would send them,
at 1024 px and 2048 px, made from pictures of this repository: lettering, drawings and a painted photo. Times
are CPU milliseconds, the smallest of N rounds; what can be compared between machines is the ratio to
decoding the same PNG. The limit holds for the median picture at 1024 px, on a machine that does nothing else.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps

from arena.pictures import derivatives, intake
from arena.pictures.mark import SourceType, write_mark

LIMIT_MS = 350.0
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SOURCES = (
    "originals/modern-clean-menu/studio-press.0.webp",
    "originals/vintage-cafe-logo/studio-press.0.webp",
    "originals/adorable-baby-animals-in-sunny-meadow/studio-gouache.0.webp",
    "originals/isometric-miniature-diorama-scenes/studio-press.0.webp",
    "references/mountain-lake.jpg",
)
CANVAS = 1024


def make_original(name: str, *, side: int, profile: bool) -> bytes:
    """Encode a square PNG, with the sRGB profile that many providers embed if `profile`."""
    image = ImageOps.fit(Image.open(FIXTURES / name).convert("RGB"), (side, side))
    more = {}
    if profile:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        more["icc_profile"] = srgb.tobytes()
    file = BytesIO()
    image.save(file, "PNG", **more)
    return file.getvalue()


def time_steps(original: bytes) -> dict[str, tuple[float, int]]:
    """Return CPU milliseconds and bytes of each step of one intake, in its order."""
    steps: dict[str, tuple[float, int]] = {}

    def step(name: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        found = work()
        taken = 1000 * (time.process_time() - began)
        size = len(found.data) if isinstance(found, derivatives.Derivative) else 0
        steps[name] = (taken, size)
        return found

    mark = write_mark(SourceType.TRAINED)
    step("decode alone", lambda: Image.open(BytesIO(original)).load())
    image = step("read", lambda: intake.read_picture(original))
    large = step("canvas", lambda: derivatives.fit_canvas(image, width=CANVAS, height=CANVAS))
    medium = step("to 768", lambda: derivatives._shrink(large, 768))
    small = step("to 384", lambda: derivatives._shrink(medium, 384))
    step("AVIF 1024", lambda: derivatives._encode_avif("avif_1024", large, mark=mark))
    step("AVIF 768", lambda: derivatives._encode_avif("avif_768", medium, mark=mark))
    step("JPEG", lambda: derivatives._encode_jpeg("jpeg_1024", large, mark=mark, quality=90))
    step("thumb", lambda: derivatives._encode_jpeg("thumb", small, mark=mark, quality=85))
    return steps


def measure(name: str, *, side: int, profile: bool, rounds: int) -> dict[str, tuple[float, int]]:
    """Return each step's smallest time of some rounds, and what a whole intake takes."""
    original = make_original(name, side=side, profile=profile)
    found = [time_steps(original) for _ in range(rounds)]
    steps = {step: min(run[step] for run in found) for step in found[0]}
    steps["all"] = (sum(took for took, _ in steps.values()) - steps["decode alone"][0], 0)
    return steps


def report(title: str, found: dict[str, dict[str, tuple[float, int]]]) -> float:
    """Print one table; return the median of what a whole intake takes, in milliseconds."""
    emit(f"\n{title}")
    columns = list(next(iter(found.values())))
    emit(f"{'':34}" + "".join(f"{column:>13}" for column in columns) + f"{'all/decode':>12}")
    for name, steps in found.items():
        cells = [
            f"{took:.0f}" + (f" {size // 1024}k" if size else "") for took, size in steps.values()
        ]
        ratio = steps["all"][0] / steps["decode alone"][0]
        emit(
            f"{name.partition('/')[2][:33]:34}"
            + "".join(f"{c:>13}" for c in cells)
            + f"{ratio:12.1f}"
        )
    middle = statistics.median(steps["all"][0] for steps in found.values())
    emit(f"median of all: {middle:.0f} ms CPU a picture")
    return middle


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3, help="Rounds a picture (default 3).")
    rounds = parser.parse_args().rounds
    middles = []
    for title, side, profile in (
        ("1024 px PNG", 1024, False),
        ("1024 px PNG with an sRGB profile", 1024, True),
        ("2048 px PNG", 2048, False),
    ):
        found = {n: measure(n, side=side, profile=profile, rounds=rounds) for n in SOURCES}
        middles.append(report(title, found))
    emit(f"\nlimit at 1024 px: {LIMIT_MS:.0f} ms on a quiet machine")
    sys.exit(0 if middles[0] <= LIMIT_MS else 1)


def emit(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
