"""200 pictures from a provider that takes 2 s, by the real worker and the real intake of `make up`.

`python -m tests.benchmarks.bench_worker`. The provider is another process's socket, its pictures are
originals of 1024 x 1024 pixels that ship with the demo. Prints how long the calls and all pictures took
beside what the best possible order of events would take on this machine.
"""

import argparse
import io
import math
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from PIL import Image

from arena.ops import state
from tests import fake_openai_images
from tests.fake_providers import FakeProviders
from tests.survival.conftest import NO_STUDIOS
from tests.survival.site import Site, wait_for

LATENCY = 2.0
GOAL = 1.25
TICKS = os.sysconf("SC_CLK_TCK")
ORDER = """
from datetime import date
from arena.catalog.models import Offering, PriceRule, Provider
from arena.generation.models import Batch, Slot
from tests.factories import create_challenge, create_model, create_offering
model = create_model()
offering = create_offering(model=model, resend_safe=False, price="0.0001")
Provider.objects.update(max_in_flight={concurrency})
challenge = create_challenge(canvas_width=1024, canvas_height=1024)
batch = Batch.objects.create(challenge=challenge)
prompt = challenge.prompts.get()
Slot.objects.bulk_create(
    Slot(batch=batch, prompt=prompt, model=model, take=take) for take in range({pictures})
)
print(model.pk)
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pictures", type=int, default=200)
    options.add_argument("--concurrency", type=int, default=64)
    asked = options.parse_args()
    originals = read_originals()
    told: dict[str, bytes] = {}

    def make_png(words: str, *, size: str = "") -> bytes:
        return told.setdefault(words, originals[len(told) % len(originals)])

    fake_openai_images.make_png = make_png
    with FakeProviders() as fake:
        fake.latency_seconds = LATENCY
        site = Site(**{**NO_STUDIOS, "STUDIOS_URL": fake.origin})
        try:
            site.wait_until_ready()
            site.close_shipped_challenges()
            wait_for(lambda: not running(site), seconds=120)
            measure(site, pictures=asked.pictures, concurrency=asked.concurrency)
            say(f"bill of the provider             {fake.bill:8d}     (pictures: {asked.pictures})")
        finally:
            site.end()


def measure(site: Site, *, pictures: int, concurrency: int) -> None:
    """Order the pictures, wait for them, print."""
    before = cpu_seconds(site)
    model = int(site.run_python(ORDER.format(pictures=pictures, concurrency=concurrency)))
    where = (
        "from generation_generation g join generation_slot s on s.id = g.slot_id "
        "where s.model_id = %s"
    )
    ready = f"select count(*) {where} and g.state = 'stored'"
    began = time.monotonic()
    memory = 0
    while site.value(ready, model) < pictures:
        assert time.monotonic() < began + 600, "the pictures did not come within ten minutes"
        memory = max(memory, resident(site, "worker"))
        time.sleep(0.5)
    calls, everything = site.rows(
        "select extract(epoch from max(g.started_at + make_interval(secs => g.total_ms / 1000.0)) "
        "- min(g.started_at)), extract(epoch from max(g.ended_at) - min(g.started_at)) " + where,
        model,
    )[0]
    in_flight = site.value(
        f"""with events as (
            select g.started_at as at, 1 as change {where}
            union all
            select g.started_at + make_interval(secs => g.total_ms / 1000.0), -1 {where}
        ) select max(busy) from (select sum(change) over (order by at, change) as busy from events) b""",
        model,
        model,
    )
    after = cpu_seconds(site)
    used = {part: after[part] - before[part] for part in after}
    ideal = math.ceil(pictures / concurrency) * LATENCY
    intake = used["intake"] / (os.cpu_count() or 1)
    best = max(ideal, intake)
    say(
        f"calls done                       {calls:8.1f} s   {judge(calls <= GOAL * ideal)} "
        f"(best {ideal:.1f} s, goal {GOAL} times that: {float(calls) / ideal:.2f})\n"
        f"all pictures ready               {everything:8.1f} s   {judge(everything <= GOAL * best)} "
        f"(best {best:.1f} s: intake CPU over cores; {float(everything) / best:.2f})\n"
        f"calls in flight at once          {in_flight:8d}     (asked for: {concurrency})\n"
        f"CPU a picture, ms: worker {1e3 * used['worker'] / pictures:.0f}, intake "
        f"{1e3 * used['intake'] / pictures:.0f}, PostgreSQL {1e3 * used['postgres'] / pictures:.0f}, "
        f"ratings and housekeeping {1e3 * used['ratings'] / pictures:.0f}\n"
        f"memory of the worker at its peak {memory / 2**20:8.0f} MB"
    )


def read_originals() -> list[bytes]:
    """The shipped originals of 1024 x 1024, as PNG, so that their intake costs what real pictures cost."""
    found = []
    for path in sorted((state.checkout() / "fixtures" / "originals").glob("*/*.webp")):
        with Image.open(path) as image:
            if image.size == (1024, 1024):
                file = io.BytesIO()
                image.convert("RGB").save(file, "PNG", compress_level=1)
                found.append(file.getvalue())
    return found


def running(site: Site) -> int:
    return int(
        site.value(
            "select count(*) from generation_generation where state in "
            "('planned', 'reserved', 'submitting', 'submitted', 'collecting')"
        )
    )


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    members = [pid]
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").glob("*"):
            for child in (task / "children").read_text().split():
                members += family(int(child))
    return members


def cpu_seconds(site: Site) -> dict[str, float]:
    """CPU seconds of each part and its children, those that have ended included."""
    spent = {}
    for part in ("worker", "intake", "postgres", "ratings"):
        ticks = 0
        for pid in family(site.pid(part)):
            # A child that ends meanwhile is counted with its parent the next time.
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(int(field) for field in fields[11:15])
        spent[part] = ticks / TICKS
    return spent


def resident(site: Site, part: str) -> int:
    """Bytes of a part in memory."""
    status = Path(f"/proc/{site.pid(part)}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def judge(holds: bool) -> str:
    return "holds" if holds else "MISSED"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
