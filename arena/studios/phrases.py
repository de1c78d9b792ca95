"""Finds things and their relations in sentences: the grammar part of the prompt reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from arena.studios.vocabulary import (
    COLOURS,
    DEFAULT_COLOUR,
    LIGHT_SOURCES,
    MATERIALS,
    NOUN_COLOUR,
    NUMBERS,
    PREPOSITIONS,
    SIZES,
    SURFACES,
    THINGS,
    Rgb,
)

MAX_THINGS = 8
_STOP = {"and", "with", "is", "are", "sits", "stands", "lies", "of", "on", "in", ",", "a", "an"}


@dataclass(frozen=True)
class Thing:
    """One object: shape, noun as written, colour, size factor and material."""

    shape: str
    noun: str
    colour: Rgb
    size: float
    material: str
    colour_said: bool


@dataclass(frozen=True)
class Relation:
    """`subject` stands `how` (on, inside, left, right, front, behind, beside) to `anchor`."""

    subject: int
    how: str
    anchor: int


@dataclass(frozen=True)
class _Mention:
    at: int
    index: int


def read_scene(text: str) -> tuple[tuple[Thing, ...], tuple[Relation, ...], dict[str, Any]]:
    """Things, relations between them, and what is known about the table they stand on."""
    things: list[Thing] = []
    relations: list[Relation] = []
    surface: dict[str, Any] = {}
    for sentence in re.split(r"[.;!?]\s*", text.lower()):
        tokens = re.findall(r"[\w'-]+|,", sentence)
        if _is_about_light(tokens):
            continue
        mentions = _mentions(tokens, things, surface)
        relations += _relations(tokens, mentions)
    return tuple(things), tuple(_first_per_subject(relations)), surface


def _is_about_light(tokens: list[str]) -> bool:
    return any(token in LIGHT_SOURCES for token in tokens) and not any(
        _singular(token) in THINGS for token in tokens
    )


def _mentions(tokens: list[str], things: list[Thing], surface: dict[str, Any]) -> list[_Mention]:
    found: list[_Mention] = []
    for at, token in enumerate(tokens):
        if token in SURFACES:
            if at == 0 or tokens[at - 1] != "from":
                surface.update(_surface(_words_before(tokens, at)))
            continue
        if token in {"it", "its"} and things:
            found.append(_Mention(at, 0))
            continue
        noun = _singular(token)
        if noun not in THINGS or _is_adjective(tokens, at):
            continue
        found += _mention_thing(tokens, at, noun, things)
    return found


def _mention_thing(tokens: list[str], at: int, noun: str, things: list[Thing]) -> list[_Mention]:
    before = _words_before(tokens, at)
    known = _known(noun, before, things)
    if known is not None and "the" in before:
        return [_Mention(at, known)]
    count = next((NUMBERS[word] for word in before if word in NUMBERS), 1)
    if count == 1 and tokens[at] != noun:
        count = 3 if noun not in NUMBERS else 1
    made = []
    for _ in range(min(count, MAX_THINGS - len(things))):
        things.append(_thing(noun, before))
        made.append(_Mention(at, len(things) - 1))
    return made


def _known(noun: str, before: list[str], things: list[Thing]) -> int | None:
    same = [i for i, thing in enumerate(things) if thing.shape == THINGS[noun]]
    colour = next((COLOURS[word] for word in before if word in COLOURS), None)
    exact = [i for i in same if colour is None or things[i].colour == colour]
    return exact[0] if exact else None


def _singular(token: str) -> str:
    if token in THINGS:
        return token
    for ending, put in (("shes", "sh"), ("xes", "x"), ("ies", "y"), ("oes", "o"), ("s", "")):
        if token.endswith(ending) and token[: -len(ending)] + put in THINGS:
            return token[: -len(ending)] + put
    return token


def _is_adjective(tokens: list[str], at: int) -> bool:
    """`orange ball`, `marble table`: a colour or material word that precedes a noun."""
    if tokens[at] not in COLOURS and tokens[at] not in MATERIALS:
        return False
    following = tokens[at + 1 : at + 3]
    return any(_singular(word) in THINGS or word in SURFACES for word in following[:1]) or (
        len(following) > 1
        and (following[0] in COLOURS or following[0] in MATERIALS or following[0] in SIZES)
    )


def _words_before(tokens: list[str], at: int) -> list[str]:
    words: list[str] = []
    for term in reversed(tokens[max(0, at - 6) : at]):
        if term in _STOP:
            break
        words.append(term)
        if term == "the":
            break
        if _singular(term) in THINGS and term not in COLOURS and term not in MATERIALS:
            break
    return words


def _thing(noun: str, before: list[str]) -> Thing:
    shape = THINGS[noun]
    material = next((MATERIALS[word] for word in before if word in MATERIALS), "")
    said = [COLOURS[word] for word in before if word in COLOURS]
    colour = said[0] if said else NOUN_COLOUR.get(noun, _usual_colour(shape, material, before))
    size = 1.0
    for word in before:
        size *= SIZES.get(word, 1.0)
    return Thing(shape, noun, colour, size, material, bool(said))


def _usual_colour(shape: str, material: str, before: list[str]) -> Rgb:
    by_material: dict[str, Rgb] = {
        "glass": (214, 236, 232),
        "wood": (150, 98, 56),
        "metal": (196, 198, 204),
        "marble": (236, 234, 230),
        "stone": (150, 148, 142),
    }
    if "brass" in before or "bronze" in before:
        return (196, 156, 84)
    return by_material.get(material, DEFAULT_COLOUR[shape])


def _surface(before: list[str]) -> dict[str, Any]:
    material = next((MATERIALS[word] for word in before if word in MATERIALS), None)
    colour = next((COLOURS[word] for word in before if word in COLOURS), None)
    known: dict[str, Any] = {}
    if material in {"wood", "marble", "stone", "metal", "glass"}:
        known["material"] = material
    elif colour is not None:
        known["material"] = "matte"
    if colour is not None:
        known["colour"] = colour
    return known


def _relations(tokens: list[str], mentions: list[_Mention]) -> list[Relation]:
    found: list[Relation] = []
    for start, end, how in _prepositions(tokens):
        inside_phrase = tokens[start:end]
        after = [m for m in mentions if m.at >= (start if "its" in inside_phrase else end)]
        before = [m for m in mentions if m.at < start]
        if any(token in SURFACES for token in tokens[end : end + 4]) and not _soon(after, end):
            continue
        if not after:
            continue
        anchor = after[0]
        if before:
            subjects = [m for m in before if m.at == before[-1].at]
        else:
            rest = [m for m in after if m.index != anchor.index]
            subjects = [m for m in rest if m.at == rest[0].at] if rest else []
        found += [Relation(m.index, how, anchor.index) for m in subjects if m.index != anchor.index]
    return found


def _soon(after: list[_Mention], end: int) -> bool:
    return bool(after) and after[0].at <= end + 2


def _prepositions(tokens: list[str]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(tokens):
        for phrase, how in PREPOSITIONS:
            parts = phrase.split()
            if tokens[at : at + len(parts)] == parts:
                found.append((at, at + len(parts), how))
                at += len(parts) - 1
                break
        at += 1
    return found


def _first_per_subject(relations: list[Relation]) -> list[Relation]:
    seen: set[int] = set()
    kept: list[Relation] = []
    for relation in relations:
        cycle = any(r.subject == relation.anchor and r.anchor == relation.subject for r in kept)
        if relation.subject not in seen and not cycle:
            seen.add(relation.subject)
            kept.append(relation)
    return kept
