"""What can be asked, where, and for how much."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

SLUG = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "Lower-case letters, digits and single hyphens only; a dot becomes a hyphen.",
)


class Discipline(models.TextChoices):
    TEXT_TO_IMAGE = "text-to-image", "Text to image"
    IMAGE_EDITING = "image-editing", "Image editing"


class Population(models.TextChoices):
    """Two populations that never mix (I8)."""

    REAL = "real", "Real models"
    DEMO = "demo", "Demo studios"


class Lab(models.Model):
    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    website = models.URLField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ImageModel(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        PREVIEW = "preview", "Preview"
        RETIRED = "retired", "Retired"

    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    long_name = models.CharField(max_length=160, blank=True)
    api_id = models.CharField(
        max_length=120,
        blank=True,
        help_text="The vendor's own spelling, dots included; empty: not known.",
    )
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="models")
    population = models.CharField(max_length=4, choices=Population.choices, default=Population.REAL)
    family = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    disciplines = ArrayField(models.CharField(max_length=20, choices=Discipline.choices))
    capabilities = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    input_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    output_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=80, blank=True)
    open_weights = models.BooleanField(null=True, blank=True, help_text="Empty: not known.")
    released_on = models.DateField(null=True, blank=True)
    takes = models.PositiveSmallIntegerField(
        default=1, help_text="Pictures made for each prompt when nobody chooses another number."
    )
    siblings = models.ManyToManyField(
        "self", blank=True, help_text="Models to compare it with, beside those of its family."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_demo(self) -> bool:
        return self.population == Population.DEMO


class ModelText(models.Model):
    """What a curator says of a model in words: dated, and with the sources it rests on."""

    class Section(models.TextChoices):
        OVERVIEW = "overview", "Overview"
        STRENGTHS = "strengths", "Strengths"
        LIMITATIONS = "limitations", "Limitations"
        BACKGROUND = "background", "Technical background"
        BEST_FOR = "best-for", "Best used for"

    model = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="texts")
    section = models.CharField(max_length=11, choices=Section.choices)
    text = models.TextField(help_text="Markdown. Pictures and raw HTML are left out on the page.")
    written_on = models.DateField(help_text="When this was last checked against its sources.")
    sources = models.TextField(help_text="One a line: an address, or words.")

    class Meta:
        ordering = ["model", "section"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "section"], name="one_text_per_model_and_section"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model.name}: {self.get_section_display()}"


class Provider(models.Model):
    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    name = models.CharField(max_length=120)
    website = models.URLField(blank=True)
    dialect = models.CharField(
        max_length=40, help_text="The adapter that speaks to it, e.g. openai_images."
    )
    base_url = models.CharField(
        max_length=200,
        blank=True,
        help_text="For the local studio server only a path: its address is a setting.",
    )
    key_variable = models.CharField(
        max_length=80,
        blank=True,
        help_text="The environment variable that holds the key; empty: no key needed.",
    )
    options = models.JSONField(default=dict, blank=True, help_text="Flags of the dialect.")
    population = models.CharField(max_length=4, choices=Population.choices, default=Population.REAL)
    is_local = models.BooleanField(
        default=False, help_text="The studio server of this installation."
    )
    max_in_flight = models.PositiveSmallIntegerField(default=4)
    max_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Calls started within a minute; empty: no limit."
    )
    markup = models.DecimalField(
        max_digits=6,
        decimal_places=4,
        default=0,
        help_text="Share that is added to its price list: 0.05 is 5 %; 0: no markup.",
    )
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="markup_not_negative", condition=models.Q(markup__gte=0))
        ]

    def __str__(self) -> str:
        return self.name


class Offering(models.Model):
    """A model at one provider."""

    model = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="offerings")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="offerings")
    remote_id = models.CharField(max_length=160)
    disciplines = ArrayField(models.CharField(max_length=20, choices=Discipline.choices))
    priority = models.PositiveSmallIntegerField(
        default=100, help_text="The lowest number is asked first."
    )
    options = models.JSONField(
        default=dict, blank=True, help_text="Flags of the dialect, over the provider's."
    )
    resend_safe = models.BooleanField(
        default=False, help_text="Free of charge: a call that died in flight may be sent again."
    )
    least_reserve = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="Dollars put aside for each call at least. Set when a call came to more than its price list "
        "allows; empty it once the list is right.",
    )
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["priority", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "provider"], name="one_offering_per_model_and_provider"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider.slug}/{self.remote_id}"


class PriceRule(models.Model):
    """One line of a provider's dated price list, in US dollars; `price_lists.py` says what it comes to.

    An image rule charges `amount` for each picture; with `size` or `quality` only for these. A `multiplier`
    rule charges the list's standard rate (its only rule of the same direction and unit without a factor)
    times `multiplier`; `amount` then says what that comes to. A request rule is a surcharge, once a request
    when its `feature` is used. Token, megapixel and second rules charge `amount` for each (million) of them.
    """

    class Direction(models.TextChoices):
        INPUT = "input", "Input"
        OUTPUT = "output", "Output"

    class Unit(models.TextChoices):
        IMAGE = "image", "per image"
        REQUEST = "request", "per request"
        MILLION_TOKENS = "million-tokens", "per million tokens"
        MEGAPIXEL = "megapixel", "per megapixel"
        SECOND = "second", "per second"

    class TokensOf(models.TextChoices):
        TEXT = "text", "of text"
        IMAGE = "image", "of pictures"

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="price_rules")
    direction = models.CharField(max_length=6, choices=Direction.choices, default=Direction.OUTPUT)
    unit = models.CharField(max_length=16, choices=Unit.choices, default=Unit.IMAGE)
    size = models.CharField(
        max_length=20,
        blank=True,
        help_text="0.5K, 1K, 2K, 4K, or pixels such as 1536x1024; empty: every size.",
    )
    quality = models.CharField(
        max_length=20, blank=True, help_text="The model's own word, e.g. medium; empty: every one."
    )
    tokens_of = models.CharField(
        max_length=5,
        choices=TokensOf.choices,
        blank=True,
        help_text="Of which tokens the rate speaks; empty: of all in its direction.",
    )
    amount = models.DecimalField(max_digits=12, decimal_places=6)
    multiplier = models.DecimalField(
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Of the standard rate, where the list says so.",
    )
    tokens = models.PositiveIntegerField(
        null=True, blank=True, help_text="Tokens that one picture of this size and quality is."
    )
    expected_units = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Tokens, seconds or megapixels that one call (or one input picture) usually is.",
    )
    most_units = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="The same at most: this much is put aside.",
    )
    round_up = models.BooleanField(
        default=False, help_text="A megapixel or second that has begun counts whole."
    )
    feature = models.CharField(
        max_length=60, blank=True, help_text="What the surcharge is for, e.g. web search."
    )
    position = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True, help_text="The price list's own words.")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["offering", "position", "pk"]

    def __str__(self) -> str:
        return self.note or f"{self.amount} {self.get_unit_display()}"


class PriceClaim(models.Model):
    """What somebody says about a model's prices without it being a price list: kept to be compared with the rules.

    A `from` claim names the lowest price of a picture; a `direction` claim names a kind of charge. Nothing
    is ever paid by a claim; `manage.py check_catalog` reports the ones that no rule bears out.
    """

    class Kind(models.TextChoices):
        FROM = "from", "Pictures start at this price"
        DIRECTION = "direction", "This kind of charge exists"

    model = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="price_claims")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    through = models.CharField(
        max_length=120,
        blank=True,
        help_text="Slug of the provider, or the seller's name as written.",
    )
    amount = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    direction = models.CharField(max_length=6, choices=PriceRule.Direction.choices, blank=True)
    words = models.CharField(max_length=300)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["model", "pk"]
        constraints = [
            models.CheckConstraint(
                name="price_claim_holds_what_its_kind_says",
                condition=models.Q(kind="from", amount__isnull=False, direction="")
                | (models.Q(kind="direction", amount=None) & ~models.Q(direction="")),
            )
        ]

    def __str__(self) -> str:
        return self.words
