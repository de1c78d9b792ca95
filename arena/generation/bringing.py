"""Takes in pictures that were made elsewhere: names say what each is, the intake is everybody's.

A ZIP or a folder holds `<challenge>/<model>.<take>.<ending>`, with `<challenge>/<prompt>/…` where a challenge has
several prompts (counted from 1, as takes are); or a `manifest.csv` with the columns file, challenge, prompt,
model, take. Whoever brings pictures needs no provider's key: they stand at a provider that is never asked.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from django.contrib.auth.models import User
from django.db import transaction

from arena.catalog.models import ImageModel, Offering, Provider
from arena.challenges.models import Challenge, Prompt
from arena.pictures.intake import PictureError

from .models import Batch, Generation, Slot
from .parcels import MOST_BYTES, MOST_FILES, Parcel, ParcelError
from .planning import asked_parameters
from .storing import keep_original, measure_picture
from .wanted import describe_wanted

MANIFEST = "manifest.csv"
COLUMNS = ("file", "challenge", "prompt", "model", "take")
NAME = re.compile(
    r"(?P<challenge>[a-z0-9-]+)/(?:(?P<prompt>[1-9]\d{0,3})/)?(?P<model>[a-z0-9-]+)\.(?P<take>[1-9]\d{0,3})\.[A-Za-z]{3,4}"
)
SLUG = re.compile(r"[a-z0-9-]{1,80}")
MOST_BYTES_OF_MANIFEST = 1_000_000
THERE = "This take is there already, or ordered."
# Ids of prompt and model, and the take counted from 0.
Place = tuple[int, int, int]


@dataclass(frozen=True)
class Brought:
    """A file and what it is said to be. `fault` is why it stays out; then `slot_of` is None.

    `slot_of`: ids of prompt and model, and the take counted from 0.
    """

    file: str
    size: int
    said: str
    slot_of: Place | None = None
    fault: str = ""


def map_parcel(parcel: Parcel) -> list[Brought]:
    """Say of every file what it is, or why it stays out; nothing is read but the manifest. Raises ParcelError.

    Costs some queries for every challenge and model, and none for a file.
    """
    said = _read_manifest(parcel) if MANIFEST in parcel.sizes else _read_names(parcel)
    find = _Finder(cache(_find_prompts), cache(_find_model))
    resolved = [_resolve(brought, values, find) for brought, values in said]
    prompts = {brought.slot_of[0] for brought in resolved if brought.slot_of}
    there = set(Slot.objects.filter(prompt__in=prompts).values_list("prompt", "model", "take"))
    seen: dict[Place, str] = {}
    found = []
    for brought in resolved:
        place = brought.slot_of
        if place in seen:
            found.append(_refuse(brought, f"“{seen[place]}” is for the same place."))
        elif place in there:
            found.append(_refuse(brought, THERE))
        else:
            found.append(brought)
        if place:
            seen.setdefault(place, brought.file)
    return found


def bring_in(parcel: Parcel, *, by: User | None) -> Iterator[tuple[Brought, int | None]]:
    """Take the good pictures in, one after another: yields each file with the id of its call, to be collected.

    None where it stays out; then `fault` says why. Bringing the same again brings nothing twice.
    """
    batches: dict[str, int] = {}
    for brought in map_parcel(parcel):
        if brought.slot_of is None:
            yield brought, None
            continue
        try:
            data = read_checked(parcel, brought.file)
            yield brought, plan_brought(brought.slot_of, data, batches=batches, by=by)
        except PictureError as error:
            yield _refuse(brought, str(error)), None


def read_checked(parcel: Parcel, file: str) -> bytes:
    """Read a picture and check it in a child process, so that a bad one never becomes a slot.

    Raises PictureError with a sentence, WorkshopError when no process could be started.
    """
    if parcel.sizes.get(file, 0) > MOST_BYTES:
        raise PictureError(f"It is larger than {MOST_BYTES // 1_000_000} MB.")
    data = parcel.read(file)
    measure_picture(data)
    return data


@transaction.atomic
def plan_brought(place: Place, data: bytes, *, batches: dict[str, int], by: User | None) -> int:
    """Keep a picture for the intake; return the id of its call.

    `place`: ids of prompt and model, and the take. `batches`: the order of each challenge (ids, the first as
    text), where a new one is added. Raises PictureError where the place is taken or gone meanwhile.
    """
    prompt_id, model_id, take = place
    # For its lock, which whoever changes the challenge or its prompts takes first, too.
    Challenge.objects.select_for_update(of=("self",), no_key=True).filter(prompts=prompt_id).first()
    prompt = (
        Prompt.objects.select_for_update(no_key=True).filter(pk=prompt_id, is_current=True).first()
    )
    model = ImageModel.objects.filter(pk=model_id).first()
    if prompt is None or model is None:
        raise PictureError("Its prompt or its model was changed meanwhile: bring it again.")
    if Slot.objects.filter(prompt=prompt, model=model, take=take).exists():
        raise PictureError(THERE)
    batch_id = batches.get(str(prompt.challenge_id))
    if batch_id is None:
        batch = Batch.objects.create(challenge_id=prompt.challenge_id, ordered_by=by)
        batch_id = batches[str(prompt.challenge_id)] = batch.pk
    slot = Slot.objects.create(batch_id=batch_id, prompt=prompt, model=model, take=take)
    generation = Generation.objects.create(
        slot=slot,
        offering=_offering_of(model),
        origin=Generation.Origin.BROUGHT,
        free=True,
        state=Generation.State.COLLECTING,
    )
    name, checksum = keep_original(generation.pk, data=data)
    parameters = {**asked_parameters(describe_wanted(slot)), "original": name, "sha256": checksum}
    Generation.objects.filter(pk=generation.pk).update(parameters=parameters)
    return generation.pk


def _offering_of(model: ImageModel) -> Offering:
    """Where brought pictures are said to come from: a provider of their population, never asked."""
    provider, _ = Provider.objects.get_or_create(
        slug=f"brought-{model.population}",
        defaults={
            "name": "Brought along",
            "dialect": "openai_images",
            "population": model.population,
            "enabled": False,
        },
    )
    offering, _ = Offering.objects.get_or_create(
        model=model,
        provider=provider,
        defaults={
            "remote_id": model.api_id,
            "disciplines": model.disciplines,
            "priority": 32_000,
            "resend_safe": True,
            "enabled": False,
        },
    )
    return offering


def _read_names(parcel: Parcel) -> Iterator[tuple[Brought, dict[str, str]]]:
    for file, size in parcel.sizes.items():
        match = NAME.fullmatch(file)
        brought = Brought(file, size, "")
        if match is None:
            yield _refuse(brought, "Its name is not challenge/model.take.ending."), {}
        else:
            yield brought, {name: value or "" for name, value in match.groupdict().items()}


def _read_manifest(parcel: Parcel) -> Iterator[tuple[Brought, dict[str, str]]]:
    rows = _read_rows(parcel)
    named = set()
    for row in rows:
        values = {column: (row[column] or "").strip().replace("\0", "\ufffd") for column in COLUMNS}
        file = values.pop("file")
        named.add(file)
        brought = Brought(file, parcel.sizes.get(file, 0), "")
        if file not in parcel.sizes:
            brought = _refuse(brought, "The manifest names it, but it is not there.")
        yield brought, values
    for file in parcel.sizes.keys() - named - {MANIFEST}:
        yield _refuse(Brought(file, parcel.sizes[file], ""), "The manifest does not name it."), {}


def _read_rows(parcel: Parcel) -> list[dict[str, str]]:
    """Read at most as many rows as there may be files."""
    try:
        data = parcel.read(MANIFEST)
        if len(data) > MOST_BYTES_OF_MANIFEST:
            raise ParcelError(
                f"{MANIFEST} is larger than {MOST_BYTES_OF_MANIFEST // 1_000_000} MB."
            )
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True)
        rows = list(islice(table, MOST_FILES + 1))
    except (PictureError, UnicodeDecodeError, csv.Error) as error:
        raise ParcelError(
            f"{MANIFEST} cannot be read: it must be text in UTF-8, with commas between the columns."
        ) from error
    if not rows or set(COLUMNS) - set(rows[0]):
        raise ParcelError(f"{MANIFEST} needs rows with the columns {', '.join(COLUMNS)}.")
    if len(rows) > MOST_FILES:
        raise ParcelError(f"{MANIFEST} has more than {MOST_FILES} rows; bring the rest afterwards.")
    return rows


@dataclass(frozen=True)
class _Finder:
    """Looks a challenge (with its current prompts) or a model up by its slug; remembers what it found."""

    prompts: Callable[[str], tuple[Challenge, list[Prompt]] | None]
    model: Callable[[str], ImageModel | None]


def _find_prompts(slug: str) -> tuple[Challenge, list[Prompt]] | None:
    challenge = Challenge.objects.filter(slug=slug).first()
    if challenge is None:
        return None
    return challenge, list(challenge.prompts.filter(is_current=True))


def _find_model(slug: str) -> ImageModel | None:
    return ImageModel.objects.filter(slug=slug).first()


def _resolve(brought: Brought, values: dict[str, str], find: _Finder) -> Brought:
    """Find prompt and model of what a file says of itself."""
    if brought.fault:
        return brought
    if not all(SLUG.fullmatch(values[name]) for name in ("challenge", "model")):
        return _refuse(brought, "Challenge and model are small letters, figures and hyphens.")
    known, model = find.prompts(values["challenge"]), find.model(values["model"])
    place, take = values["prompt"] or "1", values["take"]
    if known is None:
        return _refuse(brought, f"There is no challenge “{values['challenge']}”.")
    if model is None:
        return _refuse(brought, f"There is no model “{values['model']}”.")
    if not re.fullmatch(r"[1-9]\d{0,3}", place) or not re.fullmatch(r"[1-9]\d{0,3}", take):
        return _refuse(brought, "Prompt and take are whole numbers from 1.")
    challenge, prompts = known
    if not values["prompt"] and len(prompts) > 1:
        return _refuse(brought, "This challenge has several prompts: say which.")
    prompt = next((prompt for prompt in prompts if prompt.position == int(place)), None)
    if prompt is None:
        return _refuse(brought, f"The challenge has no prompt {place}.")
    if challenge.discipline not in model.disciplines:
        return _refuse(brought, f"{model.name} does not do {challenge.get_discipline_display()}.")
    words = f"{challenge.title}, prompt {place}: {model.name}, take {take}"
    return replace(brought, said=words, slot_of=(prompt.pk, model.pk, int(take) - 1))


def _refuse(brought: Brought, fault: str) -> Brought:
    return replace(brought, slot_of=None, fault=fault)
