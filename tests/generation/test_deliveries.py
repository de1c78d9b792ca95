"""Parcels taken in behind the page: whatever dies in the middle, nothing is lost and nothing comes twice."""

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.models import F

from arena.challenges.editing import revise_prompt
from arena.challenges.models import HistoryLine, Prompt
from arena.generation import bringing, deliveries
from arena.generation.bringing import bring_in, map_parcel
from arena.generation.deliveries import (
    carry_on,
    carry_on_and_tell,
    keep_upload,
    list_resting,
    open_parcel,
    parcel_path,
    start_delivery,
)
from arena.generation.models import Batch, Delivery, Generation, Slot
from arena.generation.parcels import ParcelError, find_folder, open_folder, open_zip
from arena.pictures.intake import PictureError
from arena.pictures.workshop import WorkshopError
from tests.factories import create_challenge, create_model
from tests.pictures.hostile import noise, save

pytestmark = pytest.mark.django_db
PNG = save(noise(), "PNG")
NAMES = [f"red-cube/mine.{take}.png" for take in (1, 2, 3)]


@pytest.fixture(autouse=True)
def arena() -> None:
    create_challenge(slug="red-cube")
    create_model(slug="mine")


def pack(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def deliver(files: dict[str, bytes] | None = None) -> Delivery:
    data = pack(files or dict.fromkeys(NAMES, PNG))
    token = keep_upload(SimpleUploadedFile("parcel.zip", data))
    with open_parcel(token=token, folder="") as parcel:
        return start_delivery(map_parcel(parcel), token=token, by=None)


def counts(delivery: Delivery) -> tuple[int, int, int]:
    delivery.refresh_from_db()
    return delivery.done, delivery.taken, len(delivery.refused)


def fill(folder: Path, names: list[str] = NAMES) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(PNG)
    return folder


def test_a_delivery_goes_on_turn_by_turn_and_ends_once():
    files = {**dict.fromkeys(NAMES, PNG), NAMES[1]: b"no picture", "odd.png": PNG}
    delivery = deliver(files)
    assert counts(delivery) == (0, 0, 1)
    told: list[Any] = []
    for done in (1, 2):
        planned, left = carry_on(delivery.pk, seconds=0)
        assert (left, counts(delivery)[0]) == (True, done)
        told += planned
    assert parcel_path(delivery.token).exists()
    again: list[int] = []
    carry_on_and_tell(delivery.pk, collect=told.extend, again=again.extend)
    assert again == []
    assert counts(delivery) == (3, 2, 2)
    assert told == list(Generation.objects.order_by("pk").values_list("pk", flat=True))
    assert [name for name, _ in delivery.refused] == ["odd.png", NAMES[1]]
    assert delivery.finished_at is not None
    assert not parcel_path(delivery.token).exists()
    assert Batch.objects.count() == 1
    assert HistoryLine.objects.get().said == "Brought 2 pictures along; 2 files stayed out."
    assert carry_on(delivery.pk) == ([], False)


def test_a_worker_that_dies_in_the_middle_loses_nothing(monkeypatch):
    delivery = deliver()
    carry_on(delivery.pk, seconds=0)

    def die(*args: Any, **values: Any) -> None:
        raise KeyboardInterrupt

    # In the transaction that keeps the second picture, and before it while the picture is looked at.
    for place in ("keep_original", "measure_picture"):
        with monkeypatch.context() as dying:
            dying.setattr(bringing, place, die)
            with pytest.raises(KeyboardInterrupt):
                carry_on(delivery.pk)
        assert counts(delivery) == (1, 1, 0)
        assert Slot.objects.count() == 1
    assert list_resting() == []
    Delivery.objects.update(moved_at=F("moved_at") - deliveries.RESTS - timedelta(seconds=1))
    assert list_resting() == [delivery.pk]
    assert list_resting() == []  # told once in a while
    carry_on(delivery.pk)
    assert counts(delivery) == (3, 3, 0)
    assert sorted(Slot.objects.values_list("take", flat=True)) == [0, 1, 2]
    assert Batch.objects.count() == 1


def test_two_workers_at_one_delivery_take_nothing_twice(monkeypatch):
    delivery = deliver()
    slow = deliveries.read_checked

    def read_while_another_is_faster(parcel: Any, file: str) -> bytes:
        data = slow(parcel, file)
        monkeypatch.setattr(deliveries, "read_checked", slow)
        carry_on(delivery.pk, seconds=0)
        return data

    monkeypatch.setattr(deliveries, "read_checked", read_while_another_is_faster)
    assert carry_on(delivery.pk) == ([], False)
    assert counts(delivery) == (1, 1, 0)
    assert Slot.objects.count() == 1
    carry_on(delivery.pk)
    assert counts(delivery) == (3, 3, 0)


def test_the_same_parcel_again_brings_nothing_twice():
    first = deliver()
    carry_on(first.pk)
    second = deliver()
    assert second.plan == []
    assert {fault for _, fault in second.refused} == {bringing.THERE}
    carry_on(second.pk)
    assert Slot.objects.count() == 3
    # A second press of the same page finds the first one's delivery.
    assert start_delivery([], token=first.token, by=None).pk == first.pk


def test_what_changed_since_the_preview_stays_out_with_its_reason():
    create_challenge(slug="other", prompts=("One.",))
    delivery = deliver(dict.fromkeys([NAMES[0], NAMES[1], "other/mine.1.png"], PNG))
    revise_prompt(Prompt.objects.get(challenge__slug="other"), text="Two.")
    list(bring_in(open_zip(io.BytesIO(pack({NAMES[1]: PNG}))), by=None))
    carry_on(delivery.pk)
    assert counts(delivery) == (3, 1, 2)
    assert [fault for _, fault in delivery.refused] == [
        bringing.THERE,
        "Its prompt or its model was changed meanwhile: bring it again.",
    ]


def test_a_parcel_that_is_gone_ends_the_delivery_in_a_sentence(monkeypatch):
    delivery = deliver()
    carry_on(delivery.pk, seconds=0)

    def refuse(data: bytes) -> None:
        raise WorkshopError("No process.")

    with monkeypatch.context() as broken:
        broken.setattr(bringing, "measure_picture", refuse)
        with pytest.raises(WorkshopError):
            carry_on(delivery.pk)
    assert (counts(delivery), delivery.finished_at) == ((1, 1, 0), None)
    parcel_path(delivery.token).unlink()
    assert carry_on(delivery.pk) == ([], False)
    assert (counts(delivery), delivery.fault) == (
        (1, 1, 0), "That upload is no longer here; upload it again."
    )  # fmt: skip
    assert delivery.finished_at is not None


def test_old_uploads_are_cleared_but_for_those_under_way():
    delivery = deliver()
    forgotten = keep_upload(SimpleUploadedFile("parcel.zip", b"PK"))
    long_ago = parcel_path(forgotten).stat().st_mtime - deliveries.KEPT_SECONDS - 60
    for token in (delivery.token, forgotten):
        os.utime(parcel_path(token), (long_ago, long_ago))
    keep_upload(SimpleUploadedFile("parcel.zip", b"PK"))
    assert parcel_path(delivery.token).exists()
    assert not parcel_path(forgotten).exists()


def test_no_trick_opens_a_folder_that_is_not_allowed(tmp_path, settings):
    allowed, secret = fill(tmp_path / "allowed"), fill(tmp_path / "allowed-not")
    inner = fill(allowed / "inner")
    (allowed / "out").symlink_to(secret)
    (allowed / "in").symlink_to(inner)
    (allowed / "circle").symlink_to(allowed / "circle")
    tricks = [
        "", " ", "/", "..", "allowed", ".", "~", "red-cube", str(secret), str(tmp_path), "/etc",
        f"{allowed}/../allowed-not", f"{allowed}/out", f"{allowed}/out/red-cube", f"{allowed}/circle",
        f"{allowed}/inner/../../allowed-not", f"{allowed}/nowhere", f"{allowed}/{NAMES[0]}",
        f"{allowed}\0/inner", f"/proc/self/root{secret}", "/" + "x" * 5000, f"{allowed}/{'x' * 400}",
        f"file://{allowed}", f"{allowed}/%2e%2e/allowed-not", "\\\\server\\share",
    ]  # fmt: skip
    settings.BRING_FOLDERS = (str(allowed),)
    for trick in tricks:
        with pytest.raises(ParcelError) as refused:
            find_folder(trick)
        assert str(secret) not in str(refused.value)
        assert str(refused.value).endswith("."), trick
    assert find_folder(f" {allowed} ") == allowed
    assert find_folder(f"{allowed}/inner/../inner/") == inner
    assert find_folder(f"{allowed}/in") == inner
    settings.BRING_FOLDERS = ()
    with pytest.raises(ParcelError):
        find_folder(str(allowed))


def test_a_folder_is_read_without_what_leads_out_of_it(tmp_path):
    folder, secret = fill(tmp_path / "folder"), fill(tmp_path / "secret", ["red-cube/mine.9.png"])
    (folder / "linked").symlink_to(secret)
    (folder / "red-cube" / "mine.4.png").symlink_to(secret / "red-cube" / "mine.9.png")
    os.mkfifo(folder / "red-cube" / "mine.5.png")
    (folder / os.fsdecode(b"caf\xe9.png")).write_bytes(PNG)
    (folder / ".DS_Store").write_bytes(b"x")
    parcel = open_folder(folder)
    assert sorted(parcel.sizes) == sorted([*NAMES, r"caf\udce9.png"])
    assert parcel.read(NAMES[0]) == PNG
    # A link is put in a file's place, or in its folder's, after it was listed.
    (folder / NAMES[0]).unlink()
    (folder / NAMES[0]).symlink_to(secret / "red-cube" / "mine.9.png")
    (folder / NAMES[1]).unlink()
    for name in (*NAMES[:2], "../secret/red-cube/mine.9.png"):
        with pytest.raises(PictureError):
            parcel.read(name)
    (folder / "red-cube").rename(tmp_path / "away")
    (folder / "red-cube").symlink_to(secret / "red-cube")
    (secret / "red-cube" / "mine.3.png").write_bytes(PNG)
    with pytest.raises(PictureError, match="out of the folder"):
        parcel.read(NAMES[2])


def test_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    head = "file,challenge,prompt,model,take\n"
    rows = "".join(f"{n}.png,red-cube,,mine,{n}\n" for n in range(1, 502))
    for manifest, said in (
        (head + rows, "more than 500 rows"),
        (head + "x" * 1_000_001, "larger than 1 MB"),
        (head, "needs rows"),
    ):
        with pytest.raises(ParcelError, match=said):
            map_parcel(
                open_zip(io.BytesIO(pack({"manifest.csv": manifest.encode(), "1.png": PNG})))
            )
    long_names = pack({f"{n}-{'x' * 60_000}": b"" for n in range(40)})
    with pytest.raises(ParcelError, match="too many files"):
        open_zip(io.BytesIO(long_names))
    monkeypatch.setattr("arena.generation.parcels.MOST_LOOKED_AT", 4)
    folder = fill(tmp_path / "folder")
    open_folder(folder)
    (folder / "one more").mkdir()
    with pytest.raises(ParcelError, match="more than 4"):
        open_folder(folder)


def test_a_preview_costs_the_same_queries_however_many_files(django_assert_num_queries):
    for takes in (3, 300):
        parcel = open_zip(
            io.BytesIO(pack({f"red-cube/mine.{n + 1}.png": b"" for n in range(takes)}))
        )
        with django_assert_num_queries(4):
            assert len(map_parcel(parcel)) == takes


def test_the_command_rehearses_and_brings_a_folder_or_a_zip(tmp_path):
    folder = fill(tmp_path / "folder", [*NAMES[:2], "odd.png"])
    out = io.StringIO()
    call_command("bring", str(folder), "--dry-run", stdout=out)
    assert "2 of 3 files can be taken in. Nothing was kept." in out.getvalue()
    assert "odd.png: Its name is not challenge/model.take.ending." in out.getvalue()
    assert not Slot.objects.exists()
    call_command("bring", str(folder), stdout=out)
    assert "2 of 3 files are taken in." in out.getvalue()
    (tmp_path / "parcel.zip").write_bytes(pack(dict.fromkeys(NAMES, PNG)))
    call_command("bring", str(tmp_path / "parcel.zip"), stdout=out)
    assert "1 of 3 files are taken in." in out.getvalue()
    assert set(Generation.objects.values_list("state", "origin")) == {("collecting", "brought")}
    assert Slot.objects.count() == 3
    for wrong in (tmp_path / "parcel.zip", tmp_path / "nowhere", folder / "odd.png"):
        with pytest.raises(CommandError):
            call_command("bring", str(wrong), stdout=out)
