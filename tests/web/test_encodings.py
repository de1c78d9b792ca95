"""What a body claims to be written in breaks no page."""

import pytest
from django.test import Client

from arena.battles.models import Suggestion
from tests.gateway.conftest import EDITS

pytestmark = pytest.mark.django_db

WORDS = {"title": "A boat", "text": "A red boat, ünd more.", "discipline": "text-to-image"}
FORM = (
    "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in WORDS.items()
    ).encode()
    + b"--x--\r\n"
)


@pytest.mark.parametrize("charset", ["hex", "rot13", "base64", "undefined", "idna", "utf-16", "no"])
def test_a_form_in_a_strange_charset_is_read_as_utf8(charset):
    client = Client(raise_request_exception=False)
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    for path in ("/battles/abc/verdict/", "/playground/", EDITS):
        assert client.generic("POST", path, FORM, content_type=kind).status_code < 500, path
    answer = client.generic("POST", "/suggest/", FORM, content_type=kind)
    assert answer.status_code == 302, answer.content
    assert Suggestion.objects.get().text == WORDS["text"]
