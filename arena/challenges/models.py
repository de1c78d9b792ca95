"""What is asked."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from arena.catalog.models import SLUG, Discipline

CANVAS = [MinValueValidator(256), MaxValueValidator(1536)]


class Category(models.Model):
    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Challenge(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open for votes"
        CLOSED = "closed", "Closed"

    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    title = models.CharField(max_length=120)
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    categories = models.ManyToManyField(Category, blank=True, related_name="challenges")
    what_to_judge = models.CharField(
        max_length=300, blank=True, help_text="One sentence shown to voters."
    )
    canvas_width = models.PositiveSmallIntegerField(default=1024, validators=CANVAS)
    canvas_height = models.PositiveSmallIntegerField(default=1024, validators=CANVAS)
    status = models.CharField(
        max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class Prompt(models.Model):
    """One prompt of a challenge. A changed text is a new version; pictures belong to the version they answer."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="prompts")
    position = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    text = models.TextField()
    is_current = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["challenge", "position", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "position", "version"],
                name="one_prompt_per_position_and_version",
            ),
            models.UniqueConstraint(
                fields=["challenge", "position"],
                condition=models.Q(is_current=True),
                name="one_current_prompt_per_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge.title} #{self.position} v{self.version}"


class ReferencePicture(models.Model):
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="references")
    position = models.PositiveSmallIntegerField(default=1)
    file = models.FileField(upload_to="references")
    public_name = models.CharField(max_length=40, unique=True, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    alt = models.CharField(
        max_length=300, help_text="What the picture shows, for people who do not see it."
    )
    credit = models.CharField(max_length=200)
    licence = models.CharField(max_length=80)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["challenge", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "position"], name="one_reference_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.challenge.title}: reference {self.position}"
