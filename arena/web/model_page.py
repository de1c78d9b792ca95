"""Everything that a model's page and its llms.txt say, gathered once from the rows of the model."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from arena.catalog.models import Discipline, ImageModel, ModelText, Offering
from arena.catalog.prices import offered
from arena.catalog.prose import render_prose
from arena.catalog.siblings import find_siblings
from arena.generation.performance import DAYS, FEWEST_CALLS
from arena.generation.routing import why_not
from arena.ratings.standings import read_overall, read_standings
from arena.web.model_gallery import show_pictures_of
from arena.web.model_matchups import describe_matchups
from arena.web.model_performance import describe_performance
from arena.web.model_prices import (
    describe_offering,
    find_from_price,
    is_address,
    list_doubts,
)
from arena.web.model_results import (
    describe_boards,
    describe_categories,
    describe_results,
    list_challenges,
)
from arena.web.model_samples import KEY, write_samples
from arena.web.model_words import answer_questions, full_name, say_benchmarks, say_providers
from arena.web.structured import describe_questions, describe_trail, write_graph
from arena.web.tables import matchup_address

GATEWAY_PATH = "/images/generations"
FIRST_PICTURES = 8
# In which order sections stand on the page.
SECTIONS = list(ModelText.Section)


def find_models() -> QuerySet[ImageModel]:
    """Select models with what their pages need of the catalogue."""
    return ImageModel.objects.select_related("lab").prefetch_related(
        "offerings__provider", "offerings__price_rules", "texts", "price_claims"
    )


def describe_model(model: ImageModel, *, origin: str, day: date) -> dict[str, Any]:
    """Gather what a model's page says on a day, in a number of queries that does not grow.

    `model` comes from `find_models`; `origin` is the site's own, as https://arena.example.
    """
    catalogued = list(model.offerings.all())
    for offering in catalogued:
        offering.model = model
    offerings = offered(catalogued)
    standings = read_standings(model)
    challenges = list_challenges(model)
    pictures, pictures_in_all = show_pictures_of(model, most=FIRST_PICTURES)
    lowest = find_from_price(offerings, day=day)
    cannot_be_asked = _why_not(model, offerings=catalogued)
    questions = answer_questions(
        model, offerings=offerings, lowest=lowest, cannot_be_asked=cannot_be_asked
    )
    return {
        "model": model,
        "origin": origin,
        "name_in_full": full_name(model),
        "discipline_labels": [Discipline(discipline).label for discipline in model.disciplines],
        "from_price": lowest,
        "providers_sentence": say_providers(model, offerings=offerings, lowest=lowest),
        "offerings": [describe_offering(offering, day=day) for offering in offerings],
        "doubts": list_doubts(model, offerings=catalogued, lowest=lowest, day=day),
        "performance": describe_performance(model),
        "fewest_calls": FEWEST_CALLS,
        "performance_days": DAYS,
        "benchmarks": say_benchmarks(model, standings=standings),
        "boards": describe_boards(model, standings=standings),
        "categories": describe_categories(model, standings=standings),
        "results": describe_results(
            model, challenges=challenges, standings=standings, pictures=pictures
        ),
        "pictures": pictures,
        "pictures_in_all": pictures_in_all,
        "questions": questions,
        "structured": write_graph(_trail(model, origin=origin), describe_questions(questions)),
        "texts": _describe_texts(model),
        "siblings": _list_siblings(model),
        **_describe_calls(model, cannot_be_asked=cannot_be_asked, origin=origin),
        **describe_matchups(model, challenges=challenges),
    }


def _trail(model: ImageModel, *, origin: str) -> dict[str, Any]:
    return describe_trail(
        [
            (gettext("Models"), origin + reverse("web:models")),
            (model.name, origin + reverse("web:model", args=[model.slug])),
        ]
    )


def _describe_calls(
    model: ImageModel, *, cannot_be_asked: Sequence[str], origin: str
) -> dict[str, Any]:
    base = origin + reverse("gateway:generations").removesuffix(GATEWAY_PATH)
    name = model.api_id or model.slug
    return {
        "api_base": base,
        "api_name": name,
        "api_key": KEY,
        "samples": write_samples(base=base, model=name, disciplines=model.disciplines),
        "cannot_be_asked": cannot_be_asked,
    }


def _why_not(model: ImageModel, *, offerings: Sequence[Offering]) -> list[str]:
    """Say why nobody can ask for a model on this server now; empty where somebody can."""
    if model.status == ImageModel.Status.RETIRED:
        return [gettext("the model is retired")]
    if not offerings:
        return [gettext("no provider of it is in the catalogue")]
    reasons = []
    for offering in offerings:
        said = [why_not(offering, discipline=discipline) for discipline in model.disciplines]
        if not all(said):
            return []
        reasons.append(said[0])
    return list(dict.fromkeys(reasons))


def _describe_texts(model: ImageModel) -> list[dict[str, Any]]:
    """Describe every section, written or not: what nobody has written yet is said to be missing."""
    written = {text.section: text for text in model.texts.all()}
    return [
        {
            "section": section,
            "label": section.label,
            "text": written.get(section),
            "html": render_prose(written[section].text) if section in written else "",
            "sources": [
                {"text": line.strip(), "is_link": is_address(line.strip())}
                for line in (written[section].sources if section in written else "").splitlines()
                if line.strip()
            ],
        }
        for section in SECTIONS
    ]


def _list_siblings(model: ImageModel) -> list[dict[str, Any]]:
    """List the models to compare it with, with their standings."""
    found = find_siblings(model)
    overall = read_overall() if found else {}
    return [
        {
            "name": sibling.name,
            "slug": sibling.slug,
            "lab": sibling.lab.name,
            "status_label": sibling.get_status_display(),
            "compare": matchup_address(model.slug, sibling.slug),
            "boards": [
                {"label": Discipline(discipline).label, "standing": standing}
                for discipline in sibling.disciplines
                if (standing := overall.get((sibling.pk, discipline)))
            ],
        }
        for sibling in found
    ]
