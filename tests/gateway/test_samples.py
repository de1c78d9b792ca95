"""The calls that a model's page shows, run as they stand against the site's own web server."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.request import urlopen

import pytest

from .conftest import picture
from .live import LiveSite

CODE = re.compile(r'<code id="code-([a-z-]+)-\d">(.*?)</code>', re.DOTALL)
# "cURL", "Python", "JavaScript" in the order of the page.
LANGUAGES = 3


@pytest.fixture
def samples(live: LiveSite, model) -> dict[str, list[str]]:
    """The page's samples by discipline, as a reader copies them."""
    with urlopen(f"{live.base}/models/{model.slug}/", timeout=60) as answer:
        page = answer.read().decode()
    found: dict[str, list[str]] = {}
    for discipline, code in CODE.findall(page):
        found.setdefault(discipline, []).append(unescape(code))
    assert [len(codes) for codes in found.values()] == [LANGUAGES, LANGUAGES]
    return found


def run(command: list[str], *, secret: str, folder: Path) -> str:
    (folder / "source.png").write_bytes(picture())
    environment = {**os.environ, "PARAGONE_KEY": secret}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("discipline", ["text-to-image", "image-editing"])
def test_curl_and_python_make_a_picture(samples, live, secret, tmp_path, discipline):
    curl, python, _ = samples[discipline]
    answer = json.loads(run(["bash", "-euc", curl], secret=secret, folder=tmp_path))
    printed = run([sys.executable, "-c", python], secret=secret, folder=tmp_path)
    assert set(answer["data"][0]) >= {"url", "revised_prompt"}
    for address in (answer["data"][0]["url"], printed):
        assert address.startswith(f"{live.base}/openai/v1/files/")
        with urlopen(address, timeout=10) as file:
            assert file.headers["Content-Type"].startswith("image/")
    asked = list(live.fake.posts)
    assert len(asked) == 2
    assert [len(post.files) for post in asked] == [0 if discipline == "text-to-image" else 1] * 2
    assert live.fake.bill == 2


def test_javascript_says_the_same_as_python(samples):
    """It is not run here: the test environment has no client for it. Its words are those of the others."""
    for codes in samples.values():
        _, python, javascript = codes
        values = set(
            re.findall(
                r'"(harbour[^"]*|[A-Z][^"]+ [^"]+|\d+x\d+|http[^"]+/v1|source\.png)"', python
            )
        )
        assert len(values) >= 4
        assert all(f'"{value}"' in javascript for value in values)
        assert "apiKey: process.env.PARAGONE_KEY" in javascript
