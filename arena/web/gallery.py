"""The gallery: which pictures are asked for by the address, and one page of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Category, Challenge
from arena.generation.models import Candidate
from arena.generation.releasing import list_released_from, shown_with_names
from arena.ratings.boards import shown_population
from arena.web.exhibits import MOST, Exhibit, describe_exhibits, with_origin
from arena.web.filters import Filter, read_filter

FILTERS = ("discipline", "category", "model", "challenge")
WHERE = "with pictures in the gallery"
# What `opaque_name` makes; anything else names no picture.
NAME = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass(frozen=True)
class GalleryPage:
    """One page of the gallery, newest first; `more` is the address of the next one, or empty.

    `population` is what the pictures are of: the chosen model's, else what the board of the challenge or
    discipline shows, else what boards show (I8).
    """

    filters: tuple[Filter, ...]
    exhibits: tuple[Exhibit, ...]
    population: str
    more: str
    newest: str


def show_gallery(query: Mapping[str, str]) -> GalleryPage:
    """Return the page that an address asks for: `discipline`, `category`, `model`, `challenge`, `after`.

    Raises Http404 with a sentence where a value names nothing that there are pictures of. `after` is
    the name of the last picture of the page before: pages stay as they are when pictures come.
    """
    population, filters = _read_filters(query)
    chosen = {found.name: found.chosen for found in filters if found.chosen}
    found = (
        shown_with_names()
        .filter(_conditions(chosen), slot__model__population=population)
        .order_by("-pk")
    )
    after = query.get("after", "")
    if after:
        found = found.filter(pk__lt=_find_last(after))
    shown = list(with_origin(found)[: MOST + 1])
    here = reverse("web:gallery")
    last = shown[MOST - 1].original_name if len(shown) > MOST else ""
    return GalleryPage(
        filters=filters,
        exhibits=tuple(describe_exhibits(shown[:MOST])),
        population=population,
        more=reverse("web:gallery", query={**chosen, "after": last}) if last else "",
        newest=(reverse("web:gallery", query=chosen) if chosen else here) if after else "",
    )


def _read_filters(query: Mapping[str, str]) -> tuple[str, tuple[Filter, ...]]:
    """Return the population that is asked for, and the filters with what there are pictures of in it.

    Models of the other population stay on offer: whoever chooses one changes to it.
    """
    released = list_released_from()
    models = list(ImageModel.objects.filter(pk__in={model for model, _ in released}))
    asked = next((model for model in models if model.slug == query.get("model")), None)
    population = asked.population if asked else _population_for(query)
    of_it = {model.pk for model in models if model.population == population}
    challenges = list(
        Challenge.objects.filter(
            pk__in={challenge for model, challenge in released if model in of_it}
        )
    )
    told = {challenge.discipline for challenge in challenges}
    categories = Category.objects.filter(challenges__in=challenges).distinct()
    values: dict[str, list[tuple[str, str]]] = {
        "discipline": [(d.value, str(d.label)) for d in Discipline if d.value in told],
        "category": [(category.slug, category.name) for category in categories],
        "model": [(model.slug, model.name) for model in models],
        "challenge": [(challenge.slug, challenge.title) for challenge in challenges],
    }
    words = {
        "discipline": (gettext("Discipline"), gettext("All disciplines")),
        "category": (gettext("Category"), gettext("All categories")),
        "model": (gettext("Model"), gettext("All models")),
        "challenge": (gettext("Challenge"), gettext("All challenges")),
    }
    filters = tuple(
        read_filter(name, *words[name], values=values[name], query=query, where=WHERE)
        for name in FILTERS
    )
    return population, filters


def _population_for(query: Mapping[str, str]) -> str:
    """Choose as the page of the asked challenge, or the board of the asked discipline, does."""
    asked = query.get("discipline", "")
    if slug := query.get("challenge", "").replace("\0", ""):
        public = Challenge.objects.exclude(status=Challenge.Status.DRAFT).filter(slug=slug)
        asked = public.values_list("discipline", flat=True).first() or asked
    return shown_population(discipline=asked if asked in Discipline.values else "")


def _conditions(chosen: Mapping[str, str]) -> Q:
    columns = {
        "discipline": "slot__prompt__challenge__discipline",
        "category": "slot__prompt__challenge__categories__slug",
        "model": "slot__model__slug",
        "challenge": "slot__prompt__challenge__slug",
    }
    return Q(**{columns[name]: value for name, value in chosen.items()})


def _find_last(name: str) -> int:
    if NAME.fullmatch(name):
        found = Candidate.objects.filter(original_name=name).values_list("pk", flat=True).first()
        if found is not None:
            return found
    raise Http404("There is no page of the gallery after this picture.")
