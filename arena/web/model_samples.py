"""Calls of the gateway for one model, as text that can be copied and run."""

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from arena.catalog.models import Discipline

KEY = "PARAGONE_KEY"
SIZE = "1024x1024"
DRAW = "A serene mountain landscape at sunset"
EDIT = "Add a starry night sky to this image"
SOURCE = "source.png"
ANSWER = '{ "created": 1234567890, "data": [{ "url": "https://...", "revised_prompt": "..." }] }'


@dataclass(frozen=True)
class Snippet:
    language: str
    code: str


@dataclass(frozen=True)
class Sample:
    """What one address of the gateway is for, and how it is called in each language."""

    discipline: str
    title: str
    verb: str
    words: str
    address: str
    snippets: tuple[Snippet, ...]


def write_samples(*, base: str, model: str, disciplines: Iterable[str]) -> list[Sample]:
    """Write the calls for the disciplines that a model has.

    `base`: the gateway's address, as https://arena.example/openai/v1. `model`: a name that it knows.
    The Python samples need the package `openai`, those in JavaScript the one of the same name.
    """
    able = set(disciplines)
    samples = []
    if Discipline.TEXT_TO_IMAGE in able:
        samples.append(
            Sample(
                discipline=Discipline.TEXT_TO_IMAGE,
                title=gettext("Text to Image"),
                verb=gettext("Generate"),
                words=gettext("Create images from text descriptions"),
                address=f"{base}/images/generations",
                snippets=_generate(base, model),
            )
        )
    if Discipline.IMAGE_EDITING in able:
        samples.append(
            Sample(
                discipline=Discipline.IMAGE_EDITING,
                title=gettext("Image Editing"),
                verb=gettext("Edit"),
                words=gettext("Transform existing images with text instructions"),
                address=f"{base}/images/edits",
                snippets=_edit(base, model),
            )
        )
    return samples


def _generate(base: str, model: str) -> tuple[Snippet, ...]:
    body = json.dumps({"model": model, "prompt": DRAW, "size": SIZE}, indent=2, ensure_ascii=False)
    curl = (
        f'curl -sS -X POST \\\n  {base}/images/generations \\\n  -H "Authorization: Bearer ${KEY}" \\\n'
        f'  -H "Content-Type: application/json" \\\n  -d {shlex.quote(body)}\n'
    )
    python = (
        f"model={json.dumps(model)},\n    prompt={json.dumps(DRAW)},\n    size={json.dumps(SIZE)},"
    )
    script = (
        f"model: {json.dumps(model)},\n  prompt: {json.dumps(DRAW)},\n  size: {json.dumps(SIZE)},"
    )
    return (
        Snippet("cURL", f"{curl}# Response:\n# {ANSWER}\n"),
        Snippet("Python", _python(base, "generate", python)),
        Snippet("JavaScript", _javascript(base, "generate", script)),
    )


def _edit(base: str, model: str) -> tuple[Snippet, ...]:
    fields = {"model": model, "image": f"@{SOURCE}", "prompt": EDIT, "size": SIZE}
    form = " \\\n".join(f"  -F {shlex.quote(f'{name}={value}')}" for name, value in fields.items())
    curl = f'curl -sS -X POST \\\n  {base}/images/edits \\\n  -H "Authorization: Bearer ${KEY}" \\\n{form}\n'
    python = (
        f'model={json.dumps(model)},\n    image=open({json.dumps(SOURCE)}, "rb"),\n'
        f"    prompt={json.dumps(EDIT)},\n    size={json.dumps(SIZE)},"
    )
    script = (
        f"model: {json.dumps(model)},\n  image: fs.createReadStream({json.dumps(SOURCE)}),\n"
        f"  prompt: {json.dumps(EDIT)},\n  size: {json.dumps(SIZE)},"
    )
    return (
        Snippet("cURL", f"{curl}# Response:\n# {ANSWER}\n"),
        Snippet("Python", _python(base, "edit", python)),
        Snippet("JavaScript", _javascript(base, "edit", script, imports="import fs from 'fs';\n")),
    )


def _python(base: str, call: str, fields: str) -> str:
    return (
        "import os\n\nfrom openai import OpenAI\n\n"
        f'client = OpenAI(\n    api_key=os.environ["{KEY}"],\n    base_url={json.dumps(base)},\n)\n\n'
        f"response = client.images.{call}(\n    {fields}\n)\n# {ANSWER}\nprint(response.data[0].url)\n"
    )


def _javascript(base: str, call: str, fields: str, *, imports: str = "") -> str:
    return (
        f"import OpenAI from 'openai';\n{imports}\n"
        f"const client = new OpenAI({{\n  apiKey: process.env.{KEY},\n  baseURL: {json.dumps(base)},\n}});\n\n"
        f"const response = await client.images.{call}({{\n  {fields}\n}});\n"
        f"// {ANSWER}\nconsole.log(response.data[0].url);\n"
    )
