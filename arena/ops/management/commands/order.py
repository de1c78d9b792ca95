"""`manage.py order`: pictures of one model for the shipped or your own challenges, the cost shown before."""

import argparse
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge
from arena.generation.budget import rooms_for_batch
from arena.generation.slots import Cost, expected_costs, order_pictures


class Command(BaseCommand):
    help = (
        "Show what pictures of a model for open challenges would cost; with --yes order them. "
        "`make up` then makes them, with the provider's key from its environment."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("model", help="The model's slug, e.g. gpt-image-1-5.")
        parser.add_argument(
            "challenges", nargs="*", help="Slugs of challenges (default: every open one)."
        )
        parser.add_argument(
            "--takes", type=int, help="Pictures for each prompt (default: the model's own number)."
        )
        parser.add_argument("--yes", action="store_true", help="Order; without it nothing is sent.")

    def handle(self, *args: Any, **options: Any) -> None:
        model = _find_model(options["model"])
        takes = options["takes"]
        if takes is not None and not 1 <= takes <= 20:
            raise CommandError("--takes must be a number from 1 to 20.")
        challenges = [
            challenge
            for challenge in _find_challenges(options["challenges"])
            if challenge.discipline in model.disciplines
        ]
        day = timezone.now().date()
        costs = [
            (challenge, cost)
            for challenge in challenges
            for cost in expected_costs(challenge, models=[model], takes=takes, day=day)
        ]
        for challenge, cost in costs:
            self.stdout.write(f"{challenge.slug:44}{_line(cost)}")
        ready = [(challenge, cost) for challenge, cost in costs if not cost.missing]
        self.stdout.write(_total([cost for _, cost in ready]))
        for line in _allowed(ready):
            self.stdout.write(line)
        if costs and not ready:
            raise CommandError(f"Nothing can be ordered: {costs[0][1].missing}.")
        if not options["yes"]:
            self.stdout.write("Nothing was ordered. Add --yes to order.")
            return
        ordered = sum(
            order_pictures(challenge, models=[model], takes=takes) for challenge, _ in ready
        )
        self.stdout.write(f"{ordered} pictures ordered.")


def _find_model(slug: str) -> ImageModel:
    model = ImageModel.objects.filter(slug=slug).first()
    if model is None:
        known = ", ".join(ImageModel.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no model “{slug}”. Known: {known}.")
    return model


def _find_challenges(slugs: list[str]) -> list[Challenge]:
    found = list(Challenge.objects.filter(status=Challenge.Status.OPEN))
    if not slugs:
        return found
    by_slug = {challenge.slug: challenge for challenge in found}
    for slug in slugs:
        if slug not in by_slug:
            raise CommandError(f"There is no open challenge “{slug}”. Open: {', '.join(by_slug)}.")
    return [by_slug[slug] for slug in dict.fromkeys(slugs)]


def _line(cost: Cost) -> str:
    if cost.missing:
        return cost.missing
    if cost.each is None:
        price = "price not known"
    elif cost.is_free or cost.each_at_most in (None, cost.each):
        price = f"${cost.each:.4f} each"
    else:
        price = f"${cost.each:.4f} each (at most ${cost.each_at_most:.4f})"
    return f"{cost.pictures} pictures through {cost.route}, {price}"


def _total(costs: list[Cost]) -> str:
    pictures = sum(cost.pictures for cost in costs)
    known = _sum(cost.total for cost in costs)
    at_most = _sum(cost.total_at_most for cost in costs)
    unknown = sum(cost.pictures for cost in costs if cost.total is None)
    more = f", and {unknown} at an unknown price" if unknown else ""
    if costs and all(cost.is_free for cost in costs):
        bound = " (nothing is charged)"
    else:
        bound = f", at most ${at_most:.2f}" if at_most != known else ""
    return f"In all {pictures} pictures for about ${known:.2f}{bound}{more}."


def _allowed(ready: list[tuple[Challenge, Cost]]) -> list[str]:
    """Say what the caps allow of it; nothing where nothing is paid."""
    rooms = dict.fromkeys(
        room
        for challenge, cost in ready
        if cost.offering
        for room in rooms_for_batch(challenge=challenge, offerings=[cost.offering])
    )
    return [f"allowed: {room.sentence}" for room in rooms]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
