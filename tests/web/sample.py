"""The rows behind the sample page (sample_page.txt): with these in the database our page must say what it says."""

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from arena.catalog.models import ImageModel, ModelText
from arena.challenges.models import Category, Challenge
from arena.generation.models import Candidate
from arena.ratings.models import RatingRun, Tally
from tests.factories import create_candidate, create_model
from tests.generation.test_performance import fill_calls

SAMPLE = Path(__file__).with_name("sample_page.txt").read_text(encoding="utf-8")
# Elo and rank of the sample page's sentence; the half-widths are ours.
OVERALL = {"text-to-image": (1, 1302.0, 12.0), "image-editing": (6, 1223.0, 15.0)}
# Opponent, challenge, won, lost: the sample page tells shares alone; these are the smallest counts behind them.
MATCHUPS = [
    ("flux-2-dev-turbo", "geometric-composition", 1, 1),
    ("nano-banana-pro", "isometric-miniature-diorama-scenes", 0, 1),
    ("seedream-5-0-lite", "over-the-top-cartoon-caricature", 1, 1),
    ("gpt-image-1-5", "vintage-cafe-logo", 1, 0),
    ("nano-banana-pro", "man-and-car-in-california", 0, 1),
]
PICTURES = 18


def plant_sample() -> ImageModel:
    """Load the catalogue and the challenges, and add what the sample page tells beside them."""
    call_command("load_fixtures", "--no-pictures", verbosity=0)
    model = ImageModel.objects.get(slug="nano-banana-2")
    challenges = list(Challenge.objects.order_by("position"))
    Challenge.objects.update(canvas_width=256, canvas_height=256)
    others = [m for m in ImageModel.objects.filter(population="real") if m != model]
    others += [create_model(name=f"Other {n}", population="real") for n in range(3)]
    plant_boards(model, others=others, challenges=challenges)
    plant_matchups(model)
    plant_words(model)
    plant_pictures(model, challenges=challenges)
    offered = {o.provider.slug: o for o in model.offerings.select_related("provider")}
    fill_calls(gemini=offered["gemini"], vertex=offered["vertex"])
    # The calls have challenges of their own, which are none of the page's thirteen.
    Challenge.objects.exclude(pk__in=[challenge.pk for challenge in challenges]).update(
        status=Challenge.Status.DRAFT
    )
    return model


def plant_boards(
    model: ImageModel, *, others: list[ImageModel], challenges: list[Challenge]
) -> None:
    for discipline, (rank, rating, half) in OVERALL.items():
        plant_run(model, others, discipline, rank=rank, rating=rating, half=half, battles=600)
        named = [c for c in challenges if c.discipline == discipline]
        for number, challenge in enumerate(named):
            plant_run(
                model,
                others,
                discipline,
                rank=1 + number % 4,
                rating=1290.0 - 10 * number,
                half=40.0,
                battles=60,
                challenge=challenge,
            )
    for slug, rating in (("text-rendering", 1320.0), ("portrait", 1010.0)):
        category = Category.objects.get(slug=slug)
        plant_run(
            model,
            others,
            "text-to-image",
            rank=1,
            rating=rating,
            half=30.0,
            battles=200,
            category=category,
        )


def plant_run(
    model: ImageModel,
    others: list[ImageModel],
    discipline: str,
    *,
    rank: int,
    rating: float,
    half: float,
    battles: int,
    **scope: Any,
) -> None:
    """A published board of the model and its rivals, with the model at `rank`; the rivals lie 5 points apart."""
    order = [*others[: rank - 1], model, *others[rank - 1 :]]
    ratings = [rating + 5 * (rank - 1 - place) for place in range(len(order))]
    count = len(order)
    arrays = {
        "models": [one.pk for one in order],
        "rating": ratings,
        "half_width": [half] * count,
        "lower": [value - half for value in ratings],
        "upper": [value + half for value in ratings],
        "rank": list(range(1, count + 1)),
        "rank_low": [max(place - 1, 1) for place in range(1, count + 1)],
        "rank_high": [min(place + 1, count) for place in range(1, count + 1)],
        "battles": [battles] * count,
        "wins": [battles // 2] * count,
        "losses": [battles // 2] * count,
        "ties": [0] * count,
        "both_bad": [0] * count,
        "win_rate": [0.5] * count,
        "regularised": [False] * count,
    }
    RatingRun.objects.create(
        population="real",
        discipline=discipline,
        votes=battles * count // 2,
        voters=50,
        arrays=arrays,
        published_at=timezone.now(),
        **scope,
    )


def plant_matchups(model: ImageModel) -> None:
    for opponent, challenge, won, lost in MATCHUPS:
        rival = ImageModel.objects.get(slug=opponent)
        place = Challenge.objects.get(slug=challenge)
        cell = {"population": "real", "challenge": place}
        # One from each side, so that a page which forgets to turn the second round says the opposite.
        if won:
            Tally.objects.create(**cell, left=model, right=rival, verdict="left", count=won)
        if lost:
            Tally.objects.create(**cell, left=rival, right=model, verdict="left", count=lost)


def plant_words(model: ImageModel) -> None:
    """What a curator would have written: the sample page's own prose, under its own headings."""
    headings = {
        "overview": "Overview",
        "strengths": "Strengths",
        "limitations": "Limitations",
        "background": "Technical Background",
        "best-for": "Best For",
    }
    for section, heading in headings.items():
        text = prose_under(heading)
        ModelText.objects.update_or_create(
            model=model,
            section=section,
            defaults={"text": text, "written_on": date(2026, 11, 22), "sources": "sample page"},
        )


def prose_under(heading: str) -> str:
    """The lines of the sample page between a heading and the next one."""
    lines = SAMPLE.splitlines()
    start = len(lines) - lines[::-1].index(heading)
    ends = {"Strengths", "Limitations", "Technical Background", "Best For", "Top Matchups"}
    end = next(place for place in range(start, len(lines)) if lines[place] in ends)
    return "\n".join(lines[start:end])


def plant_pictures(model: ImageModel, *, challenges: list[Challenge]) -> None:
    """18 pictures of 13 challenges that have left the vote."""
    for number in range(PICTURES):
        challenge = challenges[number % len(challenges)]
        challenge.refresh_from_db()
        create_candidate(challenge=challenge, model=model, take=number // len(challenges))
    Candidate.objects.update(status=Candidate.Status.RETIRED)


def text_of(html: str) -> str:
    """What a page says: no tags, one space between words."""
    html = re.sub(r"<(script|style|head)\b.*?</\1>", " ", html, flags=re.DOTALL)
    # Cells and labels are words apart; what is set in bold or linked is not.
    html = re.sub(r"</?(b|strong|em|a|code)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
