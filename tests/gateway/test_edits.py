"""Edits: pictures of a caller, checked and handed on as they are."""

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from arena.generation.models import Slot

from .conftest import EDITS, headers, picture, read_error, uploads


def test_one_picture_is_edited(fake, edit):
    sent = picture((120, 80), form="JPEG")
    answer = edit(pictures=[sent])
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"][0]["url"].startswith("http://testserver/openai/v1/files/")
    (post,) = fake.posts
    assert post.path.endswith("/images/edits")
    assert post.fields["prompt"] == "Make it night."
    (file,) = post.files
    assert file.data == sent
    # The caller's name and type are not repeated to anybody.
    assert (file.name, file.content_type) == ("picture-1.jpeg", "image/jpeg")
    assert Slot.objects.get().asked["discipline"] == "image-editing"


@pytest.mark.parametrize("name", ["image", "image[]"])
def test_several_pictures_keep_their_order(fake, edit, name):
    sent = [picture(colour=(n, 0, 0)) for n in range(3)]
    assert edit(pictures=sent, name=name).status_code == 200
    assert [file.data for file in fake.posts[0].files] == sent


def test_the_shape_of_the_first_picture_is_the_usual_size(fake, edit):
    edit(pictures=[picture((300, 150)), picture((100, 100))])
    assert fake.posts[0].fields["size"] == "1456x720"
    edit(pictures=[picture((300, 150))], size="512x512")
    assert fake.posts[1].fields["size"] == "512x512"


def test_sixteen_pictures_are_the_most(fake, edit):
    small = picture((64, 64))
    assert edit(pictures=[small] * 16).status_code == 200
    answer = edit(pictures=[small] * 17)
    assert (answer.status_code, read_error(answer)["param"]) == (400, "image")
    assert len(fake.posts) == 1


def bomb() -> bytes:
    file = BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    return file.getvalue()


def animation() -> bytes:
    file = BytesIO()
    frames = [Image.new("RGB", (80, 80), (n * 90, 0, 0)) for n in range(2)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    return file.getvalue()


def test_what_is_no_acceptable_picture_is_refused_with_its_number(fake, edit):
    good = picture()
    bad = (b"", b"GIF89a...", b"<svg/>", good[:-20], picture((10, 10)), bomb(), animation())
    for data in bad:
        answer = edit(pictures=[good, data])
        assert answer.status_code == 400, answer.content
        error = read_error(answer)
        assert (error["param"], error["code"]) == ("image", "invalid_image")
        assert "2" in error["message"]
    assert fake.posts == []
    assert not Slot.objects.exists()


def test_a_mask_is_refused_clearly(fake, edit):
    (mask,) = uploads([picture()])
    answer = edit(pictures=[picture()], mask=mask)
    error = read_error(answer)
    assert (answer.status_code, error["param"]) == (400, "mask")
    assert "prompt" in error["message"]


def test_a_form_without_pictures_or_with_strange_files_is_refused(fake, edit):
    (file,) = uploads([picture()])
    assert read_error(edit(pictures=[], name="image"))["param"] == "image"
    assert read_error(edit(pictures=[picture()], markup=file))["param"] == "markup"
    assert fake.posts == []


def test_fields_of_a_form_are_checked_as_those_of_json(fake, edit):
    assert read_error(edit(pictures=[picture()], n="5"))["param"] == "n"
    assert read_error(edit(pictures=[picture()], webhook="x"))["param"] == "webhook"
    assert read_error(edit(pictures=[picture()], model="nobody"))["code"] == "model_not_found"
    answer = edit(pictures=[picture()], n="2", seed="5", style="vivid")
    assert len(answer.json()["data"]) == 2
    assert {post.fields["style"] for post in fake.posts} == {"vivid"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"no form", "multipart/form-data"),
        (b"no form", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"", "text/plain"),
    ],
)
def test_a_body_that_is_no_form_is_refused(client: Client, model, secret, body, content_type):
    answer = client.post(EDITS, data=body, content_type=content_type, headers=headers(secret))
    assert answer.status_code == 400
    read_error(answer)
