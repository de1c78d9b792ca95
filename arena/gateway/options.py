"""Fields that the gateway does not know: passed on to the provider as they are, or refused."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from .errors import invalid

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
MOST_OPTIONS, MOST_CHARACTERS = 20, 4_000

# Read by the gateway itself.
_KNOWN = """
model prompt n size quality response_format output_format output_compression seed user
safety_identifier moderation stream partial_images
"""
# They would change how many pictures are made, how large and how dear they are,
_DEARER = """
num_images num_outputs number_of_images candidate_count sample_count batch_size batch_count
max_images image_count num_samples samples num_images_per_prompt n_images quantity variations
rendering_speed upscale_factor upscale_model enhance
enhance_prompt prompt_upsampling expand_prompt thinking thinking_level reasoning frame_count
frame_duration_ms complexity svg width height image_config image_size aspect_ratio resolution
megapixels upscale input_fidelity web_search enable_web_search google_search tools service_tier
priority
"""
# where answers go,
_ELSEWHERE = """
webhook webhook_url webhook_events_filter fal_webhook callback callback_url sync_mode storage store
response_modalities stream_options
"""
# which pictures, files and addresses a provider reads,
_PICTURES = """
image images image_url image_urls image_input input_image input_images image_prompt mask mask_url
mask_image reference_image reference_images reference_image_urls control_image init_image url urls
file files lora loras lora_weights extra_lora
"""
# what may be made, and for whom,
_SAFETY = """
enable_safety_checker disable_safety_checker safety_checker safety_tolerance safety_filter_level
safety_settings person_generation api_key key token authorization hf_api_token civitai_api_token
"""
# which take it is (see FIRST_SEED),
_SEEDS = "seeds random_seed manual_seed noise_seed fixed_seed"
# or wrap any of these.
_WRAPPERS = """
input contents generation_config extra_body extra_headers extra_query parameters instances metadata
"""
KNOWN = frozenset(_KNOWN.split())
DENIED = frozenset(" ".join([_DEARER, _ELSEWHERE, _PICTURES, _SAFETY, _SEEDS, _WRAPPERS]).split())


def read_options(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the fields to pass on; one that never is, is refused rather than dropped. Raises GatewayError."""
    options = {name: value for name, value in fields.items() if name not in KNOWN}
    for name, value in options.items():
        if not NAME.fullmatch(name) or name in DENIED:
            raise invalid(
                f"The field {name[:60]!r} is not passed on to providers.",
                param=name[:60],
                code="unsupported_parameter",
            )
        _check_value(name, value)
    if len(options) > MOST_OPTIONS or len(json.dumps(options)) > MOST_CHARACTERS:
        raise invalid("There are too many further fields.", param=None)
    return options


def _check_value(name: str, value: Any) -> None:
    """Let texts, numbers, truth values and lists of them pass."""
    for one in value if isinstance(value, list) else [value]:
        number = isinstance(one, int) or (isinstance(one, float) and math.isfinite(one))
        if not number and not (isinstance(one, str) and is_text(one)):
            said = f"{name} must be a text, a number, true or false, or a list of these."
            raise invalid(said, param=name)


def is_text(value: str) -> bool:
    """Tell whether PostgreSQL can keep a text: no NUL, no half of a surrogate pair."""
    return not re.search("[\x00\ud800-\udfff]", value)
