"""Takes a parcel of pictures in behind the page that it was sent from: some files at a time, by whatever worker.

The list of files is written down when a curator says yes. Each file's end is one transaction that also counts
it, so a worker that dies loses nothing and none is taken twice; two workers at one delivery do no harm.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.functions import Now

from arena.challenges.history import note_action
from arena.pictures.intake import PictureError

from .bringing import Brought, plan_brought, read_checked
from .models import Delivery
from .parcels import Parcel, ParcelError, find_folder, open_folder, open_zip

# A worker takes files in for so long, then it lets other work of its queue pass.
TURN_SECONDS = 5.0
# Where nothing moved for so long nobody may be at it: told again, which does no harm where somebody is.
RESTS = timedelta(seconds=60)
# Uploads that nobody took in are cleared at the next upload after a day.
KEPT_SECONDS = 24 * 3600
LONGEST_NAME = 200
AT_MOST = 50


class Overtaken(Exception):
    """Another worker has dealt with this file meanwhile."""


def keep_upload(upload: UploadedFile) -> str:
    """Keep an uploaded ZIP under a name nobody guesses, outside what is served; return its token."""
    token = secrets.token_urlsafe(16)
    path = parcel_path(token)
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_forgotten(path.parent)
    upload.seek(0)
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return token


def parcel_path(token: str) -> Path:
    """Return where an upload lies between its preview and its last picture."""
    return Path(settings.MEDIA_ROOT) / "parcels" / f"{token}.zip"


@contextmanager
def open_parcel(*, token: str, folder: str) -> Iterator[Parcel]:
    """Open the folder, or the upload of this token where there is none; raises ParcelError."""
    if folder:
        yield open_folder(find_folder(folder))
        return
    try:
        file = parcel_path(token).open("rb")
    except OSError as error:
        raise ParcelError("That upload is no longer here; upload it again.") from error
    with file:
        yield open_zip(cast(Any, file))


def start_delivery(
    found: list[Brought], *, token: str, folder: str = "", by: User | None
) -> Delivery:
    """Write down what is to be taken in; the same token again returns the delivery that is there."""
    plan = [[row.file, *row.slot_of] for row in found if row.slot_of]
    refused = [_line(row.file, row.fault) for row in found if not row.slot_of]
    delivery, _ = Delivery.objects.get_or_create(
        token=token,
        defaults={"folder": folder, "plan": plan, "refused": refused, "brought_by": by},
    )
    return delivery


def list_resting() -> list[int]:
    """List deliveries that nobody seems to be at, once in RESTS each: their worker died, or the hint was lost."""
    resting = Delivery.objects.filter(finished_at=None, moved_at__lt=Now() - RESTS)
    with transaction.atomic():
        rows = resting.select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:AT_MOST])
        Delivery.objects.filter(pk__in=ids).update(moved_at=Now())
    return ids


def carry_on_and_tell(
    delivery_id: int,
    *,
    collect: Callable[[list[int]], None],
    again: Callable[[list[int]], None],
) -> None:
    """Take some files in, then tell the intake of each, and of the delivery where files are left."""
    planned, left = carry_on(delivery_id)
    collect(planned)
    again([delivery_id] if left else [])


def carry_on(delivery_id: int, *, seconds: float = TURN_SECONDS) -> tuple[list[int], bool]:
    """Take the next files in, at least one, for about so many seconds.

    Returns the calls that are to be collected, and whether files are left for another turn. Raises WorkshopError
    when no process could be started that looks at pictures; the delivery stays as it is then.
    """
    delivery = Delivery.objects.filter(pk=delivery_id, finished_at=None).first()
    if delivery is None:
        return [], False
    planned: list[int] = []
    ends_at = time.monotonic() + seconds
    try:
        with open_parcel(token=delivery.token, folder=delivery.folder) as parcel:
            while delivery.done < len(delivery.plan):
                planned += _deal_with_next(delivery, parcel)
                if time.monotonic() > ends_at:
                    break
    except Overtaken:
        return planned, False  # whoever was faster goes on
    except ParcelError as error:
        _finish(delivery.pk, fault=str(error))
    else:
        if delivery.done < len(delivery.plan):
            return planned, True
        _finish(delivery.pk)
    if not delivery.folder:
        parcel_path(delivery.token).unlink(missing_ok=True)
    return planned, False


def _deal_with_next(delivery: Delivery, parcel: Parcel) -> list[int]:
    """Take one file in or note why not, in one transaction; returns the id of its call, if any."""
    file, *place = delivery.plan[delivery.done]
    fault, data = "", b""
    try:
        data = read_checked(parcel, file)
    except PictureError as error:
        fault = str(error)
    with transaction.atomic():
        open_rows = Delivery.objects.select_for_update().filter(finished_at=None)
        row = open_rows.filter(pk=delivery.pk, done=delivery.done).first()
        if row is None:
            raise Overtaken
        planned = []
        if not fault:
            try:
                planned = [plan_brought(tuple(place), data, batches=row.batches, by=row.brought_by)]
            except PictureError as error:
                fault = str(error)
        row.done += 1
        row.taken += len(planned)
        row.refused += [_line(file, fault)] if fault else []
        row.moved_at = Now()
        row.save(update_fields=["done", "taken", "refused", "batches", "moved_at"])
    delivery.done += 1
    return planned


@transaction.atomic
def _finish(delivery_id: int, *, fault: str = "") -> None:
    row = Delivery.objects.select_for_update().filter(pk=delivery_id, finished_at=None).first()
    if row is None:
        return
    Delivery.objects.filter(pk=row.pk).update(finished_at=Now(), fault=fault[:300])
    if row.taken:
        note_action(
            who=row.brought_by,
            said=f"Brought {row.taken} pictures along; {len(row.refused)} files stayed out.",
            way_back="Not by a press here: hide or retire the pictures on their challenge's page.",
        )


def _line(file: str, fault: str) -> list[str]:
    """What is kept of a file that stays out; PostgreSQL holds no null characters."""
    name = file if len(file) <= LONGEST_NAME else file[:LONGEST_NAME] + "…"
    return [name.replace("\0", "\ufffd"), fault]


def _clear_forgotten(folder: Path) -> None:
    """Remove uploads of earlier days that no delivery waits for."""
    wanted = set(Delivery.objects.filter(finished_at=None).values_list("token", flat=True))
    for other in folder.glob("*.zip"):
        old = time.time() - other.stat().st_mtime > KEPT_SECONDS
        if old and other.stem not in wanted:
            other.unlink(missing_ok=True)
