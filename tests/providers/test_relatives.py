"""OpenAI's relatives: one quirk each, met by the ready flags of docs/adding-a-provider.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from arena.providers.openai_images import OpenAIImages
from arena.providers.types import Outcome, ProviderError, Reference
from tests.fake_providers import FakeProviders
from tests.providers.conftest import ask_for

RED = Reference(b"\x89PNG red", "image/png", "red.png")
BLUE = Reference(b"\x89PNG blue", "image/png", "blue.png")
PAGE = Path(__file__).parents[2] / "docs" / "adding-a-provider.md"
ROW = re.compile(r"^\| ([^|]+) \| `(\{.*\})` \|", re.M)


def ready_flags(name: str) -> dict[str, Any]:
    """Read a relative's flags out of the page, so that it cannot say anything untrue."""
    rows = {found[1].strip(): json.loads(found[2]) for found in ROW.finditer(PAGE.read_text())}
    return rows[name]


@pytest.fixture
def send(fake: FakeProviders, endpoint, client):
    """Ask with the ready flags of a relative; gives the answer and the request as it came in."""

    def run(name: str, **changes: Any):
        done = OpenAIImages().submit(
            ask_for(**changes), endpoint(options=ready_flags(name)), client=client
        )
        return done, fake.posts[-1]

    return run


def test_openai_gpt_image_1_takes_three_sizes_and_no_response_format(send):
    done, sent = send("OpenAI, gpt-image-1.5 and -mini", width=1600, height=900, quality="high")
    assert sent.fields["size"] == "1536x1024"
    assert sent.fields["quality"] == "high"
    assert not {"response_format", "seed"} & set(sent.fields)
    assert done.modes == {"size": "converted", "quality": "passthrough"}
    assert done.usage.text_input_tokens == 8
    assert done.usage.image_input_tokens == 4


def test_openai_gpt_image_2_takes_any_size_by_its_rules(send):
    done, sent = send("OpenAI, gpt-image-2 and later", width=1000, height=3500, seed=7)
    width, height = (int(side) for side in sent.fields["size"].split("x"))
    assert (width % 16, height % 16) == (0, 0)
    assert height <= 3 * width
    assert "seed" not in sent.fields
    assert done.modes["size"] == "converted"


def test_openai_edits_with_several_references_use_the_list_field(send):
    _done, sent = send(
        "OpenAI, gpt-image-2 and later", discipline="image-editing", references=(RED, BLUE)
    )
    assert [file.field for file in sent.files] == ["image[]", "image[]"]


def test_lumenfall_answers_by_url_and_passes_seeds_on(fake, send):
    done, sent = send("Lumenfall", seed=7)
    assert (sent.fields["response_format"], sent.fields["seed"]) == ("url", 7)
    assert done.modes == {"size": "passthrough", "seed": "passthrough"}
    assert fake.requests[-1].path.startswith("/files/")


def test_lumenfalls_own_errors_are_known(fake, send):
    for fault, outcome in (
        ("auth_lumenfall", Outcome.AUTH),
        ("payment", Outcome.QUOTA),
        ("server_502", Outcome.SERVER_ERROR),
    ):
        fake.script([fault])
        with pytest.raises(ProviderError) as caught:
            send("Lumenfall")
        assert (caught.value.outcome, caught.value.billed) == (outcome, False)


def test_localai_is_told_what_to_answer_with(send):
    _done, sent = send("LocalAI")
    assert sent.fields["response_format"] == "b64_json"


def test_vllm_omni_takes_seeds(send):
    done, sent = send("vLLM-Omni", seed=7, options={"num_inference_steps": 20})
    assert (sent.fields["seed"], sent.fields["num_inference_steps"]) == (7, 20)
    assert done.seed == 7


def test_sglang_refuses_urls_when_generating_and_answers_with_a_relative_one_when_editing(
    fake, send
):
    _done, sent = send("SGLang Diffusion", seed=7)
    assert (sent.fields["response_format"], sent.fields["seed"]) == ("b64_json", 7)
    fake.script(["relative_url"])
    done, sent = send("SGLang Diffusion", discipline="image-editing", references=(RED,))
    assert done.data.startswith(b"\x89PNG")
    assert fake.requests[-1].path.startswith("/files/")


def test_sd_server_reads_the_seed_inside_the_prompt(send):
    done, sent = send("stable-diffusion.cpp", seed=7, discipline="image-editing", references=(RED,))
    assert sent.fields["prompt"] == (
        'A vintage café logo <sd_cpp_extra_args>{"seed": 7}</sd_cpp_extra_args>'
    )
    assert "seed" not in sent.fields
    assert [file.field for file in sent.files] == ["image[]"]
    assert (done.seed, done.modes["seed"]) == (7, "emulated")


def test_litellms_timeout_may_have_been_charged_upstream(fake, send):
    _done, sent = send("LiteLLM proxy")
    assert "response_format" not in sent.fields
    fake.script([{"fault": "status", "status": 408}])
    with pytest.raises(ProviderError) as caught:
        send("LiteLLM proxy")
    assert (caught.value.outcome, caught.value.billed) == (Outcome.TIMEOUT, None)


def test_litellms_policy_error_is_a_bad_request_with_a_code(fake, send):
    body = {"error": {"message": "No.", "code": "content_policy_violation", "type": None}}
    fake.script([{"fault": "status", "status": 400, "body": body}])
    with pytest.raises(ProviderError) as caught:
        send("LiteLLM proxy")
    assert caught.value.outcome is Outcome.REFUSED
