"""Cards for shared links: what a model's card says, drawn once and kept in the media folder until it changes."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext

from arena.catalog.models import Discipline, ImageModel
from arena.pictures.share_card import HEIGHT, RECIPE, WIDTH, Card, Faces, Figure, draw_card
from arena.ratings.standings import Standing
from arena.studios.fonts import FOLDER, JOSEFIN, JOSEFIN_LIGHT, PLAYFAIR

__all__ = ["HEIGHT", "WIDTH", "describe_card", "digest_card", "fetch_card"]

FACES = Faces(
    serif=FOLDER / PLAYFAIR.file,
    sans=FOLDER / JOSEFIN_LIGHT.file,
    figures=FOLDER / JOSEFIN.file,
)
CARDS = "cards"


def describe_card(model: ImageModel, *, standings: Sequence[Standing]) -> Card:
    """Say what a model's card says: rating, interval and rank in each discipline, and of which day."""
    overall = {standing.discipline: standing for standing in standings if standing.is_overall}
    rated = [overall[discipline] for discipline in Discipline.values if discipline in overall]
    kind = gettext("demo studio") if model.is_demo else gettext("image model")
    foot = gettext("Blind votes, ratings that anyone can check")
    if rated:
        day = date_format(max(standing.as_of for standing in rated), "j F Y")
        foot = gettext("%(foot)s · %(day)s") % {"foot": foot, "day": day}
    return Card(
        title=model.name,
        byline=f"{model.lab.name} · {kind}",
        figures=tuple(_figure(standing) for standing in rated),
        missing=gettext("Not enough data yet: no counted battle"),
        foot=foot,
    )


def _figure(standing: Standing) -> Figure:
    place = gettext("Rank %(rank)s of %(rated)s") % {
        "rank": standing.rank,
        "rated": standing.rated,
    }
    if standing.rank_low != standing.rank_high:
        place += f" ({standing.rank_low}–{standing.rank_high})"
    if standing.preliminary:
        place += gettext(", preliminary")
    return Figure(
        label=Discipline(standing.discipline).label,
        value=f"{standing.rating:.0f}",
        margin=f"± {standing.half_width:.0f}",
        place=place,
    )


def digest_card(card: Card) -> str:
    """Return the name of a card's content and recipe: the ETag, and a part of its file's name."""
    return hashlib.sha256(repr((RECIPE, astuple(card))).encode()).hexdigest()[:24]


def fetch_card(card: Card, *, slug: str) -> bytes:
    """Return a card as PNG, from the media folder or drawn now; a model's older cards are removed.

    The file appears whole or not at all, so that two processes may draw the same card at once.
    """
    folder = Path(settings.MEDIA_ROOT) / CARDS
    path = folder / f"{slug}.{digest_card(card)}.png"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data = draw_card(card, faces=FACES)
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
    for older in folder.glob(f"{slug}.*.png"):
        if older != path:
            older.unlink(missing_ok=True)
    return data
