"""Vendored front-end files are what their list says, with their licences beside them."""

import base64
import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"


def test_vendored_files_have_their_hashes_and_licences():
    listed = json.loads((VENDOR / "vendor.json").read_text())
    entries = listed if isinstance(listed, list) else listed["packages"]
    assert entries
    for entry in entries:
        path = VENDOR / entry["file"]
        digest = base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
        assert entry["sha384"].removeprefix("sha384-") == digest
        assert (path.parent / "LICENSE").read_text().strip()
