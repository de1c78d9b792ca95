"""A real server on a real socket, and small pictures to edit."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from werkzeug.serving import make_server

from arena.studios.server import application
from tests.studios.wire import Client


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    patch = pytest.MonkeyPatch()
    patch.setenv("PARAGONE_STUDIO_FILES", str(tmp_path_factory.mktemp("files")))
    patch.delenv("PARAGONE_STUDIO_KEY", raising=False)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield "127.0.0.1", server.server_port
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
    patch.undo()


@pytest.fixture
def client(address: tuple[str, int]) -> Client:
    return Client(address)


@pytest.fixture(scope="session")
def day_scene() -> bytes:
    """A blue sky over a dark, textured hill, as PNG."""
    y, x = np.mgrid[0:192, 0:256].astype(float)
    sky = np.stack([0.45 + y / 500, 0.65 + y / 700, 0.92 + 0 * y], axis=-1)
    grain = np.random.default_rng(1).random((192, 256, 1)) * 0.2
    hill = np.array([0.25, 0.3, 0.15]) + grain
    land = (y > 110 + 25 * np.sin(x / 30))[..., None]
    pixels = (np.where(land, hill, sky) * 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels, "RGB").save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def references() -> Path:
    return Path(__file__).parents[2] / "fixtures" / "references"
