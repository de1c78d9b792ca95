"""Pictures made elsewhere: names or a manifest, a preview, the intake of all; hostile uploads get sentences."""

import io
import random
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from arena.generation.bringing import Brought, bring_in, map_parcel
from arena.generation.collecting import collect_picture
from arena.generation.deliveries import carry_on
from arena.generation.dispatch import plan_due
from arena.generation.models import Candidate, Delivery, Generation, LedgerEntry, Slot
from arena.generation.parcels import Parcel, ParcelError, open_folder, open_zip
from tests.factories import create_challenge, create_model
from tests.pictures.hostile import make_inputs, noise, save

pytestmark = pytest.mark.django_db

PNG = save(noise(), "PNG")


def pack(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def upload(client: Client, data: bytes) -> Any:
    return client.post(
        reverse("moderation:bring"), {"parcel": SimpleUploadedFile("parcel.zip", data)}
    )


def bring_all(parcel: Parcel) -> tuple[list[int], list[Brought]]:
    """Take a parcel in as the command does; return the calls, and what stays out."""
    pairs = list(bring_in(parcel, by=None))
    return [call for _, call in pairs if call], [row for row, call in pairs if call is None]


def take_in(client: Client, page: Any) -> Delivery:
    """Press the button of a preview, and let the workers do their part."""
    fields = {name: page.context[name] for name in ("token", "folder")}
    answer = client.post(reverse("moderation:bring"), fields)
    assert answer["Location"] == reverse("moderation:delivery", args=[fields["token"]])
    delivery = Delivery.objects.get(token=fields["token"])
    carry_on(delivery.pk, seconds=600)
    delivery.refresh_from_db()
    return delivery


@pytest.fixture
def arena() -> None:
    create_challenge(slug="red-cube")
    create_challenge(slug="two-prompts", prompts=("One.", "Two."))
    create_model(slug="mine-1")
    create_model(slug="mine-2")


@pytest.mark.django_db(transaction=True)
def test_a_zip_is_looked_at_first_and_taken_in_by_the_same_intake(client, curator, arena):
    files = {
        "red-cube/mine-1.1.png": PNG,
        "red-cube/mine-2.1.png": save(noise(seed=2), "JPEG"),
        "two-prompts/2/mine-1.1.webp": save(noise(seed=3), "WEBP"),
        "two-prompts/mine-1.1.png": PNG,
        "red-cube/mine-1.2.png": b"no picture",
        "red-cube/nobody.1.png": PNG,
        "../red-cube/mine-1.3.png": PNG,
        "__MACOSX/._x": b"",
    }
    page = upload(client, pack(files))
    assert page.status_code == 200
    found = {row.file: row.fault for row in page.context["found"]}
    assert found["two-prompts/mine-1.1.png"] == "This challenge has several prompts: say which."
    assert found["red-cube/nobody.1.png"] == "There is no model “nobody”."
    assert found["../red-cube/mine-1.3.png"].startswith("Its name is not")
    assert not Slot.objects.exists()

    done = take_in(client, page)
    assert (done.taken, done.done, done.brought_by) == (3, 4, curator)
    faults = dict(done.refused)
    assert set(faults) == {*list(files)[3:7]}
    told = client.get(reverse("moderation:delivery", args=[done.token])).content.decode()
    assert "3 pictures are taken in." in told
    assert faults["red-cube/mine-1.2.png"] in told
    assert faults["red-cube/mine-1.2.png"].endswith(".")
    for generation in Generation.objects.all():
        collect_picture(generation.pk)
    assert Candidate.objects.filter(status="in-play").count() == 3
    assert set(Generation.objects.values_list("state", "origin")) == {("stored", "brought")}
    # Nobody is asked and nothing is paid, and a second press takes nothing in.
    assert plan_due() == []
    assert not LedgerEntry.objects.exists()
    take_in(client, page)
    assert Generation.objects.count() == 3


def test_the_page_answers_at_once_and_tells_how_far_it_is(client, curator, arena):
    files = {f"red-cube/mine-{n}.1.png": PNG for n in (1, 2)}
    page = upload(client, pack(files))
    answer = client.post(reverse("moderation:bring"), {"token": page.context["token"]})
    assert not Slot.objects.exists()
    url = answer["Location"]
    waiting = client.get(url).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert "0 of 2 files are dealt with." in waiting
    assert f'hx-get="{url}"' in waiting
    carry_on(Delivery.objects.get().pk, seconds=0)
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div id="delivery" hx-get')
    assert "1 of 2 files are dealt with." in fragment
    carry_on(Delivery.objects.get().pk)
    ended = client.get(url).content.decode()
    assert "All files are dealt with." in ended
    assert "hx-get" not in ended
    assert "refresh" not in ended
    assert "Brought before" in client.get(reverse("moderation:bring")).content.decode()
    assert client.get(reverse("moderation:delivery", args=["x" * 22])).status_code == 404


def test_a_folder_on_the_server_is_brought_where_the_operator_allows_it(
    client, curator, arena, tmp_path, settings
):
    folder, secret = tmp_path / "renders", tmp_path / "secret"
    for place in (folder, secret):
        (place / "red-cube").mkdir(parents=True)
        (place / "red-cube" / "mine-1.1.png").write_bytes(PNG)
    (folder / "out").symlink_to(secret)
    url = reverse("moderation:bring")
    off = client.get(url).content.decode()
    assert "BRING_FOLDERS" in off
    assert 'name="folder"' not in off
    assert client.post(url, {"folder": str(folder)}).status_code == 422
    settings.BRING_FOLDERS = (str(folder),)
    assert str(folder) in client.get(url).content.decode()
    for trick in ("", " ", str(secret), f"{folder}/../secret", f"{folder}/out", "x" * 2000, "a\0b"):
        answer = client.post(url, {"folder": trick})
        assert answer.status_code == 422, trick
        assert answer.context["form"].errors["folder"], trick
        # Nor does the second step open what the first one would not.
        forged = client.post(url, {"token": "x" * 22, "folder": trick}, follow=True)
        assert "Nothing was taken in." in forged.content.decode(), trick
    assert not Delivery.objects.exists()
    page = client.post(url, {"folder": str(folder)})
    assert [row.fault for row in page.context["found"]] == [""]
    assert take_in(client, page).taken == 1
    assert (folder / "red-cube" / "mine-1.1.png").exists()
    assert Slot.objects.count() == 1


def test_the_same_again_brings_nothing_twice(arena):
    data = pack({"red-cube/mine-1.1.png": PNG})
    assert len(bring_all(open_zip(io.BytesIO(data)))[0]) == 1
    planned, refused = bring_all(open_zip(io.BytesIO(data)))
    assert (planned, [row.fault for row in refused]) == (
        [], ["This take is there already, or ordered."]
    )  # fmt: skip


def test_a_manifest_names_files_as_they_are(arena):
    lines = [
        "file,challenge,prompt,model,take",
        "a b.png,red-cube,,mine-1,1",
        "lost.png,red-cube,,mine-1,2",
        "c.png,red-cube,,mine-1,0",
        "d.png,red\0cube,,mine-1,3",
        "e.png,red-cube,,mine-1,1",
        "short.png",
    ]
    names = ["a b.png", "c.png", "d.png", "e.png", "short.png", "extra.png"]
    parcel = pack({"manifest.csv": "\n".join(lines).encode(), **dict.fromkeys(names, PNG)})
    found = {row.file: row.fault for row in map_parcel(open_zip(io.BytesIO(parcel)))}
    assert [name for name, fault in found.items() if not fault] == ["a b.png"]
    assert found["lost.png"] == "The manifest names it, but it is not there."
    assert found["c.png"] == "Prompt and take are whole numbers from 1."
    assert found["e.png"] == "“a b.png” is for the same place."
    assert found["extra.png"] == "The manifest does not name it."
    with pytest.raises(ParcelError, match="columns"):
        map_parcel(open_zip(io.BytesIO(pack({"manifest.csv": b"file,take\na,b\n"}))))


def test_a_folder_is_read_without_its_links(arena, tmp_path):
    (tmp_path / "red-cube").mkdir()
    (tmp_path / "red-cube" / "mine-1.1.png").write_bytes(PNG)
    (tmp_path / "red-cube" / "mine-1.2.png").symlink_to("/etc/passwd")
    planned, refused = bring_all(open_folder(tmp_path))
    assert (len(planned), refused) == (1, [])
    with pytest.raises(ParcelError):
        open_folder(tmp_path / "nowhere")


def test_hostile_pictures_are_refused_in_sentences_and_the_good_ones_go_on(arena):
    inputs = make_inputs()
    files = {f"red-cube/mine-1.{n}.png": data for n, (_, data) in enumerate(inputs, start=1)}
    assert len(files) >= 160
    planned, refused = bring_all(open_zip(io.BytesIO(pack(files))))
    faults = {row.file: row.fault for row in refused}
    assert len(planned) + len(refused) == len(files)
    for (name, _), file in zip(inputs, files, strict=True):
        assert not (name.startswith("good") and file in faults), name
        assert not (name.startswith("bad") and file not in faults), name
    assert all(len(fault) < 100 and fault.endswith(".") for fault in faults.values())
    assert Slot.objects.count() == len(planned)


def hostile_zips() -> list[bytes]:
    """Some 150: cut, with flipped bytes, with names that lead elsewhere, with bombs, with two of one name."""
    dice = random.Random(8)
    whole = pack({"red-cube/mine-1.1.png": PNG, "red-cube/mine-2.1.png": PNG})
    found = [whole[: len(whole) * n // 40] for n in range(40)]
    for _ in range(80):
        flipped = bytearray(whole)
        for _ in range(3):
            flipped[-1 - dice.randrange(300)] = dice.randrange(256)
        found.append(bytes(flipped))
    names = ["../../etc/passwd", "/etc/passwd", "C:\\x.png", "red-cube/../mine-1.1.png", "a\0b.png",
             "red-cube/mine-1.1.png/", "\u202egnp.png", "x" * 60_000, "red-cube/mine-1.99999.png",
             "red-cube/0/mine-1.1.png", "red-cube/mine-1.-1.png", "😀/😀.1.png"]  # fmt: skip
    found += [pack({name: PNG}) for name in names]
    found.append(pack({f"{n}.png": b"" for n in range(600)}))
    found.append(pack({"manifest.csv": b"\xff\xfe\0\0"}))
    found.append(pack({"manifest.csv": bytes(31_000_000)}))
    found += [b"", b"PK", b"PK\x05\x06" + bytes(18), PNG, b"GIF89a", whole + whole, PNG + whole]
    return found


def test_hostile_zips_give_a_page_that_says_what_is_wrong(client, curator, arena):
    parcels = hostile_zips()
    assert len(parcels) >= 140
    for number, data in enumerate(parcels):
        answer = upload(client, data)
        assert answer.status_code in (200, 422), number
        if answer.status_code == 422:
            (error,) = answer.context["form"].errors["parcel"]
            assert error.endswith("."), number
        elif answer.context["token"]:
            take_in(client, answer)
    # Whatever was in them, what was taken in is the two good pictures at most, at their own places.
    assert Slot.objects.count() <= 2
    assert client.post(reverse("moderation:bring"), {"token": "../../x"}).status_code == 302
    assert client.post(reverse("moderation:bring"), {}).status_code == 422
