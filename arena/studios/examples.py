"""The shipped challenges as the studios see them: title, prompt, canvas, reference pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from arena.studios.studio import STUDIOS, Studio

FIXTURES = Path(__file__).parents[2] / "fixtures"


@dataclass(frozen=True)
class Example:
    """One challenge; `references` are the bytes of the pictures it edits."""

    slug: str
    title: str
    discipline: str
    prompt: str
    width: int
    height: int
    references: tuple[bytes, ...] = ()

    def asks(self, studio: Studio) -> bool:
        """Whether the studio takes part in this discipline at all."""
        return self.discipline in studio.disciplines


def read_examples(folder: Path = FIXTURES) -> tuple[Example, ...]:
    """Read `challenges.json` and the reference pictures beside it, in the challenges' order."""
    entries = json.loads((folder / "challenges.json").read_text(encoding="utf-8"))["challenges"]
    return tuple(
        Example(
            slug=entry["slug"],
            title=entry["title"],
            discipline=entry["discipline"],
            prompt=entry["prompts"][0],
            width=entry["canvas_width"],
            height=entry["canvas_height"],
            references=tuple(
                (folder / "references" / reference["file"]).read_bytes()
                for reference in entry.get("references", ())
            ),
        )
        for entry in sorted(entries, key=lambda entry: entry["position"])
    )


def studios_for(example: Example) -> list[str]:
    """The model ids of the studios that are asked for an example."""
    return [name for name, studio in STUDIOS.items() if example.asks(studio)]
