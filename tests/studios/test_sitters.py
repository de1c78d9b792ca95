"""The drawn reference pictures are what the program writes, small, and fit for their edits."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from arena.studios.sitters.ink import soft
from arena.studios.sitters.portraits import MOST_BYTES, SITTERS, encode_sitter, paint_sitter


@pytest.mark.parametrize("name", sorted(SITTERS))
def test_shipped_picture_is_what_the_program_draws(name: str, references: Path) -> None:
    drawn = paint_sitter(name=name, share=0.5)
    with Image.open(references / name) as opened:
        assert opened.size == (SITTERS[name].width, SITTERS[name].height)
        half = opened.convert("RGB").resize((opened.width // 2, opened.height // 2))
    shipped = np.asarray(half, dtype=np.float32) / 255
    assert shipped.shape == drawn.shape
    # JPEG loses a little; another drawing would differ by far more.
    assert np.abs(shipped - drawn).mean() < 0.012


@pytest.mark.parametrize("name", sorted(SITTERS))
def test_shipped_picture_is_small_and_credited(name: str, references: Path) -> None:
    assert (references / name).stat().st_size <= MOST_BYTES
    credits = (references / "CREDITS.md").read_text(encoding="utf-8")
    row = next(line for line in credits.splitlines() if f"`{name}`" in line)
    assert "CC0" in row
    assert 40 < len(SITTERS[name].alt) < 200


def test_encoding_is_a_jpeg_without_metadata() -> None:
    data = encode_sitter(name="car.jpg")
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.format == "JPEG"
        assert opened.size == (1200, 700)
        assert not opened.getexif()


@pytest.mark.parametrize("name", ["driver.jpg", "car.jpg"])
def test_grounds_of_cut_out_references_are_plain(name: str, references: Path) -> None:
    with Image.open(references / name) as opened:
        picture = np.asarray(opened.convert("RGB"), dtype=np.float32) / 255
    border = np.concatenate([picture[:8].reshape(-1, 3), picture[:400, :8].reshape(-1, 3)])
    assert border.std(axis=0).max() < 0.02


def test_unknown_softness_is_an_error() -> None:
    with pytest.raises(ValueError, match="No blur of size 7"):
        soft(7)
