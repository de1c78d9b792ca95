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

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_demo(self) -> bool:
        return self.population == Population.DEMO


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
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

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
    """One line of a provider's dated price list, in US dollars.

    An image rule charges `amount` for each picture; with `size` only for that size class. A `multiplier`
    rule charges the offering's standard image amount times `multiplier`. A request rule is a surcharge
    that applies once a request when its `feature` is used.
    """

    class Direction(models.TextChoices):
        INPUT = "input", "Input"
        OUTPUT = "output", "Output"

    class Unit(models.TextChoices):
        IMAGE = "image", "per image"
        REQUEST = "request", "per request"
        MILLION_TOKENS = "million-tokens", "per million tokens"

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="price_rules")
    direction = models.CharField(max_length=6, choices=Direction.choices, default=Direction.OUTPUT)
    unit = models.CharField(max_length=16, choices=Unit.choices, default=Unit.IMAGE)
    size = models.CharField(
        max_length=20, blank=True, help_text="0.5K, 1K, 2K, 4K; empty: every size."
    )
    amount = models.DecimalField(max_digits=12, decimal_places=6)
    multiplier = models.DecimalField(
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Of the standard rate, where the list says so.",
    )
    tokens = models.PositiveIntegerField(null=True, blank=True)
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
