"""Loads the challenges' fixture: adds what is missing and never touches a row that is there."""

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from arena.catalog.entries import (
    Counts,
    Entry,
    LoadError,
    Tally,
    build_row,
    index_rows,
    read_file,
    save_missing,
    wait_for_other_loads,
)

from .editing import add_prompt, attach_reference, open_challenge
from .models import Category, Challenge, ReferencePicture

__all__ = ["Counts", "LoadError", "load_challenges"]

FILE = "challenges.json"
CATEGORY = ("slug", "name")
CHALLENGE = (
    "slug",
    "title",
    "discipline",
    "what_to_judge",
    "canvas_width",
    "canvas_height",
    "position",
)
REFERENCE = ("alt", "credit", "licence", "source")
OPENINGS = (Challenge.Status.DRAFT, Challenge.Status.OPEN)


def load_challenges(data: object, *, pictures: Path) -> Counts:
    """Create the categories and challenges of a fixture that are missing.

    `data` is the parsed file, `pictures` the folder of its reference pictures. A challenge that
    exists stays as it is, with its prompts and pictures. Everything is one transaction, and files
    that were stored go again when it fails. Raises LoadError naming file, entry and field.
    """
    file = read_file(data, name=FILE, sections=("categories", "challenges"))
    tally = Tally()
    stored: list[ReferencePicture] = []
    try:
        with transaction.atomic():
            wait_for_other_loads()
            _load(file, pictures=pictures, tally=tally, stored=stored)
    except BaseException:
        for reference in stored:
            reference.file.delete(save=False)
        raise
    return tally.counts()


def _load(file: Entry, *, pictures: Path, tally: Tally, stored: list[ReferencePicture]) -> None:
    categories = save_missing(
        index_rows((entry, _category(entry)) for entry in file.entries("categories")),
        model=Category,
        tally=tally,
    )
    entries = file.entries("challenges")
    wanted = index_rows(
        (entry, _challenge(entry, categories=categories, pictures=pictures)) for entry in entries
    )
    known = set(Challenge.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    save_missing(wanted, model=Challenge, tally=tally)
    for entry, challenge in zip(entries, wanted.values(), strict=True):
        new = challenge.slug not in known
        tally.add("prompts", created=new, number=len(entry.values["prompts"]))
        tally.add("reference pictures", created=new, number=len(_references(entry)))
        if new:
            _fill(challenge, entry=entry, categories=categories, pictures=pictures, stored=stored)


def _category(entry: Entry) -> Category:
    entry.allow(CATEGORY)
    return build_row(Category, entry, fields=CATEGORY)


def _challenge(entry: Entry, *, categories: Mapping[str, Category], pictures: Path) -> Challenge:
    """Check a whole entry, so that a bad one is found whether or not its challenge exists."""
    entry.allow((*CHALLENGE, "status", "categories", "prompts", "references"))
    if entry.need("status", str) not in OPENINGS:
        raise entry.fault("status", f"must be one of {', '.join(OPENINGS)}.")
    for category in entry.need("categories", list):
        if not isinstance(category, str) or category not in categories:
            raise entry.fault("categories", f"there is no category “{category}” in this file.")
    for text in entry.need("prompts", list):
        if not isinstance(text, str) or text != text.strip() or not text:
            raise entry.fault("prompts", "must be texts, neither blank nor with space around them.")
    for reference in _references(entry):
        reference.allow(("file", *REFERENCE))
        build_row(ReferencePicture, reference, fields=REFERENCE)
        name = reference.need("file", str)
        if Path(name).name != name or not (pictures / name).is_file():
            raise reference.fault("file", f"there is no picture “{name}” in {pictures.name}/.")
    return build_row(Challenge, entry, fields=CHALLENGE)


def _references(entry: Entry) -> list[Entry]:
    return entry.entries("references", name="file") if "references" in entry.values else []


def _fill(
    challenge: Challenge,
    *,
    entry: Entry,
    categories: Mapping[str, Category],
    pictures: Path,
    stored: list[ReferencePicture],
) -> None:
    challenge.categories.set([categories[slug] for slug in entry.values["categories"]])
    for position, text in enumerate(entry.values["prompts"], start=1):
        # Byte for byte as the file has it, which add_prompt would also keep: it was checked above.
        prompt = add_prompt(challenge, text=text)
        if prompt.position != position:
            raise entry.fault("prompts", "holds the same text twice.")
    for reference in _references(entry):
        facts = {field: reference.values.get(field, "") for field in REFERENCE}
        try:
            data = (pictures / reference.values["file"]).read_bytes()
            stored.append(attach_reference(challenge, data=data, **facts))
        except ValidationError as error:
            raise reference.fault("file", " ".join(error.messages)) from error
    if entry.values["status"] == Challenge.Status.OPEN:
        try:
            open_challenge(challenge)
        except ValidationError as error:
            raise entry.fault("status", " ".join(error.messages)) from error
