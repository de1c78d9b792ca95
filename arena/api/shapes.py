"""What every answer looks like: the words of the API, as the OpenAPI document tells them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema

PopulationName = Literal["real", "demo"]
DisciplineName = Literal["text-to-image", "image-editing"]
SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=80)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
MOST_ROWS = 500


class Page(Schema):
    """Which part of a list: `limit` rows after the first `offset`."""

    limit: int = Field(100, ge=1, le=MOST_ROWS, description="Rows of one answer.")
    offset: int = Field(0, ge=0, le=1_000_000, description="Rows left out before them.")


class Listed(Schema):
    """What every list tells of itself."""

    count: Count = Field(description="Rows of the whole list.")
    next: str | None = Field(description="Address of the following rows; null at the end.")


class ProblemShape(Schema):
    """A problem in the shape of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field([], description="For 422: parameters and sentences.")


class Named(Schema):
    slug: str
    name: str


class ModelRef(Schema):
    slug: str
    name: str
    lab: str
    population: PopulationName
    url: str = Field(description="Its own answer in this API.")


class Rated(Schema):
    """A model's figures on one board."""

    rank: int
    rank_low: int = Field(description="Best rank that the 95 % intervals allow.")
    rank_high: int = Field(description="Worst rank that they allow.")
    rating: float = Field(description="Elo points, Bradley-Terry on the Elo scale.")
    lower: float = Field(description="Lower end of the 95 % interval, Elo points.")
    upper: float = Field(description="Upper end of the 95 % interval, Elo points.")
    battles: Count
    wins: Count
    losses: Count
    ties: Count
    both_bad: Count
    win_rate: Share = Field(description="Ties and both-bad are half wins.")
    preliminary: bool = Field(description="So few battles that the rating may still move far.")
    regularised: bool = Field(description="Without a finite rating of its own; held by a prior.")


class BoardRow(Rated):
    model: ModelRef


class Standing(Rated):
    """A model's place on one of the boards it is on."""

    discipline: DisciplineName
    category: Named | None
    challenge: Named | None
    of: Count = Field(description="Rows of that board.")
    as_of: datetime


class BoardHead(Schema):
    population: PopulationName
    discipline: DisciplineName
    category: Named | None
    challenge: Named | None
    votes: Count = Field(description="Counted votes that the board is made of.")
    voters: Count
    as_of: datetime | None = Field(description="When it was published; null before any vote.")


class BoardEntry(BoardHead):
    url: str


class BoardList(Listed):
    items: list[BoardEntry]


class Leaderboard(BoardHead, Listed):
    clustered: bool = Field(description="Intervals are clustered by voter.")
    rows: list[BoardRow]


class Price(Schema):
    """One line of a provider's price list, in US dollars."""

    direction: Literal["input", "output"]
    unit: str
    amount: Decimal = Field(description="Dollars, as decimal text.")
    size: str
    quality: str
    feature: str
    note: str
    valid_from: date
    source: str


class Offer(Schema):
    provider: Named
    remote_id: str
    disciplines: list[DisciplineName]
    markup: Decimal = Field(description="Share added to the price list, as decimal text.")
    prices: list[Price]


class FromPrice(Schema):
    amount: Decimal = Field(description="Lowest price of a picture in dollars, as decimal text.")
    provider: Named
    on: date


class ModelSummary(ModelRef):
    status: Literal["active", "preview", "retired"]
    disciplines: list[DisciplineName]
    open_weights: bool | None = Field(description="Null: not known.")
    licence: str
    released_on: date | None
    from_price: FromPrice | None
    standings: list[Standing] = Field(description="On the boards of whole disciplines.")


class ModelList(Listed):
    items: list[ModelSummary]


class ProviderFigures(Schema):
    """One provider's calls of the last 30 days; times in milliseconds, of stored pictures alone."""

    provider: Named
    ranked: bool = Field(description="Enough calls to be compared.")
    calls: Count = Field(description="Stored and failed: what the success rate is a share of.")
    stored: Count
    failed: Count
    refused: Count
    declined: Count
    success: Share | None = Field(description="Null without calls.")
    p50_ms: float | None
    p95_ms: float | None
    ttfb_ms: float | None


class Performance(Schema):
    discipline: DisciplineName
    population: PopulationName
    days: int
    providers: list[ProviderFigures]


class ModelDetail(ModelSummary):
    long_name: str
    api_id: str
    aliases: list[str]
    family: str
    description: str
    capabilities: list[str]
    input_kinds: list[str]
    output_kinds: list[str]
    siblings: list[ModelRef] = Field(
        description="Other models of its family, and those named as such."
    )
    offers: list[Offer]
    performance: list[Performance]


class Record(Schema):
    """Battles of two models, seen from the first one."""

    battles: Count
    wins: Count
    losses: Count
    ties: Count
    both_bad: Count
    win_rate: Share | None = Field(description="Ties and both-bad are half wins; null: never met.")
    lower: Share | None = Field(description="Lower end of its 95 % interval (Wilson).")
    upper: Share | None = Field(description="Upper end of its 95 % interval (Wilson).")


class OpponentRecord(Record):
    opponent: ModelRef


class OpponentList(Listed):
    discipline: DisciplineName
    items: list[OpponentRecord]


class ChallengeRecord(Record):
    challenge: Named


class DisciplineRecord(Record):
    discipline: DisciplineName
    expected: Share | None = Field(description="Win rate that the two ratings expect.")
    challenges: list[ChallengeRecord]


class Matchup(Schema):
    population: PopulationName
    a: ModelRef
    b: ModelRef
    disciplines: list[DisciplineRecord]


class ChallengeSummary(Schema):
    slug: str
    title: str
    discipline: DisciplineName
    categories: list[Named]
    status: Literal["open", "closed"]
    opened_at: datetime | None
    closed_at: datetime | None
    population: PopulationName = Field(description="Whose votes and standings are told here.")
    votes: Count = Field(description="Counted votes of that population.")
    url: str


class ChallengeList(Listed):
    items: list[ChallengeSummary]


class PromptShape(Schema):
    position: int
    version: int
    text: str
    purpose: Literal["battle", "showcase"]


class Reference(Schema):
    url: str
    width: int
    height: int
    alt: str
    credit: str
    licence: str
    source: str


class Canvas(Schema):
    width: int
    height: int


class ChallengeDetail(ChallengeSummary):
    what_to_judge: str
    canvas: Canvas
    prompts: list[PromptShape]
    references: list[Reference]
    as_of: datetime | None
    standings: list[BoardRow]
    pictures_url: str


class Picture(Schema):
    """A picture that has left the blind vote, with its model's name."""

    model: ModelRef
    prompt: PromptShape
    take: int
    width: int
    height: int
    thumb: str
    large: str
    original: str
    original_width: int
    original_height: int
    sha256: str = Field(description="Of the original's bytes.")
    provider: Named
    made_at: datetime
    revised_prompt: str


class PictureList(Listed):
    population: PopulationName = Field(description="Whose pictures these are.")
    withheld: Count = Field(description="Not shown, since a picture in play looks the same.")
    items: list[Picture]
