"""CPU a picture and studio, and how long all pictures of the demo would take on two cores.

Run: python -m tests.benchmarks.bench_studios [--takes N]. Times are CPU seconds at each challenge's own
canvas, one thread; the ratio to the intake of the same picture is what can be compared between machines.
"""

import argparse
import os
import statistics
import sys
import time
from collections import defaultdict

os.environ.setdefault("OMP_NUM_THREADS", "1")

from arena.pictures.derivatives import make_derivatives
from arena.pictures.intake import read_picture
from arena.pictures.mark import SourceType
from arena.studios.examples import Example, read_examples, studios_for
from arena.studios.plan import DeclinedError
from arena.studios.studio import STUDIOS, draw_picture

LIMIT = 6.0


def measure(example: Example, *, studio: str, take: int) -> tuple[float, float] | None:
    """Return CPU seconds of drawing and of the intake; None where the studio declines."""
    began = time.process_time()
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
    drawn = time.process_time()
    image = read_picture(drawing.png)
    source = SourceType.DRAWN_BY_CODE
    make_derivatives(image, width=example.width, height=example.height, source=source)
    return drawn - began, time.process_time() - drawn


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--takes", type=int, default=1, help="Takes measured of each (default 1).")
    parser.add_argument("--all-takes", type=int, default=5, help="Takes that the demo makes.")
    options = parser.parse_args()
    seconds: dict[str, list[float]] = defaultdict(list)
    intakes: list[float] = []
    total = 0.0
    for example in read_examples():
        for studio in studios_for(example):
            found = [measure(example, studio=studio, take=take) for take in range(options.takes)]
            drawn = [times for times in found if times is not None]
            seconds[studio] += [draw for draw, _ in drawn]
            intakes += [intake for _, intake in drawn]
            if drawn:
                each = statistics.mean(draw + intake for draw, intake in drawn)
                total += options.all_takes * each
    intake = statistics.median(intakes)
    emit(f"{'studio':20}{'pictures':>9}{'median s':>10}{'largest s':>10}{'x intake':>10}")
    for studio in STUDIOS:
        times = seconds[studio]
        emit(
            f"{studio:20}{len(times):9}{statistics.median(times):10.2f}{max(times):10.2f}"
            f"{statistics.median(times) / intake:10.1f}"
        )
    slowest = max(max(times) for times in seconds.values())
    emit(f"intake of one picture: {intake:.2f} s; slowest drawing {slowest:.2f} s of {LIMIT:.0f} s")
    emit(
        f"all pictures of the demo ({options.all_takes} takes): {total:.0f} s CPU, "
        f"{total / 2:.0f} s on two cores that do nothing else"
    )
    sys.exit(0 if slowest <= LIMIT else 1)


def emit(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
