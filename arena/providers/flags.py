"""Says what is wrong with a dialect's flags before anybody is asked by them: what a flag may be, and a trial.

The trial puts a picture that nobody sends into the provider's words, by the same functions that a call uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast

from arena.providers import fal_queue, gemini, openai_images, replicate
from arena.providers.parameters import DISCIPLINES, Flags, read_features
from arena.providers.types import Discipline, PictureRequest, ProviderError, Reference

Build = Callable[[PictureRequest, Flags], tuple[dict[str, Any], Any]]

DEFAULTS: Final[Mapping[str, Flags]] = {
    "openai_images": openai_images.DEFAULTS,
    "gemini": gemini.DEFAULTS,
    "fal_queue": fal_queue.DEFAULTS,
    "replicate": replicate.DEFAULTS,
}
BUILDERS: Final[Mapping[str, Build]] = {
    "openai_images": openai_images.build_fields,
    "gemini": gemini.build_body,
    "fal_queue": fal_queue.build_body,
    "replicate": replicate.build_input,
}
# Beyond this no side, area or count of anybody's is.
MOST: Final = 1_000_000_000
SIDE: Final = 1024


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value) and value > 0


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_text, value))


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _names(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Mapping) and all(map(check, value.values()))


def _any(*checks: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: any(check(value) for check in checks)


def _is_null(value: Any) -> bool:
    return value is None


_TEXT = (_is_text, "a text in quotes")
_TEXT_OR_NULL = (_any(_is_text, _is_null), "a text in quotes")
_TOLD = (_any(_is_truth, _is_text, _is_null), "true, false or the name of a field")
_TEXTS = (_are_texts, 'a list of texts such as ["a", "b"]')
_COUNT = (_is_count, "a whole number of at least 1")
_TEXT_TO_TEXT = (_names(_is_text), 'an object of texts such as {"a": "b"}')
_WORDS = (
    _any(_names(_any(_is_text, _is_truth, _is_number)), _is_null),
    'an object such as {"high": "hd"}',
)
KINDS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    **dict.fromkeys(
        (
            *("size_mode", "size_field", "width_field", "height_field", "aspect_field"),
            *("tier_field", "reference_field", "seed_words", "prompt_field", "path_suffix"),
            *("count_field", "safety_field", "location"),
        ),
        _TEXT,
    ),
    **dict.fromkeys(
        ("quality_default", "format_default", "response_format", "edit_field", "project"),
        _TEXT_OR_NULL,
    ),
    **dict.fromkeys(("seed", "quality", "format"), _TOLD),
    **dict.fromkeys(("sizes", "drop", "modalities", "key_hosts"), _TEXTS),
    **dict.fromkeys(("multiple_of", "max_side", "min_pixels", "max_pixels"), _COUNT),
    **dict.fromkeys(("quality_values", "format_values"), _WORDS),
    **dict.fromkeys(("size_names", "features"), _TEXT_TO_TEXT),
    **dict.fromkeys(("reference_list", "b64_only", "vertex"), (_is_truth, "true or false")),
    **dict.fromkeys(("extra_body", "editing"), (_is_object, 'an object such as {"a": 1}')),
    "aspects": (_any(_are_texts, _is_null), 'a list such as ["1:1", "16:9"]'),
    "tiers": (_any(_names(_is_count), _is_null), 'an object such as {"1K": 1024}'),
    "max_ratio": (lambda value: _is_number(value) and value >= 1, "a number of at least 1"),
    "max_references": (
        lambda value: isinstance(value, int) and _is_number(value),
        "a whole number",
    ),
    "prefer_wait": (_any(_is_number, _is_null), "a number of seconds"),
    "disciplines": (
        lambda value: _are_texts(value) and set(value) <= set(DISCIPLINES),
        f"a list of {' and '.join(DISCIPLINES)}",
    ),
}


def join_flags(dialect: str, options: Flags, *, editing: bool) -> dict[str, Any]:
    """Join a dialect's own flags and an endpoint's, over both those of editing where that is asked for."""
    own = options.get("editing", {}) if editing else {}
    return {**DEFAULTS.get(dialect, {}), **options, **(own if isinstance(own, Mapping) else {})}


def find_wrong_kinds(options: Any) -> Iterator[str]:
    """Yield a sentence for each flag whose value is of a kind that nobody can follow."""
    if not isinstance(options, Mapping):
        yield 'The flags must be an object of JSON such as {"seed": true}.'
        return
    inner = options.get("editing", {})
    for place, flags in (("", options), (' under "editing"', inner)):
        for name in KINDS.keys() & flags.keys() if isinstance(flags, Mapping) else ():
            check, words = KINDS[name]
            if not check(flags[name]):
                yield f'The flag "{name}"{place} must be {words}.'


def find_wrong_flags(dialect: str, options: Any, *, disciplines: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with an offering's flags, its provider's included.

    Nothing is called. A dialect that nobody speaks has no flags that could be wrong.
    """
    wrong = list(find_wrong_kinds(options))
    yield from wrong
    if wrong or dialect not in BUILDERS:
        return
    for discipline in disciplines:
        request = _picture(cast(Discipline, discipline))
        flags = join_flags(dialect, options, editing=discipline == "image-editing")
        try:
            body, _modes = BUILDERS[dialect](request, flags)
            read_features(request, body, flags)
        except ProviderError as error:
            yield error.message
            return
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            yield f"By these flags no request can be built ({type(error).__name__}): compare them with the docs."
            return


def _picture(discipline: Discipline) -> PictureRequest:
    reference = Reference(data=b"-", content_type="image/png", name="reference.png")
    return PictureRequest(
        discipline=discipline,
        remote_id="owner/name",
        prompt="A red cube.",
        width=SIDE,
        height=SIDE,
        references=(reference,) if discipline == "image-editing" else (),
        seed=0,
    )
