"""A plain HTTP client for the studio server: no library between the test and the wire."""

from __future__ import annotations

import http.client
import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.json["error"])


class Client:
    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        try:
            connection.request(method, path, body=body or None, headers=headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def generate(self, headers: dict[str, str] | None = None, **fields: object) -> Answer:
        body = json.dumps(fields).encode()
        return self.send(
            "POST",
            "/v1/images/generations",
            body,
            {"Content-Type": "application/json", **(headers or {})},
        )

    def edit(self, picture: bytes | None, field: str = "image", **fields: str) -> Answer:
        mark = "----studio-test-boundary"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        if picture is not None:
            head = (
                f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="a.png"\r\n'
                "Content-Type: image/png\r\n\r\n"
            )
            parts.append(head.encode() + picture + b"\r\n")
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        return self.send(
            "POST",
            "/v1/images/edits",
            body,
            {"Content-Type": f"multipart/form-data; boundary={mark}"},
        )


def open_png(data: bytes) -> np.ndarray:
    """Pixels (H, W, 3) of PNG bytes; fails when they are anything else."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
        return np.asarray(opened.convert("RGB"))
