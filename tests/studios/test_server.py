"""The OpenAI Images API over a real socket."""

from __future__ import annotations

import base64
import io
import json
import os
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from arena.studios import server, shelf
from arena.studios.studio import STUDIOS
from tests.studios import prompts
from tests.studios.wire import Client, open_png

GOOD = {"model": "studio-press", "prompt": prompts.LOGO, "size": "256x256"}


def noise_png() -> bytes:
    pixels = np.random.default_rng(3).integers(0, 90, (128, 128, 3)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels, "RGB").save(out, "PNG")
    return out.getvalue()


def test_models_are_listed_with_their_disciplines(client: Client) -> None:
    answer = client.send("GET", "/v1/models")
    assert answer.status == 200
    assert answer.json["object"] == "list"
    found = {model["id"]: model for model in answer.json["data"]}
    assert set(found) == set(STUDIOS)
    assert len(found) >= 6
    assert all(m["object"] == "model" and m["owned_by"] for m in found.values())
    assert found["studio-ray"]["disciplines"] == ["text-to-image", "image-editing"]


def test_healthz_answers(client: Client) -> None:
    assert client.send("GET", "/healthz").json == {"status": "ok"}


def test_generation_answers_base64_png_of_the_size_asked(client: Client) -> None:
    before = int(time.time())
    answer = client.generate(**GOOD, response_format="b64_json")
    assert answer.status == 200
    assert answer.json["created"] >= before
    assert "usage" not in answer.json
    [item] = answer.json["data"]
    assert open_png(base64.b64decode(item["b64_json"])).shape == (256, 256, 3)
    assert "Caffè Florian" in item["revised_prompt"]


def test_url_answer_can_be_fetched_from_the_same_host(client: Client) -> None:
    answer = client.generate(**GOOD, response_format="url", n=2)
    links = [urlsplit(item["url"]) for item in answer.json["data"]]
    assert [link.netloc for link in links] == [f"127.0.0.1:{client.address[1]}"] * 2
    bodies = [client.send("GET", link.path) for link in links]
    assert [body.status for body in bodies] == [200, 200]
    assert bodies[0].headers["Content-Type"] == "image/png"
    assert open_png(bodies[0].body).shape == (256, 256, 3)
    assert bodies[0].body != bodies[1].body


def test_seed_chooses_the_take_and_n_counts_on_from_it(client: Client) -> None:
    pair = client.generate(**GOOD, seed=4, n=2).json["data"]
    alone = client.generate(**GOOD, seed=5).json["data"]
    assert pair[1]["b64_json"] == alone[0]["b64_json"]
    assert pair[0]["b64_json"] != pair[1]["b64_json"]


@pytest.mark.parametrize("field", ["image", "image[]"])
def test_edit_takes_multipart_and_keeps_the_shape(
    client: Client, day_scene: bytes, field: str
) -> None:
    answer = client.edit(
        day_scene,
        field,
        model="studio-press",
        prompt=prompts.NIGHT,
        size="256x256",
        seed="1",
        n="1",
        response_format="b64_json",
    )
    assert answer.status == 200
    picture = open_png(base64.b64decode(answer.json["data"][0]["b64_json"]))
    assert picture.shape == (192, 256, 3)


@pytest.mark.parametrize(
    ("change", "status", "code", "param"),
    [
        ({"prompt": ""}, 400, "missing_required_parameter", "prompt"),
        ({"prompt": 7}, 400, "missing_required_parameter", "prompt"),
        ({"prompt": "x" * 4001}, 400, "string_above_max_length", "prompt"),
        ({"model": "gpt-image-2"}, 404, "model_not_found", "model"),
        ({"model": ["studio-ray"]}, 404, "model_not_found", "model"),
        ({"size": "64x64"}, 400, "invalid_size", "size"),
        ({"size": "2048x256"}, 400, "invalid_size", "size"),
        ({"size": "big"}, 400, "invalid_size", "size"),
        ({"size": 256}, 400, "invalid_size", "size"),
        ({"size": [256, 256]}, 400, "invalid_size", "size"),
        ({"n": [1]}, 400, "invalid_value", "n"),
        ({"n": 5}, 400, "invalid_value", "n"),
        ({"n": True}, 400, "invalid_value", "n"),
        ({"seed": -1}, 400, "invalid_value", "seed"),
        ({"response_format": "gif"}, 400, "invalid_value", "response_format"),
        ({"response_format": []}, 400, "invalid_value", "response_format"),
        ({"prompt": "A portrait of a queen"}, 400, "declined", "prompt"),
    ],
)
def test_bad_requests_get_an_openai_error_body(
    client: Client, change: dict[str, object], status: int, code: str, param: str
) -> None:
    answer = client.generate(**{**GOOD, **change})
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/json"
    error = answer.error
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["code"], error["param"]) == (code, param)
    assert error["type"] == "invalid_request_error"
    assert error["message"]


def test_declined_prompts_carry_the_reason_for_people(client: Client) -> None:
    error = client.generate(**{**GOOD, "model": "studio-ray", "prompt": prompts.MENU}).error
    assert error["code"] == "declined"
    assert error["message"].startswith("A menu page is flat layout")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b""])
def test_invalid_json_is_named(client: Client, body: bytes) -> None:
    answer = client.send(
        "POST", "/v1/images/generations", body, {"Content-Type": "application/json"}
    )
    assert (answer.status, answer.error["code"]) == (400, "invalid_json")


def test_edit_without_picture_or_with_a_bad_one_is_refused(client: Client) -> None:
    fields = {"model": "studio-press", "prompt": prompts.GHIBLI}
    missing, bad = client.edit(None, **fields), client.edit(b"GIF89a nonsense", **fields)
    assert (missing.status, missing.error["param"]) == (400, "image")
    assert (bad.status, bad.error["code"]) == (400, "invalid_image")


def test_edit_that_is_not_multipart_is_refused(client: Client) -> None:
    answer = client.send("POST", "/v1/images/edits", b"{}", {"Content-Type": "application/json"})
    assert (answer.status, answer.error["code"]) == (400, "invalid_content_type")


def test_edit_of_a_picture_with_too_many_pixels_is_refused(client: Client) -> None:
    out = io.BytesIO()
    Image.new("1", (8000, 6000)).save(out, "PNG")
    answer = client.edit(out.getvalue(), model="studio-press", prompt=prompts.GHIBLI)
    assert (answer.status, answer.error["code"]) == (400, "invalid_image")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/images/generations", 405, "method_not_allowed"),
        ("POST", "/v1/models", 405, "method_not_allowed"),
        ("DELETE", "/healthz", 405, "method_not_allowed"),
        ("GET", "/v1/nothing", 404, "unknown_url"),
        ("GET", "/files/" + "a" * 32 + ".png", 404, "file_not_found"),
        ("GET", "/files/..%2F..%2Fetc%2Fpasswd", 404, "file_not_found"),
    ],
)
def test_unknown_paths_and_methods_get_error_bodies(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = client.send(method, path)
    assert (answer.status, answer.error["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/v1/images/generations", "/v1/images/edits"])
def test_bodies_over_the_limit_get_413(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MAX_BODY", 1000)
    kind = "application/json" if "gen" in path else "multipart/form-data; boundary=x"
    answer = client.send("POST", path, b"x" * 2000, {"Content-Type": kind})
    assert (answer.status, answer.error["code"]) == (413, "request_too_large")


def test_key_is_asked_for_when_one_is_set(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAGONE_STUDIO_KEY", "kéy-1")
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = client.generate(headers=headers, **GOOD)
        assert (answer.status, answer.error["code"]) == (401, "invalid_api_key")
    given = "Bearer kéy-1".encode().decode("latin-1")
    assert client.send("GET", "/v1/models", headers={"Authorization": given}).status == 200
    assert client.send("GET", "/healthz").status == 200


def test_unexpected_failures_are_logged_and_hidden(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(**_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(server, "draw_picture", explode)
    answer = client.generate(**GOOD)
    assert answer.status == 500
    assert answer.error["type"] == "server_error"
    assert "secret" not in json.dumps(answer.json)
    assert "secret detail" in caplog.text


def test_shelf_forgets_expired_and_surplus_files(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAGONE_STUDIO_FILES", str(tmp_path))
    monkeypatch.setattr(shelf, "MOST_FILES", 3)
    old = shelf.put_picture(b"old")
    then = time.time() - shelf.LIFETIME - 5
    os.utime(tmp_path / old, (then, then))
    assert shelf.take_picture(old) is None
    names = []
    for number in range(6):
        names.append(shelf.put_picture(str(number).encode()))
        os.utime(tmp_path / names[-1], (time.time() - 60 + number,) * 2)
    assert not (tmp_path / old).exists()
    assert len(list(tmp_path.iterdir())) <= 4
    assert shelf.take_picture(names[-1]) == b"5"
    assert shelf.take_picture(names[0]) is None
