"""Structured data (schema.org as JSON-LD) for search engines: only what the page itself says.

Ratings are left out on purpose: schema.org's AggregateRating is a mean of stars, which an Elo rating is not.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from arena.catalog.models import Discipline

from .model_words import Question

# Within a script element only these could end it or begin another.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def write_graph(*nodes: Mapping[str, Any]) -> SafeString:
    """Spell nodes as the text of a JSON-LD script element."""
    graph = {"@context": "https://schema.org", "@graph": nodes}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308


def describe_trail(steps: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Describe where a page stands: names and whole addresses from the top down."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address}
            for place, (name, address) in enumerate(steps, 1)
        ],
    }


def describe_questions(questions: Sequence[Question]) -> dict[str, Any]:
    """Describe the questions and answers of a page."""
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": item.question,
                "acceptedAnswer": {"@type": "Answer", "text": item.answer},
            }
            for item in questions
        ],
    }


def describe_votes(discipline: str, *, population: str, origin: str) -> dict[str, Any]:
    """Describe what a board is made of: its counted votes, which anybody may have as files."""
    query = {"discipline": discipline, "population": population}
    return {
        "@type": "Dataset",
        "name": _("%(discipline)s votes") % {"discipline": Discipline(discipline).label},
        "description": _(
            "Blind votes on pairs of pictures that two image models made for the same prompt, "
            "without anything that leads back to a person."
        ),
        "url": origin + reverse("web:board", args=[discipline]),
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": origin + reverse(f"api:votes_{ending}", query=query),
            }
            for kind, ending in (("text/csv", "csv"), ("application/jsonl", "jsonl"))
        ],
    }
