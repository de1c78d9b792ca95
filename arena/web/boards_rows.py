"""The lines of a leaderboard: a published row with price, speed, refusals and trend beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from arena.battles.memory import Memory
from arena.catalog.models import ImageModel, Offering
from arena.catalog.prices import cheapest_picture, offered
from arena.generation.pace import Pace, measure_pace
from arena.ratings.boards import PublishedBoard
from arena.ratings.snapshots import Kept

from .model_prices import say_dollars
from .plots.lines import draw_spark
from .tables import BoardRow

# A spark's height is this many Elo points at least, so that noise does not look like news.
SPARK_REACH = 60.0


@dataclass(frozen=True)
class Facts:
    """What stands beside a rating; None: not known, or not enough data yet.

    `price` dollars a picture at its cheapest provider, `seconds` the median of stored calls, `change` Elo
    points since the oldest day of the trend, `spark` its path.
    """

    price: Decimal | None
    seconds: float | None
    refusal_percent: float | None
    calls: int
    change: float | None
    spark: str
    released_on: date | None
    licence: str
    open_weights: bool | None
    lab_slug: str

    @property
    def dollars(self) -> str:
        """The price in words; empty where it is not known."""
        return "" if self.price is None else say_dollars(self.price)


@dataclass(frozen=True)
class Line:
    """One line of a leaderboard."""

    row: BoardRow
    facts: Facts


@dataclass(frozen=True)
class Means:
    """What models cost and how fast they are in a discipline, by model id."""

    prices: Mapping[int, Decimal]
    paces: Mapping[int, Pace]


_means: Memory[tuple[str, str], Means] = Memory(seconds=lambda: settings.CARD_SECONDS)


def read_means(*, population: str, discipline: str) -> Means:
    """Read prices and paces of a discipline's models; a copy of them may be CARD_SECONDS old."""
    return _means.get(
        (population, discipline),
        read=lambda: Means(
            prices=_read_prices(population, discipline),
            paces=measure_pace(population=population, discipline=discipline),
        ),
    )


def _read_prices(population: str, discipline: str) -> dict[int, Decimal]:
    offerings: dict[int, list[Offering]] = {}
    found = (
        Offering.objects.filter(
            model__population=population,
            disciplines__contains=[discipline],
        )
        .select_related("provider")
        .prefetch_related("price_rules")
    )
    for offering in offered(found):
        offerings.setdefault(offering.model_id, []).append(offering)
    today = timezone.now().date()
    return {
        model: cheapest[0]
        for model, several in offerings.items()
        if (cheapest := cheapest_picture(several, day=today))
    }


def join_facts(
    rows: Iterable[BoardRow], *, board: PublishedBoard, means: Means, trend: list[Kept]
) -> list[Line]:
    """Put beside each row of a board what else is known of its model; rows in the board's order."""
    return [
        Line(row, _facts(published.model, row=row, means=means, trend=trend))
        for row, published in zip(rows, board.rows, strict=True)
    ]


def _facts(model: ImageModel, *, row: BoardRow, means: Means, trend: list[Kept]) -> Facts:
    pace = means.paces.get(model.pk, Pace(stored=0, refused=0, asked=0, p50_ms=None))
    before = [day.ratings[model.pk][0] for day in trend if model.pk in day.ratings]
    return Facts(
        price=means.prices.get(model.pk),
        seconds=pace.p50_ms / 1000 if pace.is_fast_known and pace.p50_ms is not None else None,
        refusal_percent=100 * pace.refusal_rate if pace.is_refusal_known else None,
        calls=pace.asked,
        change=row.rating - before[0] if before else None,
        spark=draw_spark([*before, row.rating], reach=SPARK_REACH),
        released_on=model.released_on,
        licence=model.licence,
        open_weights=model.open_weights,
        lab_slug=model.lab.slug,
    )
