"""Reads a prompt by rules into a plan that every studio draws from, or declines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from arena.studios.creatures import HOURS, SETTINGS, Creature, find_creatures, find_word
from arena.studios.phrases import Relation, Thing, read_scene
from arena.studios.vocabulary import (
    COLOURS,
    DISHES,
    DRIVING,
    FACES,
    FLAGS,
    HAIR,
    MOTIFS,
    PEOPLE,
    VEHICLES,
    Rgb,
)

MAX_PROMPT = 4000


class BadPromptError(ValueError):
    """The prompt is empty or too long to be read at all."""


class DeclinedError(ValueError):
    """The studio understood enough to know that it cannot do this honestly.

    The message is a sentence for people.
    """


@dataclass(frozen=True)
class Plan:
    """What a prompt asks for, in facts: no picture decisions yet.

    `kind` of a new picture: emblem, menu, poster, diorama, scene, animals, people, portrait, or
    nothing (no thing known). Of an edit: night, painterly, print, drive, caricature, hair, change.
    """

    kind: str
    prompt: str
    lettering: tuple[str, ...] = ()
    palette: tuple[Rgb, ...] = ()
    things: tuple[Thing, ...] = ()
    relations: tuple[Relation, ...] = ()
    light: str = "left"
    background: Rgb | None = None
    surface: str = "wood"
    surface_colour: Rgb | None = None
    motif: str = "star"
    steam: bool = False
    dark_ground: bool = False
    dish: str = ""
    flag: str = ""
    sections: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    creatures: tuple[Creature, ...] = ()
    setting: str = ""
    hour: str = ""


def read_prompt(*, prompt: str, has_reference: bool) -> Plan:
    """Turn a prompt into a plan.

    `has_reference` says that a picture came with it, which makes it an edit. Raises
    BadPromptError for an empty or overlong prompt, DeclinedError where no studio could go on.
    """
    text = normalise(prompt)
    if not text:
        raise BadPromptError("The prompt is empty.")
    if len(text) > MAX_PROMPT:
        raise BadPromptError(f"The prompt is longer than {MAX_PROMPT} characters.")
    words = set(re.findall(r"[\w'-]+", text.lower()))
    if has_reference:
        return _read_edit(text, words)
    kind = _kind(text.lower(), words)
    if kind in {"animals", "people", "portrait", "caricature"}:
        return _read_living(text, kind)
    readers = {
        "emblem": _read_emblem,
        "menu": _read_menu,
        "poster": _read_poster,
        "diorama": _read_diorama,
        "scene": _read_scene,
    }
    return readers[kind](text, words)


def normalise(prompt: str) -> str:
    """Straighten quotation marks and white space; accents stay."""
    table = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'"})
    return re.sub(r"\s+", " ", prompt.translate(table)).strip()


def quoted(text: str) -> tuple[str, ...]:
    """Strings in quotation marks, in order; apostrophes inside words do not count."""
    found = re.findall(r"\"([^\"]{1,60})\"|(?<!\w)'([^']{1,60})'(?!\w)", text)
    return tuple(
        (double or single).strip() for double, single in found if (double or single).strip()
    )


def colours_in(text: str) -> tuple[Rgb, ...]:
    """Colour words of a text in order, each once, with light/dark/pale applied."""
    seen: dict[str, Rgb] = {}
    pattern = r"(?:(light|pale|dark|deep|soft|muted)\s+)?\b(" + "|".join(COLOURS) + r")\b"
    for shade, name in re.findall(pattern, text.lower()):
        seen.setdefault(name, shaded(COLOURS[name], shade))
    return tuple(seen.values())


def shaded(colour: Rgb, shade: str) -> Rgb:
    """Apply a shade word such as `light` or `dark` to a colour."""
    if shade in {"light", "pale", "soft"} and colour == COLOURS["blue"]:
        # People say light blue for a sky tone, which is greener than a thinned ink blue.
        return (186, 218, 242)
    target, amount = {
        "light": (255, 0.55),
        "pale": (255, 0.6),
        "soft": (240, 0.35),
        "muted": (150, 0.3),
        "dark": (0, 0.45),
        "deep": (0, 0.3),
    }.get(shade, (0, 0.0))
    red, green, blue = (round(part + (target - part) * amount) for part in colour)
    return (red, green, blue)


def _kind(lower: str, words: set[str]) -> str:
    """What is laid out (a logo, a page) goes before what lives in it."""
    if words & {"logo", "emblem", "badge", "crest", "wordmark", "signboard", "medallion"}:
        return "emblem"
    if "menu" in words:
        return "menu"
    if words & {"poster", "infographic"}:
        return "poster"
    if "caricature" in words:
        return "caricature"
    people = bool(words & set(PEOPLE))
    if people and words & set(FACES):
        return "portrait"
    if people:
        return "people"
    if find_creatures(lower):
        return "animals"
    if words & {"diorama", "isometric"}:
        return "diorama"
    return "scene"


def _read_living(text: str, kind: str) -> Plan:
    things, relations, _ = read_scene(_without_quotes(text))
    return Plan(
        kind=kind,
        prompt=text,
        things=things,
        relations=relations,
        lettering=quoted(text),
        creatures=find_creatures(text),
        setting=find_word(text, SETTINGS),
        hour=find_word(text, HOURS),
    )


def _read_edit(text: str, words: set[str]) -> Plan:
    if "caricature" in words:
        return Plan(kind="caricature", prompt=text)
    if words & set(HAIR):
        return Plan(kind="hair", prompt=text)
    if words & set(DRIVING) and words & set(VEHICLES):
        return Plan(kind="drive", prompt=text, hour=find_word(text, HOURS))
    if (words & set(PEOPLE)) - {"me"} or find_creatures(text):
        return Plan(kind="change", prompt=text)
    if words & {"night", "nighttime", "starry", "midnight", "stars"}:
        return Plan(kind="night", prompt=text)
    soft = {"ghibli", "anime", "painting", "painterly", "watercolor", "watercolour", "illustration"}
    if words & (soft | {"hand-painted", "pastel", "gouache", "impressionist"}):
        return Plan(kind="painterly", prompt=text)
    if words & {"poster", "print", "screen-print", "lithograph", "linocut", "woodcut"}:
        return Plan(kind="print", prompt=text, palette=colours_in(text))
    return Plan(kind="change", prompt=text)


def _read_emblem(text: str, words: set[str]) -> Plan:
    lettering = quoted(text) or _name_after_for(text)
    if not lettering:
        raise DeclinedError("A logo needs a name: put the words to be lettered in quotation marks.")
    named = [MOTIFS[word] for word in re.findall(r"\w+", text.lower()) if word in MOTIFS]
    # A drawn thing the prompt names beats the trade it belongs to.
    motif = "cloche" if "cloche" in named else (named[0] if named else "star")
    unquoted = re.sub(r"\"[^\"]*\"", " ", text)
    return Plan(
        kind="emblem",
        prompt=text,
        lettering=lettering,
        palette=colours_in(unquoted),
        motif=motif,
        steam=bool(words & {"steam", "steaming", "hot"}),
        dark_ground="dark background" in text.lower() or "black background" in text.lower(),
    )


def _name_after_for(text: str) -> tuple[str, ...]:
    found = re.search(r"\b(?:for|named|called)\s+((?:[A-ZÀ-Þ][\w&.'-]*\s?){1,4})", text)
    return (found.group(1).strip(" .,"),) if found else ()


def _read_menu(text: str, words: set[str]) -> Plan:
    found = re.search(r"sections?\s+(?:for|of|:)\s*([\w ,/&-]+)", text, re.IGNORECASE)
    listed = found.group(1) if found else ""
    # "appetizers/pizza/mains, bold fonts": after a slash list the comma starts another clause.
    listed = listed.split(",")[0] if "/" in listed.split(",")[0] else listed
    parts = re.split(r"/|,|&|\band\b", listed)
    sections = tuple(part.strip().title() for part in parts if part.strip())[:4]
    return Plan(
        kind="menu",
        prompt=text,
        lettering=quoted(text),
        palette=colours_in(re.sub(r"\bwhite background\b", "", text)),
        sections=sections or ("Starters", "Mains", "Desserts"),
        dark_ground="dark background" in text.lower(),
    )


def _read_poster(text: str, words: set[str]) -> Plan:
    steps = tuple(
        part.strip(" .,")
        for part in re.findall(
            r"\b\d{1,2}\.\s+([A-Z][^(:.;]*?)\s*(?:\(|:|;|\.|(?=\s\d{1,2}\.)|$)", text
        )
    )
    about = re.search(r"\babout\s+(?:the\s+)?([A-Z0-9][\w' -]*?)(?:\s+mission)?[.,]", text)
    title = (about.group(1),) if about else quoted(text)[:1]
    names = re.search(r"names?:\s*([A-Z]\w+(?:,\s*[A-Z]\w+)+)", text)
    if not title:
        raise DeclinedError(
            "A poster needs a title: say what it is about, or put it in quotation marks."
        )
    people = tuple(name.strip() for name in names.group(1).split(",")) if names else ()
    return Plan(
        kind="poster",
        prompt=text,
        lettering=title + quoted(text) + people,
        palette=colours_in(text),
        steps=steps[:8],
    )


def _read_diorama(text: str, words: set[str]) -> Plan:
    dish = next((DISHES[word] for word in re.findall(r"\w+", text.lower()) if word in DISHES), "")
    things, relations, _ = ((), (), {}) if dish else read_scene(_without_quotes(text))
    return Plan(
        kind="diorama" if dish or things else "nothing",
        prompt=text,
        lettering=quoted(text),
        things=things,
        relations=relations,
        background=_background(text),
        dish=dish,
        flag=next((name for name in FLAGS if name in text.lower()), "") if "flag" in words else "",
    )


def _read_scene(text: str, words: set[str]) -> Plan:
    things, relations, surface = read_scene(_without_quotes(text))
    found = re.search(
        r"\b(?:light\w*|lit|sunlight|sun)\b[^.]{0,30}?\bfrom (?:the |its )?"
        r"(left|right|above|top|front|behind|back)",
        text.lower(),
    )
    direction = {"top": "above", "back": "behind"}
    light = found.group(1) if found else "left"
    return Plan(
        kind="scene" if things else "nothing",
        prompt=text,
        lettering=quoted(text),
        things=things,
        relations=relations,
        light=direction.get(light, light),
        background=_background(text),
        surface=surface.get("material", "wood"),
        surface_colour=surface.get("colour"),
        setting=find_word(text, SETTINGS),
        hour=find_word(text, HOURS),
    )


def _without_quotes(text: str) -> str:
    return re.sub(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)", " ", text)


def _background(text: str) -> Rgb | None:
    found = re.search(r"((?:[\w-]+\s+){1,3})(?:background|backdrop|wall)\b", text.lower())
    colours = colours_in(found.group(1)) if found else ()
    return colours[-1] if colours else None
