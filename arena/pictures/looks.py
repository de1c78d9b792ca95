"""How a picture looks, in 64 bits: copies of other size, encoding or quality differ in few of them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

SIDE = 8


def hash_looks(data: bytes) -> int:
    """Hash an encoded picture by its looks: a signed 64-bit number, as PostgreSQL's bigint holds it.

    Each bit says whether one of 8 x 8 places is darker than its right neighbour (the difference hash,
    N. Krawetz, "Kind of Like That", 2013). Strangers are about 32 bits apart, copies within 10.
    """
    grey = Image.open(BytesIO(data)).convert("L")
    cells = grey.resize((SIDE + 1, SIDE), Image.Resampling.LANCZOS).tobytes()
    bits = [
        cells[(SIDE + 1) * y + x] < cells[(SIDE + 1) * y + x + 1]
        for y in range(SIDE)
        for x in range(SIDE)
    ]
    return int.from_bytes(
        sum(bit << place for place, bit in enumerate(bits)).to_bytes(8, "big"), "big", signed=True
    )
