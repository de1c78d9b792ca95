"""How a request's size, quality, seed and format are told to a provider, for every dialect.

What was done is kept in four words: `passthrough` (as asked), `renamed` (another field or
spelling, the same value), `converted` (the nearest the provider can do), `emulated` (said in the
prompt, for want of a field). What is in none of them was not told.

Flags in `endpoint.options`; a dialect has its own defaults for the first eleven:
  size_mode        wxh       `size_field`: "1024x768"
                   multiple  the same, within the rules that `round_size` names
                   closest   the same, nearest of `sizes`
                   names     `size_field`: nearest key of `size_names` ({"square_hd": "1024x1024"})
                   object    `size_field`: {"width": 1024, "height": 768}
                   sides     fields `width` and `height`
                   aspect    `aspect_field`: nearest of `aspects`, or the lowest terms without a
                             list; with `tiers` ({"1K": 1024}) also `tier_field`
                   prompt    the shape is said in the prompt
                   none      the provider decides
  seed             true: field "seed"; another name: that field; "prompt": `seed_words` is added to
                   the prompt, with {seed} in it; false: not told
  quality          true: field "quality"; another name: that field; false: not told
  quality_values   wish -> the provider's word; other wishes are not told
  quality_default  the wish where the request has none
  format           true: field "output_format"; another name: that field; false: not told
  format_values    wish -> the provider's word; other wishes are not told
  format_default   the wish where the request's options have no `output_format`
  reference_field  the field of reference pictures; `reference_list`: whether it takes a list
                   (default: where its name is a plural, or "image_input")
  extra_body       further fields; they win over everything else
  drop             names of fields that are left out in the end
  features         field -> what a surcharge is called: {"enable_web_search": "web-search"}
  disciplines, max_references   what this host can do, where it is less than the dialect can
  key_hosts        further hosts that may be sent the key
  editing          flags that replace the others when a picture is edited
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from arena.providers.payloads import as_data_uri
from arena.providers.types import (
    Capabilities,
    Discipline,
    Endpoint,
    Mode,
    Outcome,
    PictureRequest,
    ProviderError,
)

Flags = Mapping[str, Any]
DISCIPLINES: Final[tuple[Discipline, ...]] = ("text-to-image", "image-editing")


@dataclass(frozen=True)
class Told:
    """One parameter as it was told: which field, which value, in which mode."""

    field: str
    value: Any
    mode: Mode


@dataclass
class Mapped:
    """A request in a provider's words: the prompt, and parameter -> how it was told."""

    prompt: str
    told: dict[str, tuple[Told, ...]] = field(default_factory=dict)
    emulated: tuple[str, ...] = ()

    def fields(self) -> dict[str, Any]:
        """The fields to send."""
        return {one.field: one.value for several in self.told.values() for one in several}

    def modes(self, sent: Mapping[str, Any]) -> dict[str, Mode]:
        """The modes of what is still in `sent` as it was mapped; overruled fields tell nothing."""
        kept: dict[str, Mode] = {
            name: several[0].mode
            for name, several in self.told.items()
            if all(one.field in sent and sent[one.field] == one.value for one in several)
        }
        return kept | dict.fromkeys(self.emulated, "emulated")


def read_flags(endpoint: Endpoint, *, discipline: str, defaults: Flags) -> dict[str, Any]:
    """Give the flags for a discipline: the dialect's defaults, the endpoint's, those of editing."""
    flags = {**defaults, **endpoint.options}
    if discipline == "image-editing":
        flags |= endpoint.options.get("editing", {})
    return flags


def read_capabilities(
    endpoint: Endpoint, *, defaults: Flags, max_references: int, queued: bool
) -> Capabilities:
    """Tell what may be asked; from the flags alone, nothing is called."""
    flags = read_flags(endpoint, discipline="text-to-image", defaults=defaults)
    editing = read_flags(endpoint, discipline="image-editing", defaults=defaults)
    return Capabilities(
        disciplines=tuple(flags.get("disciplines", DISCIPLINES)),
        max_references=editing.get("max_references", max_references),
        seeds=bool(flags.get("seed")),
        sizes=_read_sizes(flags) if flags.get("size_mode") == "closest" else (),
        queued=queued,
    )


def check_request(request: PictureRequest, able: Capabilities) -> None:
    """Refuse what cannot go well before anything is sent; raises ProviderError (bad_request)."""
    wrong = ""
    if request.discipline not in able.disciplines:
        wrong = f"This provider is not set up for {request.discipline}."
    elif request.discipline == "image-editing" and not request.references:
        wrong = "An edit needs at least one reference picture."
    elif len(request.references) > able.max_references:
        wrong = f"This provider takes at most {able.max_references} reference pictures."
    if wrong:
        raise ProviderError(Outcome.BAD_REQUEST, wrong, billed=False, retryable=False)


def map_parameters(request: PictureRequest, flags: Flags) -> Mapped:
    """Put size, quality, seed and format into the provider's words; raises ProviderError."""
    mapped = Mapped(prompt=request.prompt)
    mode = flags.get("size_mode", "wxh")
    if mode not in SIZE_MODES:
        raise misconfigured(f'there is no size_mode "{mode}"')
    SIZE_MODES[mode](request, flags, mapped)
    _map_seed(request, flags, mapped)
    for name, wish in (
        ("quality", request.quality or flags.get("quality_default")),
        ("format", request.options.get("output_format") or flags.get("format_default")),
    ):
        told = _choose_word(name, wish, flags)
        if told:
            mapped.told[name] = (told,)
    return mapped


def finish_body(
    fields: Mapping[str, Any], *, mapped: Mapped, request: PictureRequest, flags: Flags
) -> dict[str, Any]:
    """Join all fields of a body: mapped ones, the request's options, `extra_body`; then `drop`."""
    further = {name: value for name, value in request.options.items() if name != "output_format"}
    body = {**fields, **mapped.fields(), **further, **flags.get("extra_body", {})}
    dropped = set(flags.get("drop", ()))
    return {name: value for name, value in body.items() if name not in dropped}


def reference_fields(request: PictureRequest, flags: Flags) -> dict[str, Any]:
    """Put reference pictures as data URIs under `reference_field`, in a list or alone."""
    if not request.references:
        return {}
    name = flags["reference_field"]
    packed = [as_data_uri(picture) for picture in request.references]
    if flags.get("reference_list", name.endswith("s") or name == "image_input"):
        return {name: packed}
    if len(packed) > 1:
        raise misconfigured(f'"{name}" takes one reference picture')
    return {name: packed[0]}


def read_features(
    request: PictureRequest, sent: Mapping[str, Any], flags: Flags
) -> tuple[str, ...]:
    """Name what surcharges depend on: an edit, and the fields that `features` lists."""
    used = [flags["features"][name] for name in flags.get("features", {}) if sent.get(name)]
    if request.discipline == "image-editing":
        used.append("image-editing")
    return tuple(dict.fromkeys(used))


def misconfigured(what: str) -> ProviderError:
    """Build the error for flags that cannot be followed; nothing has been sent."""
    return ProviderError(
        Outcome.BAD_REQUEST,
        f"The options of this provider are wrong: {what}.",
        retryable=False,
        billed=False,
    )


def closest_size(sizes: tuple[tuple[int, int], ...], *, width: int, height: int) -> tuple[int, int]:
    """Choose the size nearest in shape, then in area, of the (width, height) pairs allowed."""

    def distance(size: tuple[int, int]) -> tuple[float, float]:
        shape = abs(math.log((size[0] * height) / (size[1] * width)))
        area = abs(math.log((size[0] * size[1]) / (width * height)))
        return round(shape, 6), area

    return min(sizes, key=distance)


def closest_tier(tiers: Mapping[str, int], *, width: int, height: int) -> str:
    """Choose the size class whose side is nearest to that of a square of the picture's area."""
    side = math.sqrt(width * height)
    return min(tiers, key=lambda word: abs(math.log(tiers[word] / side)))


def round_size(width: int, height: int, *, flags: Flags) -> tuple[int, int]:
    """Give the nearest size that a host with rules for sides takes, in the same shape if it may be.

    Sides are multiples of `multiple_of` (16) and at most `max_side` (3840), the long one at most
    `max_ratio` (3) times the short one, and the whole `min_pixels` (655,360) to `max_pixels`
    (8,294,400). The defaults are the rules of gpt-image-2. Raises ProviderError where no size
    satisfies them.
    """
    step, most = int(flags.get("multiple_of", 16)), int(flags.get("max_side", 3840))
    ratio = float(flags.get("max_ratio", 3))
    least_area = int(flags.get("min_pixels", 655_360))
    most_area = int(flags.get("max_pixels", 8_294_400))
    long_side, short_side = float(max(width, height)), float(min(width, height))
    short_side = max(short_side, long_side / ratio)
    area = long_side * short_side
    scale = min(max(math.sqrt(least_area / area), 1.0), math.sqrt(most_area / area))
    scale = min(scale, most / long_side)
    allowed = [
        (long, short)
        for long in _steps_near(long_side * scale, step=step, most=most)
        for short in _steps_near(short_side * scale, step=step, most=most)
        if short <= long <= ratio * short and least_area <= long * short <= most_area
    ]
    if not allowed:
        raise misconfigured("no size satisfies the rules for sides")
    wanted = (long_side * scale, short_side * scale)
    chosen = min(
        allowed,
        key=lambda size: sum(
            abs(math.log(side / wish)) for side, wish in zip(size, wanted, strict=True)
        ),
    )
    return chosen if width >= height else (chosen[1], chosen[0])


def _steps_near(side: float, *, step: int, most: int) -> list[int]:
    """Give the multiples around a length: itself rounded, and two on either side."""
    middle = round(side / step)
    return [n * step for n in range(middle - 2, middle + 3) if 0 < n * step <= most]


def _size_wxh(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    _tell_size(request, flags, mapped, chosen=(request.width, request.height))


def _size_multiple(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    chosen = round_size(request.width, request.height, flags=flags)
    _tell_size(request, flags, mapped, chosen=chosen)


def _size_closest(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    chosen = closest_size(_read_sizes(flags), width=request.width, height=request.height)
    _tell_size(request, flags, mapped, chosen=chosen)


def _tell_size(
    request: PictureRequest, flags: Flags, mapped: Mapped, *, chosen: tuple[int, int]
) -> None:
    name = flags.get("size_field", "size")
    same: Mode = "passthrough" if name == "size" else "renamed"
    mode: Mode = same if chosen == (request.width, request.height) else "converted"
    mapped.told["size"] = (Told(name, f"{chosen[0]}x{chosen[1]}", mode),)


def _size_names(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    names = flags.get("size_names")
    if not isinstance(names, Mapping) or not names:
        raise misconfigured('"size_names" must map names to sizes such as "1024x1024"')
    known = {pair: name for name, size in names.items() for pair in _parse_sizes([size])}
    chosen = closest_size(tuple(known), width=request.width, height=request.height)
    field_name = flags.get("size_field", "size")
    mapped.told["size"] = (Told(field_name, known[chosen], "converted"),)


def _size_object(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    value = {"width": request.width, "height": request.height}
    mapped.told["size"] = (Told(flags.get("size_field", "size"), value, "renamed"),)


def _size_sides(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    width, height = flags.get("width_field", "width"), flags.get("height_field", "height")
    mapped.told["size"] = (
        Told(width, request.width, "renamed"),
        Told(height, request.height, "renamed"),
    )


def _size_aspect(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    shape = _lowest_terms(request.width, request.height)
    allowed = flags.get("aspects")
    if allowed:
        pairs = {pair: text for text in allowed for pair in _parse_sizes([text], between=":")}
        shape = pairs[closest_size(tuple(pairs), width=request.width, height=request.height)]
    name = flags.get("aspect_field", "aspect_ratio")
    mapped.told["aspect"] = (Told(name, shape, "converted"),)
    tiers = flags.get("tiers")
    if tiers:
        tier = closest_tier(tiers, width=request.width, height=request.height)
        name = flags.get("tier_field", "resolution")
        mapped.told["size"] = (Told(name, tier, "converted"),)


def _size_prompt(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    shape = _lowest_terms(request.width, request.height)
    mapped.prompt += f" (aspect ratio {shape})"
    mapped.emulated += ("aspect",)


def _size_none(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    """Tell nothing: many editing models keep the shape of what they are given."""


SizeMode = Callable[[PictureRequest, Flags, Mapped], None]
SIZE_MODES: Final[Mapping[str, SizeMode]] = {
    "wxh": _size_wxh,
    "multiple": _size_multiple,
    "closest": _size_closest,
    "names": _size_names,
    "object": _size_object,
    "sides": _size_sides,
    "aspect": _size_aspect,
    "prompt": _size_prompt,
    "none": _size_none,
}


def _map_seed(request: PictureRequest, flags: Flags, mapped: Mapped) -> None:
    how = flags.get("seed")
    if not how or request.seed is None:
        return
    if how == "prompt":
        words = flags.get("seed_words", ' <sd_cpp_extra_args>{"seed": {seed}}</sd_cpp_extra_args>')
        mapped.prompt += words.replace("{seed}", str(request.seed))
        mapped.emulated += ("seed",)
        return
    name = "seed" if how is True else str(how)
    mode: Mode = "passthrough" if name == "seed" else "renamed"
    mapped.told["seed"] = (Told(name, request.seed, mode),)


def _choose_word(name: str, wish: Any, flags: Flags) -> Told | None:
    how, usual = flags.get(name), {"quality": "quality", "format": "output_format"}[name]
    if not how or not wish:
        return None
    words = flags.get(f"{name}_values")
    if words is not None and wish not in words:
        return None
    told = wish if words is None else words[wish]
    field_name = usual if how is True else str(how)
    if told != wish:
        return Told(field_name, told, "converted")
    return Told(field_name, told, "passthrough" if field_name == usual else "renamed")


def _lowest_terms(width: int, height: int) -> str:
    common = math.gcd(width, height)
    return f"{width // common}:{height // common}"


def _read_sizes(flags: Flags) -> tuple[tuple[int, int], ...]:
    sizes = flags.get("sizes")
    if not isinstance(sizes, (list, tuple)) or not sizes:
        raise misconfigured('"sizes" must be a list such as ["1024x1024"]')
    return _parse_sizes(sizes)


def _parse_sizes(sizes: Any, *, between: str = "x") -> tuple[tuple[int, int], ...]:
    try:
        pairs = [str(size).lower().split(between) for size in sizes]
        parsed = tuple((int(width), int(height)) for width, height in pairs)
    except ValueError as error:
        raise misconfigured(f"these are no sizes: {json.dumps(list(sizes))}") from error
    if min(min(size) for size in parsed) < 1:
        raise misconfigured('"sizes" must be larger than nothing')
    return parsed
