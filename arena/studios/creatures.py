"""Finds animals in a prompt: species, coat, young or grown, one or many, and where they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Nouns by species; those of the second group are young ones.
GROWN: dict[str, str] = {
    "dog": "dog",
    "retriever": "dog",
    "hound": "dog",
    "terrier": "dog",
    "cat": "cat",
    "rabbit": "rabbit",
    "hare": "rabbit",
    "fox": "fox",
    "bear": "bear",
    "panda": "panda",
    "bird": "bird",
    "owl": "owl",
    "duck": "duck",
    "chicken": "chicken",
    "hedgehog": "hedgehog",
    "squirrel": "squirrel",
    "mouse": "mouse",
    "deer": "deer",
    "horse": "horse",
    "cow": "cow",
    "sheep": "sheep",
    "pig": "pig",
    "lion": "lion",
    "tiger": "tiger",
    "wolf": "wolf",
    "elephant": "elephant",
    "monkey": "monkey",
    "penguin": "penguin",
    "frog": "frog",
    "turtle": "turtle",
    "fish": "fish",
    "dragon": "dragon",
    "butterfly": "butterfly",
    "bee": "bee",
}
YOUNG: dict[str, str] = {
    "puppy": "dog",
    "kitten": "cat",
    "bunny": "rabbit",
    "cub": "bear",
    "chick": "chicken",
    "duckling": "duck",
    "fawn": "deer",
    "foal": "horse",
    "calf": "cow",
    "lamb": "sheep",
    "piglet": "pig",
}
COATS = (
    "golden", "red", "tabby", "ginger", "black", "white", "brown", "grey", "gray", "spotted",
    "calico", "silver", "orange", "blue", "yellow", "green", "polar", "arctic",
)  # fmt: skip
SETTINGS = {
    "meadow": "meadow", "garden": "meadow", "grass": "meadow",
    "forest": "forest", "wood": "forest", "woods": "forest", "snow": "snow", "beach": "beach",
}  # fmt: skip
HOURS = {
    "sunrise": "sunrise", "dawn": "sunrise", "morning": "sunrise",
    "sunset": "sunset", "dusk": "sunset", "evening": "sunset",
    "night": "night", "moonlit": "night", "midnight": "night",
}  # fmt: skip
_PLURALS = {"puppies": "puppy", "bunnies": "bunny", "butterflies": "butterfly", "foxes": "fox",
            "wolves": "wolf", "mice": "mouse", "calves": "calf"}  # fmt: skip


@dataclass(frozen=True)
class Creature:
    """One animal, or `many` of a kind: species, coat word or an empty string, and whether it is young."""

    species: str
    coat: str = ""
    young: bool = False
    many: bool = False


def find_creatures(text: str) -> tuple[Creature, ...]:
    """List the animals of a prompt in order; "animals" alone stands for a dog, a cat and a rabbit."""
    tokens = re.findall(r"[\w'-]+", text.lower().replace("—", " ").replace("-", " "))
    all_young = "baby animals" in " ".join(tokens) or "young animals" in " ".join(tokens)
    found: list[Creature] = []
    for at, token in enumerate(tokens):
        noun = _PLURALS.get(token) or (token if _species(token) else token.removesuffix("s"))
        species = _species(noun)
        if not species or (at + 1 < len(tokens) and _goes_on(species, tokens[at + 1])):
            continue
        before = _own_words(tokens[max(0, at - 3) : at])
        following = tokens[at + 1 : at + 2]
        flying = species in {"butterfly", "bee"}
        young = noun in YOUNG or bool({"baby", "young", "little"} & set(before))
        young = young or bool({"kit", "cub", "pup"} & set(following))
        coat = next((word for word in reversed(before) if word in COATS), "")
        found.append(
            Creature(species, coat, (young or all_young) and not flying, many=noun != token)
        )
    if not found and {"animal", "animals"} & set(tokens):
        return tuple(Creature(species, young=all_young) for species in ("dog", "cat", "rabbit"))
    return tuple(dict.fromkeys(found))


def find_word(text: str, words: dict[str, str]) -> str:
    """Return what the first known word of a text stands for; an empty string without one."""
    tokens = re.findall(r"\w+", text.lower())
    return next((words[token] for token in tokens if token in words), "")


def _species(noun: str) -> str:
    return GROWN.get(noun) or YOUNG.get(noun) or ""


def _own_words(before: list[str]) -> list[str]:
    """The words before a noun that do not belong to the animal before it."""
    nouns = [at for at, word in enumerate(before) if _species(word)]
    # "golden retriever puppy": a noun right before is a breed and keeps its words.
    nouns = [at for at in nouns if at < len(before) - 1]
    return before[nouns[-1] + 1 :] if nouns else before


def _goes_on(species: str, following: str) -> bool:
    """`retriever puppy` is one dog: the second noun is the one that counts."""
    return _species(following) == species
