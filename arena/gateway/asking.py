"""What callers may ask for, field by field, in OpenAI's names."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .encoding import MEDIA_TYPES
from .errors import invalid, missing
from .options import is_text, read_options
from .sizes import read_size

MOST_PROMPT = 32_000
MOST_PICTURES_OUT = 4
MOST_SEED = 2_000_000_000
# The arena's own takes are the seeds 0, 1, 2 ...: no caller draws a picture that is in play once more.
FIRST_SEED = 1_000

WORD = re.compile(r"[a-z0-9_.-]{1,40}")


@dataclass(frozen=True)
class Asked:
    """What a caller wants, checked; `seed` None draws one for each picture, `form` None takes what comes."""

    prompt: str
    width: int
    height: int
    pictures: int = 1
    quality: str | None = None
    seed: int | None = None
    by_url: bool = True
    form: str | None = None
    compression: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def describe(self, *, discipline: str, number: int) -> dict[str, Any]:
        """Describe one of the pictures for a slot; `number` counts from 0."""
        seed = secrets.randbelow(MOST_SEED) if self.seed is None else self.seed + number
        return {
            "discipline": discipline,
            "prompt": self.prompt,
            "width": self.width,
            "height": self.height,
            "quality": self.quality,
            "seed": FIRST_SEED + seed,
            # A provider that can gives the format itself; what comes in another is re-encoded here.
            "options": {**self.options, **({"output_format": self.form} if self.form else {})},
        }


def read_asked(fields: Mapping[str, Any], *, auto: tuple[int, int] = (1, 1)) -> Asked:
    """Check every field; `auto` is the shape of an unsaid size. Raises GatewayError naming the field."""
    fields = {name: value for name, value in fields.items() if value is not None and value != ""}
    _refuse_streams(fields)
    if fields.get("moderation", "auto") != "auto":
        raise invalid("moderation can only be auto here.", param="moderation")
    width, height = read_size(fields.get("size"), auto=auto)
    form = _choice(fields, "output_format", tuple(MEDIA_TYPES))
    options = read_options(fields)
    if options.get("background") == "transparent" and form == "jpeg":
        raise invalid("A JPEG cannot be transparent.", param="background")
    quality = _word(fields, "quality")
    return Asked(
        prompt=_prompt(fields),
        width=width,
        height=height,
        pictures=_whole(fields, "n", least=1, most=MOST_PICTURES_OUT) or 1,
        quality=None if quality == "auto" else quality,
        seed=_whole(fields, "seed", least=0, most=MOST_SEED),
        by_url=_choice(fields, "response_format", ("url", "b64_json")) != "b64_json",
        form=form,
        compression=_whole(fields, "output_compression", least=0, most=100),
        options=options,
    )


def _refuse_streams(fields: Mapping[str, Any]) -> None:
    for name in ("stream", "partial_images"):
        if fields.get(name) not in (None, False, 0, "false", "0"):
            raise invalid(
                "Pictures are not streamed here: leave this out and wait for the answer.",
                param=name,
                code="unsupported_parameter",
            )


def _prompt(fields: Mapping[str, Any]) -> str:
    prompt = fields.get("prompt")
    if prompt is None:
        raise missing("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise invalid("prompt must be a text.", param="prompt")
    if len(prompt) > MOST_PROMPT:
        said = f"The prompt is longer than {MOST_PROMPT} characters."
        raise invalid(said, param="prompt", code="string_above_max_length")
    if not is_text(prompt):
        raise invalid("The prompt holds characters that are no text.", param="prompt")
    return prompt


def _whole(fields: Mapping[str, Any], name: str, *, least: int, most: int) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise invalid(f"{name} must be a whole number from {least} to {most}.", param=name)
    return value


def _choice(fields: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str | None:
    value = fields.get(name)
    if value is not None and value not in choices:
        raise invalid(f"{name} must be {' or '.join(choices)}.", param=name)
    return value


def _word(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not WORD.fullmatch(value):
        raise invalid(f"{name} must be a word such as low or high.", param=name)
    return value
