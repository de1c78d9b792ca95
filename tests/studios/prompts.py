"""The prompts of the demo's challenges, and some the studios have never seen."""

from __future__ import annotations

from arena.studios.examples import read_examples

BY_TITLE = {example.title: example.prompt for example in read_examples()}
LOGO = BY_TITLE["Vintage Cafe Logo"]
GEOMETRY = BY_TITLE["Geometric Composition"]
DIORAMA = BY_TITLE["Isometric Miniature Diorama Scenes"]
MENU = BY_TITLE["Modern Clean Menu"]
NIGHT = BY_TITLE["Night Sky Transformation"]
GHIBLI = BY_TITLE["Studio Ghibli Anime Style"]
UNSEEN = (
    "A large red sphere on a wooden table. A small green cube is left of it. "
    "A blue book is right of it. Light from the right."
)
