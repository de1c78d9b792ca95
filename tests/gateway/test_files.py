"""Addresses of made pictures: sealed, for an hour, for callers' pictures only."""

import time
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.test import Client
from PIL import Image

from arena.gateway.addresses import BadAddress, open_address, seal_address
from arena.generation.models import Candidate, Generation
from arena.generation.storing import keep_original
from tests.factories import create_arena
from tests.leak.originals import make_original

from .conftest import read_error

FILES = "/openai/v1/files/"


def seal(**values):
    usual = {"generation_id": 7, "form": None, "quality": None, "now": 1_000_000.0}
    return seal_address(**(usual | values))


def test_a_token_opens_for_an_hour_and_says_what_it_is_for():
    token = seal(form="webp", quality=0)
    address = open_address(token, now=1_000_000 + 3599)
    assert (address.generation_id, address.form, address.quality) == (7, "webp", 0)
    assert open_address(seal(), now=1_000_000).quality is None
    with pytest.raises(BadAddress, match="hour"):
        open_address(token, now=1_000_000 + 3600)


def test_a_token_tells_nothing_and_is_never_the_same():
    tokens = {seal() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {len(seal(generation_id=2**40, form="jpeg"))}
    # No character stands at the same place in all of them, as a number that is only signed would.
    assert all(len(set(column)) > 20 for column in list(zip(*tokens, strict=True))[:-1])


@pytest.mark.parametrize("where", range(0, 55, 3))
def test_a_changed_token_opens_nothing(where):
    token = seal()
    changed = token[:where] + ("A" if token[where] != "A" else "B") + token[where + 1 :]
    with pytest.raises(BadAddress, match="no such file"):
        open_address(changed, now=1_000_000)


@pytest.mark.parametrize(
    "token", ["", "x", "ü" * 56, "A" * 56, "A" * 5000, "../../etc/passwd", "%"]
)
def test_nonsense_opens_nothing(token):
    with pytest.raises(BadAddress):
        open_address(token, now=1_000_000)


def test_a_key_of_another_site_opens_nothing(settings):
    token = seal()
    settings.SECRET_KEY = "another site's secret"
    with pytest.raises(BadAddress):
        open_address(token, now=1_000_000)


def test_an_address_serves_the_picture_without_a_key(client: Client, fake, generate):
    url = generate(output_format="webp").json()["data"][0]["url"]
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc) == ("http", "testserver")
    answer = client.get(parts.path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert not answer.cookies
    image = Image.open(BytesIO(answer.content))
    assert (image.format, image.size) == ("WEBP", (256, 256))
    assert client.head(parts.path).status_code == 200


def test_a_picture_comes_as_the_provider_gave_it_where_no_format_was_asked(
    client: Client, fake, generate
):
    answer = client.get(generate().json()["data"][0]["url"])
    assert answer["Content-Type"] == "image/png"


def test_an_old_address_is_404_in_json(client: Client, fake, generate):
    generate()
    generation = Generation.objects.get()
    old = seal(generation_id=generation.pk, now=time.time() - 3601)
    answer = client.get(FILES + old)
    assert (answer.status_code, read_error(answer)["code"]) == (404, "file_not_found")


def test_no_address_serves_a_picture_that_competes(client: Client, transactional_db):
    create_arena(files=True)
    generation = Candidate.objects.first().generation
    name, checksum = keep_original(generation.pk, data=make_original(number=1, label="x", seed=1))
    generation.parameters = {"original": name, "sha256": checksum}
    generation.save()
    answer = client.get(FILES + seal(generation_id=generation.pk, now=time.time()))
    assert answer.status_code == 404
    read_error(answer)
    # Not even where a slip marked its call as a caller's.
    Generation.objects.update(origin="gateway")
    assert client.get(FILES + seal(generation_id=generation.pk, now=time.time())).status_code == 404


def test_a_file_that_is_gone_is_404(client: Client, fake, generate, settings, tmp_path):
    url = generate().json()["data"][0]["url"]
    settings.MEDIA_ROOT = tmp_path / "empty"
    answer = client.get(url)
    assert (answer.status_code, read_error(answer)["code"]) == (404, "file_not_found")
